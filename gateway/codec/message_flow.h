#ifndef GATEWAY_CODEC_MESSAGE_FLOW_H_
#define GATEWAY_CODEC_MESSAGE_FLOW_H_

#include <deque>
#include <memory>
#include <utility>

#include <grpcpp/support/byte_buffer.h>

#include "gateway/http/exchange.h"
#include "gateway/pipeline/call.h"

namespace clientele::gateway {

// Carries a request's messages from the body to the service, and tells the sender to go on only when they
// have arrived there: so what waits here is one window at most, however slow the service is.
class RequestFlow {
 public:
  explicit RequestFlow(HttpAnswer& answer) : answer_(answer) {}

  // Bytes of the body came; call Push() for the messages that they complete, then Settle().
  void Arrived(size_t bytes) { held_ += bytes; }
  void Push(grpc::ByteBuffer message) { waiting_.push_back(std::move(message)); }
  void Settle(Call& call) {
    Pump(call);
    if (waiting_.empty()) answer_.Consumed(std::exchange(held_, 0));
  }
  void BodyEnded(Call& call) {
    ended_ = true;
    Pump(call);
  }
  // The service took a message.
  void Written(Call& call) {
    writing_ = false;
    Settle(call);
  }
  bool ended() const { return ended_; }

 private:
  void Pump(Call& call) {
    if (writing_) return;
    if (!waiting_.empty()) {
      writing_ = !call.unary();  // A unary call keeps it, and is never asked for more.
      grpc::ByteBuffer message = std::move(waiting_.front());
      waiting_.pop_front();
      call.Write(std::move(message));
      if (writing_) return;
      return Pump(call);
    }
    if (ended_ && !done_) {
      done_ = true;
      call.WritesDone();
    }
  }

  HttpAnswer& answer_;
  std::deque<grpc::ByteBuffer> waiting_;
  size_t held_ = 0;
  bool writing_ = false;
  bool ended_ = false;
  bool done_ = false;
};

}  // namespace clientele::gateway

#endif  // GATEWAY_CODEC_MESSAGE_FLOW_H_
