#ifndef GATEWAY_CODEC_HTTP_SEMANTICS_H_
#define GATEWAY_CODEC_HTTP_SEMANTICS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

// What header fields mean for a call. What they say is in gateway/http/header_fields.h.
namespace clientele::gateway {

// Seconds, as in `2.5`, or with a unit, as in `500ms`.
std::optional<absl::Duration> ParseTimeout(std::string_view text);

// An Idempotency-Key as a `request_id`: a UUID as it is, any other key as one that follows from it and
// `subject`, so that the same word from two callers is two keys. INVALID_ARGUMENT unless it is 1 to 255
// printable characters.
absl::StatusOr<std::string> RequestIdOf(std::string_view key, std::string_view subject);

// For Retry-After: the status's retry delay in whole seconds, at least one; nullopt without one.
std::optional<int64_t> RetryAfterSeconds(const absl::Status& status);

}  // namespace clientele::gateway

#endif  // GATEWAY_CODEC_HTTP_SEMANTICS_H_
