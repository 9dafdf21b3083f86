#ifndef GATEWAY_OPENAPI_COMMENTS_H_
#define GATEWAY_OPENAPI_COMMENTS_H_

#include <memory>
#include <string>
#include <string_view>

#include <google/protobuf/descriptor.h>

#include "absl/status/statusor.h"

namespace clientele::gateway {

// What the authors of the contracts wrote beside them.
class Comments {
 public:
  // From a serialized google.protobuf.FileDescriptorSet with source info.
  static absl::StatusOr<std::unique_ptr<Comments>> Parse(std::string_view protoset);

  // The comment on a service, method, message, field, enum or enum value of any pool, as text without the
  // slashes; empty when there is none.
  template <typename Descriptor>
  std::string Of(const Descriptor* what) const {
    return TextOf(Find(what));
  }

 private:
  using FieldDescriptor = google::protobuf::FieldDescriptor;
  const google::protobuf::ServiceDescriptor* Find(const google::protobuf::ServiceDescriptor* of) const {
    return pool_.FindServiceByName(of->full_name());
  }
  const google::protobuf::MethodDescriptor* Find(const google::protobuf::MethodDescriptor* of) const {
    return pool_.FindMethodByName(of->full_name());
  }
  const google::protobuf::Descriptor* Find(const google::protobuf::Descriptor* of) const {
    return pool_.FindMessageTypeByName(of->full_name());
  }
  const FieldDescriptor* Find(const FieldDescriptor* of) const {
    return pool_.FindFieldByName(of->full_name());
  }
  const google::protobuf::EnumDescriptor* Find(const google::protobuf::EnumDescriptor* of) const {
    return pool_.FindEnumTypeByName(of->full_name());
  }
  const google::protobuf::EnumValueDescriptor* Find(const google::protobuf::EnumValueDescriptor* of) const {
    return pool_.FindEnumValueByName(of->full_name());
  }

  template <typename Descriptor>
  static std::string TextOf(const Descriptor* found) {
    google::protobuf::SourceLocation location;
    if (found == nullptr || !found->GetSourceLocation(&location)) return {};
    return Clean(location.leading_comments.empty() ? location.trailing_comments : location.leading_comments);
  }
  static std::string Clean(std::string_view comment);

  google::protobuf::DescriptorPool pool_;
};

}  // namespace clientele::gateway

#endif  // GATEWAY_OPENAPI_COMMENTS_H_
