#ifndef GATEWAY_CODEC_GRPC_EXCHANGE_H_
#define GATEWAY_CODEC_GRPC_EXCHANGE_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/codec/grpc_wire.h"
#include "gateway/codec/message_flow.h"
#include "gateway/http/exchange.h"
#include "gateway/pipeline/pipeline.h"
#include "gateway/routing/method_table.h"

namespace clientele::gateway {

// What gRPC looks like on the wire. The web forms have the trailers in the body, so that HTTP/1.1 and
// browsers can carry them; the text form is base64 on top.
enum class GrpcForm { kNative, kWeb, kWebText };

// The form that a Content-Type names; nullopt when it is none of gRPC's, or not protobuf in it.
std::optional<GrpcForm> GrpcFormOf(std::string_view content_type);

// gRPC: the bytes of messages pass through untouched, but those that came compressed are unpacked here.
class GrpcExchange final : public HttpHandler, private CallPeer {
 public:
  GrpcExchange(HttpAnswer& answer, Pipeline& pipeline, GrpcForm form);
  ~GrpcExchange() override;

  void Begin(const HttpRequest& request, const MethodTable& methods);

  void OnBody(std::string_view bytes) override;
  void OnBodyEnd() override;
  void OnSent() override;
  void OnTick(absl::Time now) override;

 private:
  void OnHeaders() override { StartAnswer(); }
  void OnMessage(grpc::ByteBuffer message) override;
  void OnWritten() override { flow_.Written(*call_); }
  void OnFinished(const CallEnd& end) override;

  HttpFields AnswerFields() const;
  void StartAnswer();
  void Write(std::string frame);
  // Ends the exchange here, and the call with it.
  void Refuse(const absl::Status& why);
  // Takes the complete messages out of `body_`. False when the call was refused.
  bool TakeMessages();
  // One message, unpacked when it came compressed. False when the call was refused.
  bool TakeMessage(std::string_view bytes, bool compressed);

  HttpAnswer& answer_;
  Pipeline& pipeline_;
  const GrpcForm form_;
  RequestFlow flow_;
  std::shared_ptr<Call> call_;
  std::string content_type_;
  Base64Stream text_;
  std::string body_;
  BodyBudget::Share waiting_;  // What `body_` takes.
  bool gzip_ = false;          // What a compressed message is compressed with.
  bool started_ = false;
  bool done_ = false;
  bool read_waits_ = false;  // For the peer to take what was sent.
};

}  // namespace clientele::gateway

#endif  // GATEWAY_CODEC_GRPC_EXCHANGE_H_
