#include "servicekit/rpc/field_mask.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/message_differencer.h>

#include "google/api/field_behavior.pb.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"

namespace servicekit {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool Has(const FieldDescriptor& field, google::api::FieldBehavior behavior) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == behavior) return true;
  }
  return false;
}

bool IsServers(const FieldDescriptor& field) {
  return Has(field, google::api::OUTPUT_ONLY) || Has(field, google::api::IDENTIFIER) ||
         field.name() == "etag";
}

bool IsThere(const Message& message, const FieldDescriptor* field) {
  const Reflection& reflection = *message.GetReflection();
  return field->is_repeated() ? reflection.FieldSize(message, field) > 0
                              : reflection.HasField(message, field);
}

// Makes `field` of `to` what it is in `from`.
void CopyField(const Message& from, const FieldDescriptor* field, Message* to) {
  to->GetReflection()->ClearField(to, field);
  if (!IsThere(from, field)) return;
  // A copy with this field alone, merged: one code for every type.
  const std::unique_ptr<Message> alone(from.New());
  alone->CopyFrom(from);
  std::vector<const FieldDescriptor*> set;
  alone->GetReflection()->ListFields(*alone, &set);
  for (const FieldDescriptor* other : set) {
    if (other != field) alone->GetReflection()->ClearField(alone.get(), other);
  }
  alone->GetReflection()->MutableUnknownFields(alone.get())->Clear();
  to->MergeFrom(*alone);
}

bool SameField(const Message& a, const Message& b, const FieldDescriptor* field) {
  google::protobuf::util::MessageDifferencer differencer;
  return differencer.CompareWithFields(a, b, {field}, {field});
}

absl::Status Wrong(std::string_view path, std::string_view description) {
  return InvalidField("update_mask", StrCat("`", path, "` ", description));
}

absl::Status Take(const Message& change, const FieldDescriptor* field, std::string_view path,
                  Message* resource) {
  if (IsServers(*field)) return absl::OkStatus();
  if (Has(*field, google::api::IMMUTABLE)) {
    return SameField(change, *resource, field) ? absl::OkStatus() : Wrong(path, "cannot be changed");
  }
  CopyField(change, field, resource);
  return absl::OkStatus();
}

absl::Status TakePath(const Message& change, std::string_view path, std::string_view rest,
                      Message* resource) {
  const size_t dot = rest.find('.');
  const Descriptor& type = *change.GetDescriptor();
  const FieldDescriptor* const field = type.FindFieldByName(std::string(rest.substr(0, dot)));
  if (field == nullptr) return Wrong(path, StrCat("is no field of ", type.name()));
  if (dot == std::string_view::npos) return Take(change, field, path, resource);
  if (field->is_repeated() || field->message_type() == nullptr) {
    return Wrong(path, StrCat("goes into `", field->name(), "`, which is no single message"));
  }
  if (IsServers(*field)) return absl::OkStatus();
  const Reflection& reflection = *change.GetReflection();
  return TakePath(reflection.GetMessage(change, field), path, rest.substr(dot + 1),
                  reflection.MutableMessage(resource, field));
}

}  // namespace

absl::Status ApplyMask(const google::protobuf::FieldMask& mask, const Message& change, Message* resource) {
  const Descriptor& type = *change.GetDescriptor();
  const bool all = mask.paths_size() == 1 && mask.paths(0) == "*";
  if (mask.paths().empty() || all) {
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor* const field = type.field(i);
      if (!IsThere(change, field) && (!all || Has(*field, google::api::IMMUTABLE))) continue;
      if (absl::Status status = Take(change, field, field->name(), resource); !status.ok()) return status;
    }
    return absl::OkStatus();
  }
  for (const std::string& path : mask.paths()) {
    if (path == "*") return Wrong(path, "stands alone");
    if (absl::Status status = TakePath(change, path, path, resource); !status.ok()) return status;
  }
  return absl::OkStatus();
}

void ClearOutputOnly(Message* resource) {
  const Descriptor& type = *resource->GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    if (Has(*type.field(i), google::api::OUTPUT_ONLY))
      resource->GetReflection()->ClearField(resource, type.field(i));
  }
}

}  // namespace servicekit
