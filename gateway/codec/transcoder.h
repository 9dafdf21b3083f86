#ifndef GATEWAY_CODEC_TRANSCODER_H_
#define GATEWAY_CODEC_TRANSCODER_H_

#include <optional>
#include <string>
#include <string_view>

#include <grpcpp/support/byte_buffer.h>

#include "absl/status/statusor.h"
#include "gateway/routing/http_router.h"

namespace clientele::gateway {

// What a request's header says that has a field of the message to go to.
struct HeaderFields {
  std::string etag;        // From If-Match, with its quotes.
  std::string request_id;  // From Idempotency-Key.
};

// An HTTP/JSON request as a message of the method's, by its google.api.http binding. `body` is nullopt where
// there is none. INVALID_ARGUMENT names every field that is wrong.
//
// A PATCH whose request has an `update_mask` that is not given gets the fields that the body has (AIP-134),
// so that `{"note": ""}` and `{"note": null}` clear the note. An etag goes to the request's `etag`, else to
// the resource's; when there is neither, it is INVALID_ARGUMENT: a condition must not be overlooked. A
// request_id goes to the request's `request_id`, and is dropped where there is none, as for reads.
absl::StatusOr<grpc::ByteBuffer> ToRequest(const HttpRouter::Match& match, std::string_view query,
                                           std::optional<std::string_view> body,
                                           const HeaderFields& header = {});

struct JsonAnswer {
  std::string json;
  std::string etag;  // The resource's, for the header; empty when it has none.
};

// A response of the method's as JSON. INTERNAL when the bytes are no such message.
absl::StatusOr<JsonAnswer> ToJson(const HttpBinding& binding, const grpc::ByteBuffer& response);

}  // namespace clientele::gateway

#endif  // GATEWAY_CODEC_TRANSCODER_H_
