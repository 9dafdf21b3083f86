#include "gateway/pipeline/call.h"

#include <boost/asio/post.hpp>

#include "absl/time/clock.h"
#include "servicekit/rpc/status.h"
#include "servicekit/telemetry/log.h"
#include "servicekit/telemetry/trace.h"
#include "servicekit/types/str_cat.h"

namespace clientele::gateway {
namespace {

// One message each way: the request is kept until it is complete, then it is one operation of gRPC's.
class UnaryCall final : public Call {
 public:
  using Call::Call;

  void Write(grpc::ByteBuffer message) override {
    ++messages_;
    request_.Swap(&message);
  }

  void WritesDone() override {
    if (messages_ != 1) {
      return Finish({grpc::StatusCode::INVALID_ARGUMENT, "a unary call takes exactly one message"});
    }
    started_ = true;
    ++pending();
    auto self = std::static_pointer_cast<UnaryCall>(shared_from_this());
    upstream_.stub().UnaryCall(&context_, method().path, {}, &request_, &response_,
                               [self = std::move(self)](const grpc::Status& status) mutable {
                                 std::atomic<int>& pending = self->pending();
                                 boost::asio::io_context& loop = self->loop_;
                                 boost::asio::post(
                                     loop, [self = std::move(self), status] { self->OnDone(status); });
                                 --pending;
                               });
  }

  void Read() override {}

 private:
  void Cancel() override {
    if (started_) context_.TryCancel();
  }

  void OnDone(const grpc::Status& status) {
    if (status.ok() && peer() != nullptr) peer()->OnMessage(std::move(response_));
    Finish(status);
  }

  int messages_ = 0;
  bool started_ = false;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
};

// Any other kind of call. The reactor's operations are started on the loop, so gRPC must be held from ending
// the reactor while one may still be started: one hold, dropped when the answers have ended or the peer is
// gone.
class StreamCall final : public Call, private grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  using Call::Call;

  void Start() override {
    self_ = shared_from_this();
    ++pending();
    upstream_.stub().PrepareBidiStreamingCall(&context_, method().path, {}, this);
    AddHold();
    held_ = true;
    StartCall();
  }

  void Write(grpc::ByteBuffer message) override {
    if (!held_) return;
    request_.Swap(&message);
    StartWrite(&request_);
  }
  void WritesDone() override {
    if (held_) StartWritesDone();
  }
  void Read() override {
    if (!held_) return;
    response_.Clear();
    StartRead(&response_);
  }

 private:
  void Cancel() override {
    context_.TryCancel();
    Release();
  }
  void Release() {
    if (!held_) return;
    held_ = false;
    RemoveHold();
  }

  // These four come on gRPC's threads. `self_` stays until OnDone has been dealt with.
  void OnReadInitialMetadataDone(bool ok) override {
    if (!ok) return;
    boost::asio::post(loop_, [self = Self()] {
      if (self->peer() != nullptr) self->peer()->OnHeaders();
    });
  }
  void OnReadDone(bool ok) override {
    boost::asio::post(loop_, [self = Self(), ok] {
      if (!ok) {
        self->Release();
      } else if (self->peer() != nullptr) {
        self->peer()->OnMessage(std::move(self->response_));
      }
    });
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return;  // The stream is over; its status comes with the answers' end.
    boost::asio::post(loop_, [self = Self()] {
      if (self->peer() != nullptr) self->peer()->OnWritten();
    });
  }
  void OnDone(const grpc::Status& status) override {
    std::atomic<int>& count = pending();
    boost::asio::post(loop_, [self = Self(), status] {
      self->self_.reset();
      self->Finish(status);
    });
    --count;
  }

  std::shared_ptr<StreamCall> Self() { return std::static_pointer_cast<StreamCall>(self_); }

  std::shared_ptr<Call> self_;
  bool held_ = false;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
};

// What the service itself said goes to the caller as it is; services always add details. A status without
// them was made on the way, and its text tells of addresses inside.
grpc::Status ForCaller(const grpc::Status& status) {
  if (status.ok() || !status.error_details().empty()) return status;
  if (status.error_code() != grpc::StatusCode::UNAVAILABLE) {
    return servicekit::ToGrpcStatus(
        absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message()));
  }
  servicekit::Log(servicekit::LogLevel::kWarning, "a service cannot be reached",
                  {{"error", status.error_message()}});
  return servicekit::ToGrpcStatus(absl::UnavailableError("the service behind this method cannot be reached"));
}

}  // namespace

Call::Call(boost::asio::io_context& loop, CallRecord record, CallPeer* peer, Upstream& upstream)
    : loop_(loop), upstream_(upstream), record_(std::move(record)), peer_(peer) {}

void Call::set_deadline(absl::Time deadline) {
  deadline_ = deadline;
  if (deadline != absl::InfiniteFuture()) context_.set_deadline(absl::ToChronoTime(deadline));
}

void Call::Abandon(const grpc::Status& why) {
  peer_ = nullptr;
  if (closed_) return;
  Close(why);
  Cancel();
}

void Call::Finish(const grpc::Status& status) {
  if (closed_) return;
  Close(status);
  if (peer_ == nullptr) return;
  CallEnd end = {ForCaller(status), {}};
  // Before the call was started there is nothing to read.
  if (context_.c_call() != nullptr) {
    for (const auto& [key, value] : context_.GetServerTrailingMetadata()) {
      end.trailers.emplace_back(std::string(key.data(), key.size()), std::string(value.data(), value.size()));
    }
  }
  std::exchange(peer_, nullptr)->OnFinished(end);
}

void Call::Close(const grpc::Status& status) {
  closed_ = true;
  Report(record_, status);
  record_.active->fetch_sub(1, std::memory_order_relaxed);
}

std::shared_ptr<Call> NewCall(boost::asio::io_context& loop, CallRecord record, CallPeer* peer,
                              Upstream& upstream) {
  if (record.method->unary) return std::make_shared<UnaryCall>(loop, std::move(record), peer, upstream);
  return std::make_shared<StreamCall>(loop, std::move(record), peer, upstream);
}

void Report(const CallRecord& record, const grpc::Status& status) {
  const absl::Duration took = absl::Now() - record.start;
  if (record.metrics != nullptr) record.metrics->Finished(status.error_code(), took);
  const servicekit::LogTrace trace(servicekit::TraceIdOf(record.traceparent));
  servicekit::Log(servicekit::LogLevel::kInfo, "call",
                  {{"method", record.method->path},
                   {"codec", record.codec},
                   {"code", servicekit::CodeName(status.error_code())},
                   {"duration_us", absl::ToInt64Microseconds(took)},
                   {"subject", record.subject}});
}

}  // namespace clientele::gateway
