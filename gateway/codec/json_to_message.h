#ifndef GATEWAY_CODEC_JSON_TO_MESSAGE_H_
#define GATEWAY_CODEC_JSON_TO_MESSAGE_H_

#include <string_view>

#include <google/protobuf/message.h>
#include <nlohmann/json.hpp>

#include "gateway/routing/http_router.h"
#include "servicekit/types/error.h"

namespace clientele::gateway {

// Puts proto3 JSON into a message; what does not belong there is added to `violations` under the name that
// the field has in the proto, below `prefix`. Stricter than protobuf's own reader, which takes "yes" for a
// bool, and one value for a list of them.
void MergeJson(const nlohmann::json& json, std::string_view prefix, google::protobuf::Message* message,
               servicekit::Violations* violations);

// The same for one field's value, whatever kind of field it is.
void MergeJsonField(const nlohmann::json& json, const google::protobuf::FieldDescriptor* field,
                    google::protobuf::Message* message, servicekit::Violations* violations);

// Sets the field at the end of `path` from a query parameter or path variable; adds to it when it is
// repeated.
void SetFromText(const FieldPath& path, std::string_view name, std::string_view text,
                 google::protobuf::Message* message, servicekit::Violations* violations);

}  // namespace clientele::gateway

#endif  // GATEWAY_CODEC_JSON_TO_MESSAGE_H_
