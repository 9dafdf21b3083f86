#include "gateway/codec/transcoder.h"

#include <algorithm>
#include <memory>

#include <google/protobuf/arena.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver_util.h>
#include <grpcpp/support/slice.h>

#include "gateway/codec/json_document.h"
#include "gateway/codec/json_to_message.h"
#include "servicekit/types/error.h"

namespace clientele::gateway {
namespace {

using google::protobuf::Arena;
using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
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

}  // namespace

absl::StatusOr<grpc::ByteBuffer> ToRequest(const HttpRouter::Match& match, std::string_view query,
                                           std::optional<std::string_view> body) {
  const HttpBinding& binding = *match.binding;
  Arena arena;
  Message* request = NewMessage(binding.method->descriptor->input_type(), &arena);
  servicekit::Violations violations;
  if (body.has_value()) {
    if (!binding.whole_body && binding.body == nullptr) {
      return servicekit::WithReason(absl::InvalidArgumentError("this request takes no body"),
                                    "UNEXPECTED_BODY");
    }
    const absl::StatusOr<nlohmann::json> json = ParseJson(*body);
    if (!json.ok()) return json.status();
    if (binding.whole_body) {
      MergeJson(*json, "", request, &violations);
    } else {
      MergeJson(*json, binding.body->name(), request->GetReflection()->MutableMessage(request, binding.body),
                &violations);
    }
  }
  ReadQuery(binding, query, request, &violations);
  // Last, so that the path wins over what the body says of the same field.
  for (size_t i = 0; i < binding.variables.size(); ++i) {
    SetFromText(binding.variables[i].field, binding.variables[i].segments.field, match.values[i], request,
                &violations);
  }
  if (!violations.empty()) return violations.status();

  grpc::Slice slice(request->ByteSizeLong());
  request->SerializeWithCachedSizesToArray(const_cast<uint8_t*>(slice.begin()));
  return grpc::ByteBuffer(&slice, 1);
}

absl::StatusOr<std::string> ToJson(const HttpBinding& binding, const grpc::ByteBuffer& response) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;  // So that a client sees zeros, too.
  grpc::Slice slice;
  if (!response.DumpToSingleSlice(&slice).ok()) return absl::InternalError("the answer cannot be read");
  std::string json;
  if (binding.response_body != nullptr) {
    Arena arena;
    Message* message = NewMessage(binding.method->descriptor->output_type(), &arena);
    if (!message->ParseFromArray(slice.begin(), static_cast<int>(slice.size()))) {
      return absl::InternalError("the answer cannot be read");
    }
    const Message& part = message->GetReflection()->GetMessage(*message, binding.response_body);
    if (!google::protobuf::util::MessageToJsonString(part, &json, options).ok()) {
      return absl::InternalError("the answer has no JSON form");
    }
    return json;
  }
  const std::string binary(reinterpret_cast<const char*>(slice.begin()), slice.size());
  if (!google::protobuf::util::BinaryToJsonString(&Types(), binding.method->response_url, binary, &json,
                                                  options)
           .ok()) {
    return absl::InternalError("the answer has no JSON form");
  }
  return json;
}

}  // namespace clientele::gateway
