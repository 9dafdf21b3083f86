#ifndef GATEWAY_OPENAPI_SCHEMA_H_
#define GATEWAY_OPENAPI_SCHEMA_H_

#include <deque>
#include <map>
#include <string>

#include <google/protobuf/descriptor.h>
#include <nlohmann/json.hpp>

#include "gateway/openapi/comments.h"

namespace clientele::gateway {

// Messages as JSON schemas (draft 2020-12, which OpenAPI 3.1 takes), in the form that proto3 JSON gives them.
class Schemas {
 public:
  using Json = nlohmann::ordered_json;

  explicit Schemas(const Comments& comments) : comments_(comments) {}

  // A reference, or the type itself for those with a JSON form of their own.
  Json ForMessage(const google::protobuf::Descriptor* message);
  // What the field holds, with its comment.
  Json ForField(const google::protobuf::FieldDescriptor* field);
  // What one element of it is, without any comment.
  Json ForValue(const google::protobuf::FieldDescriptor* field);

  // Every message and enum that was referred to, and what these refer to.
  Json TakeComponents();

  static bool HasBehavior(const google::protobuf::FieldDescriptor* field, int behavior);

 private:
  static std::string NameOf(const std::string& full_name);
  Json Refer(const std::string& full_name);
  Json Describe(const google::protobuf::Descriptor* message);
  Json Describe(const google::protobuf::EnumDescriptor* type);

  const Comments& comments_;
  std::map<std::string, Json> described_;
  std::map<std::string, const google::protobuf::Descriptor*> messages_;
  std::map<std::string, const google::protobuf::EnumDescriptor*> enums_;
};

}  // namespace clientele::gateway

#endif  // GATEWAY_OPENAPI_SCHEMA_H_
