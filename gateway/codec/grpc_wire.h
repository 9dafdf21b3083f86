#ifndef GATEWAY_CODEC_GRPC_WIRE_H_
#define GATEWAY_CODEC_GRPC_WIRE_H_

#include <optional>
#include <string>
#include <string_view>

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include "absl/time/time.h"
#include "gateway/http/exchange.h"
#include "gateway/pipeline/call.h"

// gRPC over HTTP/2, as https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md has it.
namespace clientele::gateway {

// `10S`, `500m`. nullopt when malformed.
std::optional<absl::Duration> ParseGrpcTimeout(std::string_view text);

// The fields to be passed on as metadata: not those of the hop, of HTTP or of gRPC itself, nor
// `authorization` and `traceparent`, which the pipeline deals with. nullopt when a `-bin` value is not
// base64.
std::optional<Metadata> ToMetadata(const HttpFields& fields);

// The trailers that end a call: status, message, details, and the service's own trailing metadata.
HttpFields ToTrailers(const CallEnd& end);

// A message with its five bytes in front.
std::string FrameMessage(const grpc::ByteBuffer& message);

// gRPC-Web's last frame: the trailers as text (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md).
std::string FrameTrailers(const HttpFields& trailers);

// gRPC-Web's text form: base64 in chunks, each of which may end with padding.
class Base64Stream {
 public:
  // The bytes that are complete with this piece; nullopt when it is not base64.
  std::optional<std::string> Decode(std::string_view text);
  // Whether nothing is left over.
  bool at_border() const { return rest_.empty(); }

  static std::string Encode(std::string_view bytes);

 private:
  std::string rest_;
};

// The bytes as one message.
grpc::ByteBuffer ToByteBuffer(std::string_view bytes);

}  // namespace clientele::gateway

#endif  // GATEWAY_CODEC_GRPC_WIRE_H_
