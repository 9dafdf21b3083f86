#include "gateway/pipeline/call.h"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "absl/time/clock.h"
#include "gateway/routing/text_on_wire.h"
#include "gateway/upstream/overload.h"
#include "servicekit/rpc/status.h"
#include "servicekit/telemetry/log.h"
#include "servicekit/telemetry/span_exporter.h"
#include "servicekit/telemetry/trace.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"

namespace clientele::gateway {
namespace {

// What is told where it happened that a service is not there: the caller may try again.
grpc::Status NotThere() {
  return servicekit::ToGrpcStatus(servicekit::WithRetryDelay(
      absl::UnavailableError("the service behind this method cannot be reached"), absl::Seconds(1)));
}

// Whether the service told of itself, by details that all of ours add. Without them a status was made on the
// way.
bool FromService(const grpc::Status& status) { return status.ok() || !status.error_details().empty(); }

// The connection failed, or the process ended with the call in its hands. A call that we cancel ourselves is
// closed before, so what is CANCELLED here was cut off there.
bool WentAway(const grpc::Status& status) {
  return !FromService(status) && (status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                                  status.error_code() == grpc::StatusCode::CANCELLED);
}

// One message each way: the request is kept until it is complete, then it is one operation of gRPC's. A call
// that may be repeated is, when its replica went away under it.
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
    // Only now that the service is to do something: a caller who never ends the body takes nobody's place.
    // Streams take none, since they may be open for hours without any work for the service.
    limited_ = upstream_.limit().Start();
    if (!limited_) return Finish(servicekit::ToGrpcStatus(TooBusy("SERVICE_BUSY")));
    upstream_.retries().CallStarted();
    StartAttempt(nullptr);
  }

  void Read() override {}

  void Tick() override {
    if (attempt_ == nullptr || attempt_->replica->health() != Replica::Health::kAway) return;
    // It was there when the call began and has not answered for a while: what it was asked will not come.
    attempt_->given_up = true;
    attempt_->context.TryCancel();
  }

 private:
  struct Attempt {
    std::shared_ptr<Replica> replica;
    grpc::ClientContext context;
    grpc::ByteBuffer response;
    bool given_up = false;
  };

  void StartAttempt(const Replica* not_this) {
    std::shared_ptr<Replica> replica = upstream_.Pick(not_this);
    if (replica == nullptr) return Finish(NotThere());
    attempt_ = std::make_shared<Attempt>();
    attempt_->replica = std::move(replica);
    attempt_->replica->CallStarted();
    ++attempts_;
    Prepare(attempt_->context);
    ++pending();
    auto self = std::static_pointer_cast<UnaryCall>(shared_from_this());
    Attempt& attempt = *attempt_;
    attempt.replica->stub().UnaryCall(
        &attempt.context, method().path, {}, &request_, &attempt.response,
        [self = std::move(self), held = attempt_](const grpc::Status& status) mutable {
          std::atomic<int>& pending = self->pending();
          boost::asio::io_context& loop = self->loop_;
          // The call and its context end on the loop, never on a thread of gRPC's.
          boost::asio::post(loop, [self = std::move(self), attempt = std::move(held), status] {
            self->OnAttemptDone(*attempt, status);
          });
          --pending;
        });
  }

  void Cancel() override {
    if (attempt_ != nullptr) attempt_->context.TryCancel();
  }

  void OnAttemptDone(Attempt& attempt, const grpc::Status& status) {
    const bool away = attempt.given_up || WentAway(status);
    attempt.replica->CallFinished(/*reached=*/closed() || !away);
    if (closed()) return;
    if (away) {
      servicekit::Log(servicekit::LogLevel::kWarning, "a service cannot be reached",
                      {{"address", attempt.replica->address()}, {"error", status.error_message()}});
    }
    if ((away || status.error_code() == grpc::StatusCode::UNAVAILABLE) && MayRepeat()) {
      return Repeat(attempt.replica);
    }
    if (status.ok() && peer() != nullptr) peer()->OnMessage(std::move(attempt.response));
    Finish(away ? NotThere() : status, &attempt.context);
  }

  bool MayRepeat() {
    constexpr int kMaxAttempts = 3;
    if (attempts_ >= kMaxAttempts || absl::Now() + Delay() >= deadline()) return false;
    if (!method().reads) {
      grpc::Slice bytes;
      if (method().request_id == nullptr || !request_.DumpToSingleSlice(&bytes).ok() ||
          TextOnWire(method().request_id, bytes).empty()) {
        return false;
      }
    }
    return upstream_.retries().TakeRetry();
  }

  // Another replica is asked at once; when there is none, or it failed too, a moment is given to come back.
  absl::Duration Delay() const { return attempts_ == 1 ? absl::Milliseconds(10) : absl::Milliseconds(150); }

  void Repeat(std::shared_ptr<Replica> failed) {
    timer_.expires_after(absl::ToChronoMilliseconds(Delay()));
    attempt_ = nullptr;
    auto self = std::static_pointer_cast<UnaryCall>(shared_from_this());
    timer_.async_wait([self = std::move(self), failed = std::move(failed)](const auto& error) {
      if (!error && !self->closed()) self->StartAttempt(failed.get());
    });
  }

  int messages_ = 0;
  int attempts_ = 0;
  grpc::ByteBuffer request_;
  std::shared_ptr<Attempt> attempt_;
  boost::asio::steady_timer timer_{loop_};
};

// Any other kind of call. The reactor's operations are started on the loop, so gRPC must be held from ending
// the reactor while one may still be started: one hold, dropped when the answers have ended or the peer is
// gone.
class StreamCall final : public Call, private grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  using Call::Call;

  void Start() override {
    replica_ = upstream_.Pick();
    if (replica_ == nullptr) return Finish(NotThere());
    replica_->CallStarted();
    self_ = shared_from_this();
    ++pending();
    Prepare(context_);
    replica_->stub().PrepareBidiStreamingCall(&context_, method().path, {}, this);
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
  void Tick() override {
    // A stream that is quiet on a replica that is away would wait for ever.
    if (held_ && replica_->health() == Replica::Health::kAway) context_.TryCancel(), given_up_ = true;
  }

 private:
  void Cancel() override {
    if (replica_ == nullptr) return;
    context_.TryCancel();
    Release();
  }
  void Release() {
    if (!held_) return;
    held_ = false;
    RemoveHold();
  }

  // These four come on gRPC's threads. `self_` is there until OnDone, the last of them.
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
    // Nothing of itself stays with it: a loop that ends before it runs this lets go of the call.
    boost::asio::post(loop_, [self = std::static_pointer_cast<StreamCall>(std::move(self_)), status] {
      const bool away = self->given_up_ || WentAway(status);
      self->replica_->CallFinished(/*reached=*/self->closed() || !away);
      self->Finish(away ? NotThere() : status, &self->context_);
    });
    --count;
  }

  std::shared_ptr<StreamCall> Self() { return std::static_pointer_cast<StreamCall>(self_); }

  std::shared_ptr<Call> self_;
  std::shared_ptr<Replica> replica_;
  grpc::ClientContext context_;
  bool held_ = false;
  bool given_up_ = false;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
};

// What the service itself said goes to the caller as it is. A status made on the way tells of addresses
// inside.
grpc::Status ForCaller(const grpc::Status& status) {
  if (FromService(status)) return status;
  return servicekit::ToGrpcStatus(
      absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message()));
}

}  // namespace

Call::Call(boost::asio::io_context& loop, CallRecord record, CallPeer* peer, Upstream& upstream,
           Metadata metadata, absl::Time deadline)
    : loop_(loop),
      upstream_(upstream),
      record_(std::move(record)),
      metadata_(std::move(metadata)),
      peer_(peer),
      deadline_(deadline) {}

void Call::Prepare(grpc::ClientContext& context) const {
  for (const auto& [key, value] : metadata_) context.AddMetadata(key, value);
  if (deadline_ != absl::InfiniteFuture()) context.set_deadline(absl::ToChronoTime(deadline_));
}

void Call::Abandon(const grpc::Status& why) {
  peer_ = nullptr;
  if (closed_) return;
  Close(why);
  Cancel();
}

void Call::Finish(const grpc::Status& status, const grpc::ClientContext* context) {
  if (closed_) return;
  Close(status);
  if (peer_ == nullptr) return;
  CallEnd end = {ForCaller(status), {}};
  if (context != nullptr) {
    for (const auto& [key, value] : context->GetServerTrailingMetadata()) {
      end.trailers.emplace_back(std::string(key.data(), key.size()), std::string(value.data(), value.size()));
    }
  }
  std::exchange(peer_, nullptr)->OnFinished(end);
}

void Call::Close(const grpc::Status& status) {
  closed_ = true;
  Report(record_, status);
  if (limited_) upstream_.limit().Finish(TellsOfOverload(status, deadline_ - record_.start), absl::Now());
  record_.active->fetch_sub(1, std::memory_order_relaxed);
  record_.ticket = {};
}

std::shared_ptr<Call> NewCall(boost::asio::io_context& loop, CallRecord record, CallPeer* peer,
                              Upstream& upstream, Metadata metadata, absl::Time deadline) {
  if (record.method->unary) {
    return std::make_shared<UnaryCall>(loop, std::move(record), peer, upstream, std::move(metadata),
                                       deadline);
  }
  return std::make_shared<StreamCall>(loop, std::move(record), peer, upstream, std::move(metadata), deadline);
}

void Report(const CallRecord& record, const grpc::Status& status) {
  const absl::Duration took = absl::Now() - record.start;
  if (record.metrics != nullptr) record.metrics->Finished(status.error_code(), took);
  servicekit::ExportSpan({.traceparent = record.traceparent,
                          .parent_traceparent = record.parent_traceparent,
                          .method = record.method->path,
                          .start = record.start,
                          .end = record.start + took,
                          .code = status.error_code()});
  const servicekit::LogTrace trace(servicekit::TraceIdOf(record.traceparent));
  servicekit::Log(servicekit::LogLevel::kInfo, "call",
                  {{"method", record.method->path},
                   {"codec", record.codec},
                   {"code", servicekit::CodeName(status.error_code())},
                   {"duration_us", absl::ToInt64Microseconds(took)},
                   {"subject", record.subject}});
}

}  // namespace clientele::gateway
