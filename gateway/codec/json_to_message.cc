#include "gateway/codec/json_to_message.h"

#include <memory>
#include <set>
#include <string>

#include <google/protobuf/any.pb.h>

#include "gateway/codec/field_value.h"
#include "servicekit/types/str_cat.h"

namespace clientele::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Json = nlohmann::json;

// Where the reader is; becomes text only when something is wrong there.
struct Place {
  const Place* parent;
  std::string_view name;
  int index = -1;

  std::string ToString() const {
    std::string text = parent == nullptr ? std::string() : parent->ToString();
    if (index >= 0) return absl::StrCat(text, "[", index, "]");
    if (!text.empty()) text += '.';
    return text.append(name);
  }
};

class Reader {
 public:
  explicit Reader(servicekit::Violations* violations) : violations_(violations) {}

  void ReadMessage(const Json& json, const Place& place, Message* message) {
    const Descriptor* type = message->GetDescriptor();
    if (type->well_known_type() == Descriptor::WELLKNOWNTYPE_ANY) {
      return ReadAny(json, place, static_cast<google::protobuf::Any*>(message));
    }
    if (HasJsonFormOfItsOwn(type)) return Check(SetWellKnown(json, message), place);
    if (!json.is_object()) return Check("must be a JSON object", place);
    std::set<const FieldDescriptor*> seen;
    for (const auto& [key, value] : json.get_ref<const Json::object_t&>()) {
      const FieldPath found = key.find('.') == std::string::npos ? FindField(type, key) : FieldPath();
      if (found.empty()) {
        Check(absl::StrCat("no such field in ", type->name()), {&place, key});
        continue;
      }
      const FieldDescriptor* field = found.front();
      const Place here = {&place, field->name()};
      if (!seen.insert(field).second) {
        Check("is given twice, under both its names", here);
        continue;
      }
      ReadField(value, here, field, message);
    }
  }

  void ReadField(const Json& value, const Place& place, const FieldDescriptor* field, Message* message) {
    const bool takes_null = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
                            field->message_type()->well_known_type() == Descriptor::WELLKNOWNTYPE_VALUE;
    if (value.is_null() && !takes_null) return;  // As if it were absent.
    const auto* oneof = field->real_containing_oneof();
    if (oneof != nullptr && message->GetReflection()->HasOneof(*message, oneof)) {
      return Check(absl::StrCat("only one of ", oneof->name(), " may be given"), place);
    }
    if (field->is_map()) return ReadMap(value, place, field, message);
    if (!field->is_repeated()) return ReadValue(value, place, field, message);
    if (!value.is_array()) return Check("must be a JSON array", place);
    int index = 0;
    for (const Json& element : value) ReadValue(element, {&place, {}, index++}, field, message);
  }

 private:
  // A message of any type that is known here: `@type` beside its fields, or beside `value` when it has a JSON
  // form of its own.
  void ReadAny(const Json& json, const Place& place, google::protobuf::Any* any) {
    constexpr std::string_view kPrefix = "type.googleapis.com/";
    if (json.is_object() && json.empty()) return;  // Of no type.
    const auto type = json.is_object() ? json.find("@type") : json.end();
    const bool named = type != json.end() && type->is_string() &&
                       std::string_view(type->get_ref<const std::string&>()).starts_with(kPrefix);
    const Descriptor* descriptor =
        named ? google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
                    type->get_ref<const std::string&>().substr(kPrefix.size()))
              : nullptr;
    if (descriptor == nullptr) {
      return Check(
          "must be a google.protobuf.Any: an object whose @type is type.googleapis.com/ and a type that is "
          "known",
          place);
    }
    const std::unique_ptr<Message> message(
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
    if (!HasJsonFormOfItsOwn(descriptor)) {
      Json fields = json;
      fields.erase("@type");
      ReadMessage(fields, place, message.get());
    } else if (json.contains("value") ? json.size() > 2 : json.size() > 1) {
      return Check("must have @type and value, and nothing else", place);
    } else if (json.contains("value")) {  // Protobuf does not print a value of nothing, as `0s`.
      ReadMessage(json["value"], {&place, "value"}, message.get());
    }
    any->PackFrom(*message);
  }

  void ReadValue(const Json& value, const Place& place, const FieldDescriptor* field, Message* message) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      return Check(value.is_null() ? "must not be null" : SetScalar(value, field, message), place);
    }
    const auto* reflection = message->GetReflection();
    ReadMessage(value, place,
                field->is_repeated() ? reflection->AddMessage(message, field)
                                     : reflection->MutableMessage(message, field));
  }

  // A map's entries are messages of two fields.
  void ReadMap(const Json& value, const Place& place, const FieldDescriptor* field, Message* message) {
    if (!value.is_object()) return Check("must be a JSON object", place);
    const FieldDescriptor* key_field = field->message_type()->map_key();
    for (const auto& [key, element] : value.get_ref<const Json::object_t&>()) {
      const Place here = {&place, key};
      Message* entry = message->GetReflection()->AddMessage(message, field);
      Json key_value = key;
      if (key_field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL && (key == "true" || key == "false")) {
        key_value = key == "true";
      }
      Check(SetScalar(key_value, key_field, entry), here);
      ReadValue(element, here, field->message_type()->map_value(), entry);
    }
  }

  void Check(const std::string& wrong, const Place& place) {
    constexpr int kMaxViolations = 20;
    if (!wrong.empty() && ++count_ <= kMaxViolations) violations_->Add(place.ToString(), wrong);
  }

  servicekit::Violations* violations_;
  int count_ = 0;
};

}  // namespace

void MergeJson(const Json& json, std::string_view prefix, Message* message,
               servicekit::Violations* violations) {
  Reader(violations).ReadMessage(json, {nullptr, prefix}, message);
}

void MergeJsonField(const Json& json, const FieldDescriptor* field, Message* message,
                    servicekit::Violations* violations) {
  const bool one_message = !field->is_repeated() && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  if (one_message) {
    return MergeJson(json, field->name(), message->GetReflection()->MutableMessage(message, field),
                     violations);
  }
  Reader(violations).ReadField(json, {nullptr, field->name()}, field, message);
}

void SetFromText(const FieldPath& path, std::string_view name, std::string_view text, Message* message,
                 servicekit::Violations* violations) {
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    message = message->GetReflection()->MutableMessage(message, path[i]);
  }
  const FieldDescriptor* field = path.back();
  const auto* reflection = message->GetReflection();
  const auto value_for = [text](FieldDescriptor::CppType type) -> Json {
    if (type == FieldDescriptor::CPPTYPE_BOOL && (text == "true" || text == "false")) return text == "true";
    return std::string(text);
  };
  std::string wrong;
  const auto* oneof = field->real_containing_oneof();
  if (field->is_map()) {
    wrong = "cannot be set by a parameter";
  } else if (oneof != nullptr && reflection->HasOneof(*message, oneof) &&
             !reflection->HasField(*message, field)) {
    wrong = absl::StrCat("only one of ", oneof->name(), " may be given");
  } else if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    wrong = SetScalar(value_for(field->cpp_type()), field, message);
  } else if (HasJsonFormOfItsOwn(field->message_type()) &&
             field->message_type()->well_known_type() != Descriptor::WELLKNOWNTYPE_ANY) {
    wrong = SetWellKnown(value_for(field->message_type()->field(0)->cpp_type()),
                         field->is_repeated() ? reflection->AddMessage(message, field)
                                              : reflection->MutableMessage(message, field));
  } else {
    wrong = servicekit::StrCat("is a message: set its fields, as in ", name, ".field");
  }
  if (!wrong.empty()) violations->Add(name, wrong);
}

}  // namespace clientele::gateway
