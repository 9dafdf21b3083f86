#ifndef GATEWAY_CODEC_JSON_DOCUMENT_H_
#define GATEWAY_CODEC_JSON_DOCUMENT_H_

#include <string_view>

#include <nlohmann/json.hpp>

#include "absl/status/statusor.h"

namespace clientele::gateway {

// Parses what RFC 8259 calls JSON and nothing else: no trailing commas or comments, no duplicate keys, UTF-8
// only, at most 64 levels. INVALID_ARGUMENT with the reason INVALID_JSON says where it is wrong.
absl::StatusOr<nlohmann::json> ParseJson(std::string_view text);

}  // namespace clientele::gateway

#endif  // GATEWAY_CODEC_JSON_DOCUMENT_H_
