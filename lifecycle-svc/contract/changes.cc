#include "lifecycle-svc/contract/changes.h"

#include <memory>

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>

#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool IsSet(const Message& message, const FieldDescriptor& field) {
  return field.is_repeated() ? message.GetReflection()->FieldSize(message, &field) > 0
                             : message.GetReflection()->HasField(message, &field);
}

bool SameField(const Message& a, const Message& b, const FieldDescriptor& field) {
  if (!IsSet(a, field) && !IsSet(b, field)) return true;
  google::protobuf::util::MessageDifferencer differencer;
  return differencer.CompareWithFields(a, b, {&field}, {&field});
}

std::string ToJson(const Message& message) {
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) return "{}";
  return json;
}

}  // namespace

std::string ChangesJson(const Message* before, const Message& after) {
  if (before == nullptr) return servicekit::StrCat(R"({"old":{},"new":)", ToJson(after), "}");
  std::unique_ptr<Message> was(before->New()), is(after.New());
  was->CopyFrom(*before);
  is->CopyFrom(after);
  const google::protobuf::Descriptor& descriptor = *after.GetDescriptor();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor& field = *descriptor.field(i);
    if (!SameField(*before, after, field)) continue;
    was->GetReflection()->ClearField(was.get(), &field);
    is->GetReflection()->ClearField(is.get(), &field);
  }
  return servicekit::StrCat(R"({"old":)", ToJson(*was), R"(,"new":)", ToJson(*is), "}");
}

}  // namespace clientele::lifecycle
