#ifndef SERVICEKIT_RPC_REQUEST_CHECK_H_
#define SERVICEKIT_RPC_REQUEST_CHECK_H_

#include <string_view>

#include <google/protobuf/message.h>

#include "absl/status/status.h"
#include "servicekit/types/error.h"

// What can be said about a request from its descriptor alone. That its text is UTF-8 is sure already:
// protobuf refuses to parse anything else, which Serve answers as INVALID_ARGUMENT.
namespace servicekit {

// INVALID_ARGUMENT naming every field that is `google.api.field_behavior` REQUIRED and not there. Serve does
// this for each unary request. A number or bool without presence cannot be missing. In a request with an
// `update_mask` only the request's own fields count, since the resource in it is partial.
absl::Status CheckRequired(const google::protobuf::Message& message);

// Adds a violation when `text` has more than `max` characters.
void CheckLength(Violations& violations, std::string_view field, std::string_view text, size_t max);

}  // namespace servicekit

#endif  // SERVICEKIT_RPC_REQUEST_CHECK_H_
