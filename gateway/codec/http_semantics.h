#ifndef GATEWAY_CODEC_HTTP_SEMANTICS_H_
#define GATEWAY_CODEC_HTTP_SEMANTICS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <grpcpp/support/status.h>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

// What HTTP's header fields say (RFC 9110), as plain functions.
namespace clientele::gateway {

// `application/json; charset=utf-8` → `application/json`.
std::string MediaType(std::string_view field);

// The index of the media type in `offered` that an Accept field likes best, the first of equals; nullopt when
// it takes none of them. An empty field takes all.
std::optional<size_t> Negotiate(std::string_view accept, const std::vector<std::string_view>& offered);

// Whether an Accept-Encoding field takes gzip.
bool TakesGzip(std::string_view accept_encoding);

// Seconds, as in `2.5`, or with a unit, as in `500ms`.
std::optional<absl::Duration> ParseTimeout(std::string_view text);

// Whether one of an If-Match or If-None-Match field's entity tags is `etag`; `*` is any. `weak` takes `W/"a"`
// for `"a"`, as If-None-Match does.
bool MatchesEtag(std::string_view field, std::string_view etag, bool weak);

// An If-Match field as one entity tag with its quotes, which a resource's `etag` can be compared with; empty
// for `*`. INVALID_ARGUMENT for lists and for what is no strong entity tag.
absl::StatusOr<std::string> SingleEtag(std::string_view if_match);

// An Idempotency-Key as a `request_id`: a UUID as it is, any other key as the UUIDv5 of it and `subject`, so
// that the same word from two callers is two keys. INVALID_ARGUMENT unless it is 1 to 255 printable
// characters.
absl::StatusOr<std::string> RequestIdOf(std::string_view key, std::string_view subject);

// For Retry-After: the status's RetryInfo in whole seconds, at least one; nullopt without one.
std::optional<int64_t> RetryAfterSeconds(const grpc::Status& status);

// The reason in the status's ErrorInfo; empty without one.
std::string ReasonOf(const grpc::Status& status);

}  // namespace clientele::gateway

#endif  // GATEWAY_CODEC_HTTP_SEMANTICS_H_
