#include "gateway/codec/transcoder.h"

#include <algorithm>
#include <memory>

#include <google/protobuf/arena.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver_util.h>
#include <grpcpp/support/slice.h>

#include "gateway/codec/json_document.h"
#include "gateway/codec/json_to_message.h"
#include "gateway/routing/text_on_wire.h"
#include "google/api/field_behavior.pb.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"

namespace clientele::gateway {
namespace {

using google::protobuf::Arena;
using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FieldMask;
using google::protobuf::Message;
using google::protobuf::MessageFactory;

Message* NewMessage(const Descriptor* type, Arena* arena) {
  return MessageFactory::generated_factory()->GetPrototype(type)->New(arena);
}

google::protobuf::util::TypeResolver& Types() {
  static auto* const resolver = google::protobuf::util::NewTypeResolverForDescriptorPool(
      "type.googleapis.com", DescriptorPool::generated_pool());
  return *resolver;
}

// A parameter's name or value: percent-encoding, and `+` for a space.
std::optional<std::string> DecodeParameter(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return PercentDecode(spaced);
}

// Whether the path or the body sets this field already.
bool IsTaken(const HttpBinding& binding, const FieldPath& field) {
  if (binding.whole_body || binding.body == field.front()) return true;
  return std::any_of(binding.variables.begin(), binding.variables.end(),
                     [&](const HttpBinding::Variable& variable) { return variable.field == field; });
}

void ReadQuery(const HttpBinding& binding, std::string_view query, Message* request,
               servicekit::Violations* violations) {
  while (!query.empty()) {
    const size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    if (pair.empty()) continue;
    const size_t equals = pair.find('=');
    const std::optional<std::string> name = DecodeParameter(pair.substr(0, equals));
    const std::optional<std::string> value =
        DecodeParameter(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1));
    if (!name.has_value()) {
      violations->Add("query", "a parameter's name is not percent-encoded UTF-8");
      continue;
    }
    const FieldPath field = FindField(binding.method->descriptor->input_type(), *name);
    if (!value.has_value()) {
      violations->Add(*name, "is not percent-encoded UTF-8");
    } else if (field.empty()) {
      violations->Add(*name, "no such parameter");
    } else if (IsTaken(binding, field)) {
      violations->Add(*name, "belongs into the path or the body, not into the query");
    } else {
      SetFromText(field, *name, *value, request, violations);
    }
  }
}

bool HasBehavior(const FieldDescriptor* field, google::api::FieldBehavior behavior) {
  const auto& options = field->options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == behavior) return true;
  }
  return false;
}

// Whether a change can name fields inside of it. Values of google's (Money, Date, …) are changed as a whole:
// half of a sum of money is none.
bool HasPartsOfItsOwn(const FieldDescriptor* field) {
  return !field->is_repeated() && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         !field->message_type()->full_name().starts_with("google.");
}

// The fields of `type` that the body has, but those that are the server's.
void AddPaths(const nlohmann::json& body, const Descriptor* type, const std::string& prefix,
              FieldMask* mask) {
  for (const auto& [key, value] : body.get_ref<const nlohmann::json::object_t&>()) {
    const FieldPath found = key.find('.') == std::string::npos ? FindField(type, key) : FieldPath();
    if (found.empty()) continue;  // Told by whoever reads the body.
    const FieldDescriptor* field = found.front();
    if (HasBehavior(field, google::api::OUTPUT_ONLY) || HasBehavior(field, google::api::IDENTIFIER) ||
        (prefix.empty() && (field->name() == "etag" || field->name() == "name"))) {
      continue;
    }
    if (HasPartsOfItsOwn(field) && value.is_object() && !value.empty()) {
      AddPaths(value, field->message_type(), prefix + field->name() + ".", mask);
    } else {
      mask->add_paths(prefix + field->name());
    }
  }
}

void FillMask(const HttpBinding& binding, const nlohmann::json& body, Message* request) {
  if (binding.verb != "PATCH" || binding.body == nullptr || !HasPartsOfItsOwn(binding.body)) return;
  const FieldDescriptor* field = request->GetDescriptor()->FindFieldByName("update_mask");
  if (field == nullptr || field->is_repeated() || field->message_type() != FieldMask::descriptor()) return;
  if (request->GetReflection()->HasField(*request, field) || !body.is_object()) return;
  FieldMask mask;
  AddPaths(body, binding.body->message_type(), "", &mask);
  if (mask.paths().empty()) return;
  static_cast<FieldMask*>(request->GetReflection()->MutableMessage(request, field))->Swap(&mask);
}

// The message's field of that name when it is one text, else nullptr.
const FieldDescriptor* TextField(const Descriptor* type, const std::string& name) {
  const FieldDescriptor* field = type->FindFieldByName(name);
  return field != nullptr && !field->is_repeated() && field->type() == FieldDescriptor::TYPE_STRING ? field
                                                                                                    : nullptr;
}

// Sets a field that the header tells. When path, query or body tell something else, nobody could say which.
void SetOnce(const FieldDescriptor* field, const std::string& value, std::string_view header,
             Message* message, servicekit::Violations* violations) {
  const std::string there = message->GetReflection()->GetString(*message, field);
  if (!there.empty() && there != value) {
    return violations->Add(field->name(), servicekit::StrCat("is not what the header ", header, " says"));
  }
  message->GetReflection()->SetString(message, field, value);
}

void SetHeaderFields(const HttpBinding& binding, const HeaderFields& header, Message* request,
                     servicekit::Violations* violations) {
  if (!header.request_id.empty()) {
    const FieldDescriptor* field = TextField(request->GetDescriptor(), "request_id");
    if (field != nullptr) SetOnce(field, header.request_id, "idempotency-key", request, violations);
  }
  if (header.etag.empty()) return;
  if (const FieldDescriptor* field = TextField(request->GetDescriptor(), "etag")) {
    return SetOnce(field, header.etag, "if-match", request, violations);
  }
  if (binding.body != nullptr && HasPartsOfItsOwn(binding.body)) {
    if (const FieldDescriptor* field = TextField(binding.body->message_type(), "etag")) {
      return SetOnce(field, header.etag, "if-match",
                     request->GetReflection()->MutableMessage(request, binding.body), violations);
    }
  }
  violations->Add("if-match", "this method has no etag to compare it with");
}

google::protobuf::util::JsonPrintOptions PrintOptions() {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;  // So that a client sees zeros, too.
  return options;
}

absl::StatusOr<JsonAnswer> PartToJson(const HttpBinding& binding, const grpc::Slice& bytes) {
  Arena arena;
  Message* message = NewMessage(binding.method->descriptor->output_type(), &arena);
  if (!message->ParseFromArray(bytes.begin(), static_cast<int>(bytes.size()))) {
    return absl::InternalError("the answer cannot be read");
  }
  const FieldDescriptor* field = binding.response_body;
  const bool one_message = !field->is_repeated() && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  const Message& printed = one_message ? message->GetReflection()->GetMessage(*message, field) : *message;
  JsonAnswer answer;
  if (!google::protobuf::util::MessageToJsonString(printed, &answer.json, PrintOptions()).ok()) {
    return absl::InternalError("the answer has no JSON form");
  }
  if (const FieldDescriptor* etag = TextField(printed.GetDescriptor(), "etag")) {
    answer.etag = printed.GetReflection()->GetString(printed, etag);
  }
  if (one_message) return answer;
  // Protobuf has no public way to print one field.
  const auto whole = nlohmann::ordered_json::parse(answer.json, nullptr, /*allow_exceptions=*/false);
  if (!whole.is_object() || !whole.contains(field->json_name())) {
    return absl::InternalError("the answer has no JSON form");
  }
  answer.json = whole[field->json_name()].dump();
  return answer;
}

}  // namespace

absl::StatusOr<grpc::ByteBuffer> ToRequest(const HttpRouter::Match& match, std::string_view query,
                                           std::optional<std::string_view> body, const HeaderFields& header) {
  const HttpBinding& binding = *match.binding;
  Arena arena;
  Message* request = NewMessage(binding.method->descriptor->input_type(), &arena);
  servicekit::Violations violations;
  nlohmann::json json;
  if (body.has_value()) {
    if (!binding.whole_body && binding.body == nullptr) {
      return servicekit::WithReason(absl::InvalidArgumentError("this request takes no body"),
                                    "UNEXPECTED_BODY");
    }
    absl::StatusOr<nlohmann::json> parsed = ParseJson(*body);
    if (!parsed.ok()) return parsed.status();
    json = *std::move(parsed);
    if (binding.whole_body) {
      MergeJson(json, "", request, &violations);
    } else {
      MergeJsonField(json, binding.body, request, &violations);
    }
  }
  ReadQuery(binding, query, request, &violations);
  // Last, so that the path wins over what the body says of the same field.
  for (size_t i = 0; i < binding.variables.size(); ++i) {
    SetFromText(binding.variables[i].field, binding.variables[i].segments.field, match.values[i], request,
                &violations);
  }
  SetHeaderFields(binding, header, request, &violations);
  FillMask(binding, json, request);
  if (!violations.empty()) return violations.status();

  grpc::Slice slice(request->ByteSizeLong());
  request->SerializeWithCachedSizesToArray(const_cast<uint8_t*>(slice.begin()));
  return grpc::ByteBuffer(&slice, 1);
}

absl::StatusOr<JsonAnswer> ToJson(const HttpBinding& binding, const grpc::ByteBuffer& response) {
  grpc::Slice slice;
  if (!response.DumpToSingleSlice(&slice).ok()) return absl::InternalError("the answer cannot be read");
  if (binding.response_body != nullptr) return PartToJson(binding, slice);
  JsonAnswer answer;
  const std::string binary(reinterpret_cast<const char*>(slice.begin()), slice.size());
  if (!google::protobuf::util::BinaryToJsonString(&Types(), binding.method->response_url, binary,
                                                  &answer.json, PrintOptions())
           .ok()) {
    return absl::InternalError("the answer has no JSON form");
  }
  if (const FieldDescriptor* etag = TextField(binding.method->descriptor->output_type(), "etag")) {
    answer.etag = TextOnWire(etag, slice);
  }
  return answer;
}

}  // namespace clientele::gateway
