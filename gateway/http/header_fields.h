#ifndef GATEWAY_HTTP_HEADER_FIELDS_H_
#define GATEWAY_HTTP_HEADER_FIELDS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

// What HTTP's header fields say (RFC 9110), as plain functions.
namespace clientele::gateway {

// `application/json; charset=utf-8` → `application/json`.
std::string MediaType(std::string_view field);

// The index of the media type in `offered` that an Accept field likes best, the first of equals; nullopt when
// it takes none of them. An empty field takes all.
std::optional<size_t> Negotiate(std::string_view accept, const std::vector<std::string_view>& offered);

// Whether an Accept-Encoding field takes gzip.
bool TakesGzip(std::string_view accept_encoding);

// Whether one of an If-Match or If-None-Match field's entity tags is `etag`; `*` is any. `weak` takes `W/"a"`
// for `"a"`, as If-None-Match does.
bool MatchesEtag(std::string_view field, std::string_view etag, bool weak);

// An If-Match field as one entity tag with its quotes, which a resource's `etag` can be compared with; empty
// for `*`. INVALID_ARGUMENT for lists and for what is no strong entity tag.
absl::StatusOr<std::string> SingleEtag(std::string_view if_match);

}  // namespace clientele::gateway

#endif  // GATEWAY_HTTP_HEADER_FIELDS_H_
