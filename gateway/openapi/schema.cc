#include "gateway/openapi/schema.h"

#include "absl/strings/str_cat.h"
#include "google/api/field_behavior.pb.h"

namespace clientele::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using Json = Schemas::Json;

Json Type(const char* type, const char* format = nullptr) {
  Json schema = {{"type", type}};
  if (format != nullptr) schema["format"] = format;
  return schema;
}

Json OrNull(Json schema) {
  schema["type"] = Json::array({schema["type"], "null"});
  return schema;
}

// Types whose JSON form is not an object of their fields; null for all others.
Json WellKnown(const Descriptor* message) {
  switch (message->well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      return Type("string", "date-time");
    case Descriptor::WELLKNOWNTYPE_DURATION:
      return {{"type", "string"}, {"pattern", "^-?[0-9]+(\\.[0-9]{1,9})?s$"}, {"examples", {"1.5s"}}};
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
      return {{"type", "string"}, {"examples", {"displayName,address.city"}}};
    case Descriptor::WELLKNOWNTYPE_STRUCT:
      return Type("object");
    case Descriptor::WELLKNOWNTYPE_LISTVALUE:
      return {{"type", "array"}, {"items", Json::object()}};
    case Descriptor::WELLKNOWNTYPE_VALUE:
      return Json::object();
    case Descriptor::WELLKNOWNTYPE_ANY:
      return {{"type", "object"},
              {"properties", {{"@type", {{"type", "string"}}}}},
              {"required", {"@type"}},
              {"additionalProperties", true}};
    case Descriptor::WELLKNOWNTYPE_DOUBLEVALUE:
    case Descriptor::WELLKNOWNTYPE_FLOATVALUE:
      return OrNull(Type("number"));
    case Descriptor::WELLKNOWNTYPE_INT64VALUE:
      return OrNull(Type("string", "int64"));
    case Descriptor::WELLKNOWNTYPE_UINT64VALUE:
      return OrNull(Type("string", "uint64"));
    case Descriptor::WELLKNOWNTYPE_INT32VALUE:
      return OrNull(Type("integer", "int32"));
    case Descriptor::WELLKNOWNTYPE_UINT32VALUE:
      return OrNull(Type("integer", "uint32"));
    case Descriptor::WELLKNOWNTYPE_STRINGVALUE:
    case Descriptor::WELLKNOWNTYPE_BYTESVALUE:
      return OrNull(Type("string"));
    case Descriptor::WELLKNOWNTYPE_BOOLVALUE:
      return OrNull(Type("boolean"));
    default:
      return nullptr;
  }
}

std::string Join(const std::string& text, const std::string& more) {
  return text.empty() ? more : more.empty() ? text : text + " " + more;
}

}  // namespace

bool Schemas::HasBehavior(const FieldDescriptor* field, int behavior) {
  const auto& options = field->options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == behavior) return true;
  }
  return false;
}

std::string Schemas::NameOf(const std::string& full_name) {
  constexpr std::string_view kOurs = "clientele.";
  return full_name.starts_with(kOurs) ? full_name.substr(kOurs.size()) : full_name;
}

Json Schemas::Refer(const std::string& full_name) {
  return {{"$ref", "#/components/schemas/" + NameOf(full_name)}};
}

Json Schemas::ForMessage(const Descriptor* message) {
  if (Json known = WellKnown(message); !known.is_null()) return known;
  messages_.emplace(message->full_name(), message);
  return Refer(message->full_name());
}

Json Schemas::ForValue(const FieldDescriptor* field) {
  switch (field->type()) {
    case FieldDescriptor::TYPE_DOUBLE:
      return Type("number", "double");
    case FieldDescriptor::TYPE_FLOAT:
      return Type("number", "float");
    case FieldDescriptor::TYPE_BOOL:
      return Type("boolean");
    case FieldDescriptor::TYPE_STRING:
      return Type("string");
    case FieldDescriptor::TYPE_BYTES:
      return {{"type", "string"}, {"contentEncoding", "base64"}};
    case FieldDescriptor::TYPE_ENUM:
      enums_.emplace(field->enum_type()->full_name(), field->enum_type());
      return Refer(field->enum_type()->full_name());
    case FieldDescriptor::TYPE_MESSAGE:
    case FieldDescriptor::TYPE_GROUP:
      return ForMessage(field->message_type());
    default:
      break;
  }
  // JSON's numbers are doubles in many a client, so 64 bits are text.
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT64:
      return Type("string", "int64");
    case FieldDescriptor::CPPTYPE_UINT64:
      return Type("string", "uint64");
    case FieldDescriptor::CPPTYPE_UINT32:
      return {{"type", "integer"}, {"format", "uint32"}, {"minimum", 0}};
    default:
      return Type("integer", "int32");
  }
}

Json Schemas::ForField(const FieldDescriptor* field) {
  Json schema;
  if (field->is_map()) {
    schema = {{"type", "object"}, {"additionalProperties", ForValue(field->message_type()->map_value())}};
  } else if (field->is_repeated()) {
    schema = {{"type", "array"}, {"items", ForValue(field)}};
  } else {
    schema = ForValue(field);
  }
  std::string description = comments_.Of(field);
  if (const auto* oneof = field->real_containing_oneof()) {
    std::string names;
    for (int i = 0; i < oneof->field_count(); ++i) {
      absl::StrAppend(&names, i == 0 ? "`" : ", `", oneof->field(i)->json_name(), "`");
    }
    description = Join(description, absl::StrCat("Only one of ", names, " may be given."));
  }
  if (HasBehavior(field, google::api::IMMUTABLE)) description = Join(description, "Cannot be changed later.");
  if (!description.empty()) schema["description"] = description;
  if (HasBehavior(field, google::api::OUTPUT_ONLY)) schema["readOnly"] = true;
  if (HasBehavior(field, google::api::INPUT_ONLY)) schema["writeOnly"] = true;
  if (field->options().deprecated()) schema["deprecated"] = true;
  return schema;
}

Json Schemas::Describe(const Descriptor* message) {
  Json schema = {{"type", "object"}};
  if (std::string description = comments_.Of(message); !description.empty()) {
    schema["description"] = std::move(description);
  }
  Json required = Json::array();
  Json properties = Json::object();
  for (int i = 0; i < message->field_count(); ++i) {
    const FieldDescriptor* field = message->field(i);
    properties[field->json_name()] = ForField(field);
    if (HasBehavior(field, google::api::REQUIRED)) required.push_back(field->json_name());
  }
  schema["properties"] = std::move(properties);
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

Json Schemas::Describe(const EnumDescriptor* type) {
  std::string description = comments_.Of(type);
  Json values = Json::array();
  for (int i = 0; i < type->value_count(); ++i) {
    values.push_back(type->value(i)->name());
    if (const std::string comment = comments_.Of(type->value(i)); !comment.empty()) {
      absl::StrAppend(&description, description.empty() ? "" : "\n", "- `", type->value(i)->name(),
                      "`: ", comment);
    }
  }
  Json schema = {{"type", "string"}, {"enum", std::move(values)}};
  if (!description.empty()) schema["description"] = std::move(description);
  return schema;
}

Json Schemas::TakeComponents() {
  // Describing one may refer to others.
  while (!messages_.empty()) {
    const auto [name, message] = *messages_.begin();
    messages_.erase(messages_.begin());
    if (described_.contains(NameOf(name))) continue;
    described_[NameOf(name)] = nullptr;  // It may refer to itself.
    described_[NameOf(name)] = Describe(message);
  }
  for (const auto& [name, type] : enums_) described_[NameOf(name)] = Describe(type);
  Json components = Json::object();
  for (auto& [name, schema] : described_) components[name] = std::move(schema);
  described_.clear();
  enums_.clear();
  return components;
}

}  // namespace clientele::gateway
