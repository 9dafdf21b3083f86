#ifndef SERVICEKIT_RPC_SERVE_INL_H_
#define SERVICEKIT_RPC_SERVE_INL_H_

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>

#include "absl/time/clock.h"
#include "servicekit/rpc/executor.h"
#include "servicekit/rpc/request_check.h"
#include "servicekit/rpc/served_call.h"

// The reactors behind Serve, ServeEach and ServeStream.
//
// A reactor lives until OnDone, and OnDone comes only after Finish: each of them calls Finish exactly once,
// as the last thing it does. A queued reactor has not finished, so the executor may hold a plain pointer to
// it.
namespace servicekit {
namespace internal {

template <typename Request, typename Response, typename Handler>
class UnaryCall final : public grpc::ServerUnaryReactor, public Executor::Work {
 public:
  UnaryCall(Executor& executor, grpc::CallbackServerContext* context, const Request* request,
            Response* response, Handler handler)
      : executor_(executor),
        call_(ServedCall::Shape::kUnary, executor, context),
        request_(request),
        response_(response),
        handler_(std::move(handler)) {}

  void Start() {
    absl::Status status = call_.Begin();
    if (status.ok()) status = executor_.Submit(this, call_.deadline());
    if (!status.ok()) Finish(call_.End(status));
  }

  void Run() noexcept override { Finish(call_.End(Answer())); }
  void OnCancel() override { call_.Cancel(); }
  void OnDone() override { delete this; }
  // Neither OnCancel nor OnDone blocks, so they need no thread of their own.
  bool InternalInlineable() override { return true; }

 private:
  absl::Status Answer() {
    absl::Status status = call_.CheckStillWanted();
    if (!status.ok()) return status;
    return Fenced(call_.context(), [this]() -> absl::Status {
      absl::Status checked = CheckRequired(*request_);
      if (!checked.ok()) return checked;
      absl::StatusOr<Response> response = handler_(call_.context(), *request_);
      if (!response.ok()) return response.status();
      *response_ = *std::move(response);
      return absl::OkStatus();
    });
  }

  Executor& executor_;
  ServedCall call_;
  const Request* const request_;
  Response* const response_;
  Handler handler_;
};

template <typename Request, typename Response>
class EachCall final : public grpc::ServerBidiReactor<Request, Response>, public Executor::Work {
 public:
  using Handler = std::function<absl::StatusOr<Response>(const CallContext&, const Request&)>;
  EachCall(Executor& executor, grpc::CallbackServerContext* context, Handler handler)
      : executor_(executor),
        call_(ServedCall::Shape::kStream, executor, context),
        handler_(std::move(handler)) {}

  void Start() {
    const absl::Status status = call_.Begin();
    if (!status.ok()) return End(status);
    Read();
  }

  void OnReadDone(bool ok) override {
    if (ok) {
      // Only the first message is up for refusal: after it, the sender's own waiting bounds what it can
      // queue.
      if (std::exchange(admitted_, true)) return executor_.Resume(this);
      // Once it is with a worker, it may go on to its next message, or be gone, before Submit is back.
      const absl::Status status = executor_.Submit(this, call_.deadline());
      if (!status.ok()) End(status);
    } else if (call_.cancelled()) {
      End(absl::CancelledError("the caller went away"));
    } else {
      End(HasMark() ? absl::OkStatus() : MalformedMessage());
    }
  }

  void Run() noexcept override {
    absl::Status status = call_.CheckStillWanted();
    if (status.ok() && executor_.draining()) status = absl::UnavailableError("the server is shutting down");
    if (status.ok()) {
      call_.StartStep();
      status = Fenced(call_.context(), [this]() -> absl::Status {
        absl::StatusOr<Response> response = handler_(call_.context(), request_);
        if (!response.ok()) return response.status();
        response_ = *std::move(response);
        return absl::OkStatus();
      });
    }
    if (!status.ok()) return End(status);
    this->StartWrite(&response_);
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return End(absl::CancelledError("the caller went away"));
    Read();
  }

  void OnCancel() override { call_.Cancel(); }
  void OnDone() override { delete this; }
  // Their longest reaction is to queue.
  bool InternalInlineable() override { return true; }

 private:
  // gRPC tells a message that it cannot parse and the end of the stream by the same `false`. Parsing clears
  // the message first, so a mark that is still there means that nothing came.
  static constexpr int kMarkField = 19000;  // Reserved for protobuf itself: never a field of ours.
  void Read() {
    request_.Clear();
    Request::GetReflection()->MutableUnknownFields(&request_)->AddVarint(kMarkField, 1);
    this->StartRead(&request_);
  }
  bool HasMark() const {
    const auto& unknown = Request::GetReflection()->GetUnknownFields(request_);
    return unknown.field_count() == 1 && unknown.field(0).number() == kMarkField;
  }
  void End(const absl::Status& status) { this->Finish(call_.End(status)); }

  Executor& executor_;
  ServedCall call_;
  Handler handler_;
  Request request_;
  Response response_;
  bool admitted_ = false;
};

template <typename Response>
class StreamCall final : public grpc::ServerWriteReactor<Response>,
                         public Executor::Work,
                         public std::enable_shared_from_this<StreamCall<Response>> {
 public:
  StreamCall(Executor& executor, grpc::CallbackServerContext* context, StreamStart<Response> start)
      : executor_(executor), call_(ServedCall::Shape::kStream, executor, context), start_(std::move(start)) {}

  // `self` keeps it until OnDone; wakes and timers hold it weakly.
  void Start(std::shared_ptr<StreamCall> self) {
    self_ = std::move(self);
    absl::Status status = call_.Begin();
    if (status.ok()) status = executor_.Submit(this, call_.deadline());
    if (!status.ok()) End(status);
  }

  void Run() noexcept override {
    const std::shared_ptr<StreamCall> self = this->shared_from_this();
    {
      std::lock_guard lock(mutex_);
      state_ = State::kRunning;
      woken_ = false;
    }
    absl::StatusOr<StreamStep<Response>> step = Step();
    if (!step.ok()) return End(step.status());
    if (std::holds_alternative<StreamEnd>(*step)) return End(absl::OkStatus());
    if (const auto* wait = std::get_if<StreamWait>(&*step)) {
      // What has nothing to say now is not waited for, whatever its deadline.
      if (executor_.draining()) return End(ShuttingDown());
      return Wait(wait->at_most);
    }
    message_ = std::get<Response>(*std::move(step));
    {
      std::lock_guard lock(mutex_);
      state_ = State::kWriting;
    }
    this->StartWrite(&message_);
  }

  void OnWriteDone(bool ok) override {
    if (!ok) call_.Cancel();
    {
      std::lock_guard lock(mutex_);
      state_ = State::kQueued;
    }
    executor_.Resume(this);
  }

  void OnCancel() override {
    call_.Cancel();
    Wake();
  }
  void OnDone() override {
    const std::shared_ptr<StreamCall> last = std::move(self_);  // Goes at the end of this block, not before.
  }
  bool InternalInlineable() override { return true; }

 private:
  enum class State { kQueued, kRunning, kWriting, kWaiting, kFinished };

  static absl::Status ShuttingDown() { return absl::UnavailableError("the server is shutting down"); }

  absl::StatusOr<StreamStep<Response>> Step() {
    const absl::Status status = call_.CheckStillWanted();
    if (!status.ok()) return status;
    if (executor_.draining() && call_.deadline() == absl::InfiniteFuture()) return ShuttingDown();
    call_.StartStep();
    return Fenced(call_.context(), [this]() -> absl::StatusOr<StreamStep<Response>> {
      if (!next_) {
        absl::StatusOr<StreamNext<Response>> next = start_(call_.context(), [weak = this->weak_from_this()] {
          if (const auto self = weak.lock()) self->Wake();
        });
        if (!next.ok()) return next.status();
        next_ = *std::move(next);
      }
      return next_(call_.context());
    });
  }

  void Wait(absl::Duration at_most) {
    const absl::Time until = std::min(absl::Now() + at_most, call_.deadline());
    bool arm = false;
    {
      std::lock_guard lock(mutex_);
      if (woken_ || call_.cancelled()) {
        state_ = State::kQueued;
      } else {
        state_ = State::kWaiting;
        wait_until_ = until;
        // One timer at a time: an earlier one that is still pending arms the next.
        arm = timer_at_ > until;
        if (arm) timer_at_ = until;
      }
      if (state_ == State::kWaiting && !arm) return;
    }
    if (arm) {
      Arm(until);
    } else {
      executor_.Resume(this);
    }
  }

  void Arm(absl::Time at) {
    executor_.WakeAt(at, [weak = this->weak_from_this()] {
      if (const auto self = weak.lock()) self->OnTimer();
    });
  }

  void OnTimer() {
    absl::Time next;
    {
      std::lock_guard lock(mutex_);
      timer_at_ = absl::InfiniteFuture();
      if (state_ != State::kWaiting) return;
      if (absl::Now() >= wait_until_ || executor_.draining()) {
        state_ = State::kQueued;
        next = absl::InfinitePast();
      } else {
        next = timer_at_ = wait_until_;
      }
    }
    if (next == absl::InfinitePast()) return executor_.Resume(this);
    Arm(next);
  }

  void Wake() {
    {
      std::lock_guard lock(mutex_);
      woken_ = true;
      if (state_ != State::kWaiting) return;
      state_ = State::kQueued;
    }
    executor_.Resume(this);
  }

  void End(const absl::Status& status) {
    {
      std::lock_guard lock(mutex_);
      state_ = State::kFinished;
    }
    // Here rather than in OnDone: what the service captured may take its time to go.
    next_ = nullptr;
    start_ = nullptr;
    this->Finish(call_.End(status));
  }

  Executor& executor_;
  ServedCall call_;
  StreamStart<Response> start_;
  StreamNext<Response> next_;
  Response message_;
  std::shared_ptr<StreamCall> self_;

  std::mutex mutex_;  // Guards what follows.
  State state_ = State::kQueued;
  bool woken_ = false;
  absl::Time wait_until_;
  absl::Time timer_at_ = absl::InfiniteFuture();  // When the pending timer fires.
};

}  // namespace internal

template <typename Request, typename Response, typename Handler>
grpc::ServerUnaryReactor* Serve(Executor& executor, grpc::CallbackServerContext* context,
                                const Request* request, Response* response, Handler handler) {
  auto* call = new internal::UnaryCall<Request, Response, Handler>(executor, context, request, response,
                                                                   std::move(handler));
  call->Start();
  return call;
}

template <typename Request, typename Response>
grpc::ServerBidiReactor<Request, Response>* ServeEach(
    Executor& executor, grpc::CallbackServerContext* context,
    std::function<absl::StatusOr<Response>(const CallContext&, const Request&)> handler) {
  auto* call = new internal::EachCall<Request, Response>(executor, context, std::move(handler));
  call->Start();
  return call;
}

template <typename Response>
grpc::ServerWriteReactor<Response>* ServeStream(Executor& executor, grpc::CallbackServerContext* context,
                                                StreamStart<Response> start) {
  const auto call = std::make_shared<internal::StreamCall<Response>>(executor, context, std::move(start));
  call->Start(call);
  return call.get();
}

}  // namespace servicekit

#endif  // SERVICEKIT_RPC_SERVE_INL_H_
