#ifndef GATEWAY_CODEC_TRANSCODER_H_
#define GATEWAY_CODEC_TRANSCODER_H_

#include <optional>
#include <string>
#include <string_view>

#include <grpcpp/support/byte_buffer.h>

#include "absl/status/statusor.h"
#include "gateway/routing/http_router.h"

namespace clientele::gateway {

// An HTTP/JSON request as a message of the method's, by its google.api.http binding. `body` is nullopt where
// there is none. INVALID_ARGUMENT names every field that is wrong.
absl::StatusOr<grpc::ByteBuffer> ToRequest(const HttpRouter::Match& match, std::string_view query,
                                           std::optional<std::string_view> body);

// A response of the method's as JSON. INTERNAL when the bytes are no such message.
absl::StatusOr<std::string> ToJson(const HttpBinding& binding, const grpc::ByteBuffer& response);

}  // namespace clientele::gateway

#endif  // GATEWAY_CODEC_TRANSCODER_H_
