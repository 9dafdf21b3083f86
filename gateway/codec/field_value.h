#ifndef GATEWAY_CODEC_FIELD_VALUE_H_
#define GATEWAY_CODEC_FIELD_VALUE_H_

#include <string>

#include <google/protobuf/message.h>
#include <nlohmann/json.hpp>

namespace clientele::gateway {

// Sets a scalar or enum field, or adds to it when it is repeated. Empty, or what the value should have been
// (`must be a 64-bit integer`).
std::string SetScalar(const nlohmann::json& json, const google::protobuf::FieldDescriptor* field,
                      google::protobuf::Message* message);

// Whether the type has a JSON form of its own instead of an object of its fields (Timestamp, FieldMask, Any,
// …).
bool HasJsonFormOfItsOwn(const google::protobuf::Descriptor* type);

// Reads such a form. Empty, or what the value should have been.
std::string SetWellKnown(const nlohmann::json& json, google::protobuf::Message* message);

}  // namespace clientele::gateway

#endif  // GATEWAY_CODEC_FIELD_VALUE_H_
