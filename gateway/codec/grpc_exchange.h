#ifndef GATEWAY_CODEC_GRPC_EXCHANGE_H_
#define GATEWAY_CODEC_GRPC_EXCHANGE_H_

#include <memory>
#include <string>
#include <string_view>

#include "gateway/codec/message_flow.h"
#include "gateway/http/exchange.h"
#include "gateway/pipeline/pipeline.h"
#include "gateway/routing/method_table.h"

namespace clientele::gateway {

// Native gRPC over HTTP/2: the bytes of messages pass through untouched.
class GrpcExchange final : public HttpHandler, private CallPeer {
 public:
  GrpcExchange(HttpAnswer& answer, Pipeline& pipeline);
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

  void StartAnswer();
  // Ends the exchange here, and the call with it.
  void Refuse(const absl::Status& why);
  // Takes the complete messages out of `body_`. False when the call was refused.
  bool TakeMessages();

  HttpAnswer& answer_;
  Pipeline& pipeline_;
  RequestFlow flow_;
  std::shared_ptr<Call> call_;
  std::string body_;
  bool started_ = false;
  bool done_ = false;
  bool read_waits_ = false;  // For the peer to take what was sent.
};

}  // namespace clientele::gateway

#endif  // GATEWAY_CODEC_GRPC_EXCHANGE_H_
