#ifndef SERVICEKIT_RPC_SERVED_CALL_H_
#define SERVICEKIT_RPC_SERVED_CALL_H_

#include <atomic>
#include <exception>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <grpcpp/grpcpp.h>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "servicekit/rpc/call_context.h"
#include "servicekit/rpc/executor.h"
#include "servicekit/telemetry/log.h"
#include "servicekit/telemetry/trace.h"

namespace servicekit::internal {

// What every served call has in common, whatever its shape: who calls, until when, the log line, the metrics.
// Its owner calls Begin() once, then End() once.
class ServedCall {
 public:
  enum class Shape { kUnary, kStream };
  ServedCall(Shape shape, Executor& executor, grpc::CallbackServerContext* context);
  ServedCall(const ServedCall&) = delete;
  ServedCall& operator=(const ServedCall&) = delete;

  // Reads the call's metadata and verifies its token. Not OK: the call is to be refused with this.
  absl::Status Begin();
  const CallContext& context() const { return context_; }
  // The caller's deadline less what the answer needs. Without one: the server's default for a unary call;
  // infinite for a stream, each step of which gets the default.
  absl::Time deadline() const { return deadline_; }
  // Sets context().deadline for what starts now.
  void StartStep();
  // Why work that was queued must not start any more: CANCELLED or DEADLINE_EXCEEDED.
  absl::Status CheckStillWanted() const;

  void Cancel() { cancelled_.store(true, std::memory_order_relaxed); }
  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }

  // Counts and logs the call, and makes the answer's status. The call may be gone once that is passed to
  // Finish().
  grpc::Status End(const absl::Status& status);

 private:
  Executor& executor_;
  grpc::CallbackServerContext* const grpc_context_;
  const absl::Time start_;
  absl::Time deadline_;
  CallContext context_;
  MethodMetrics* metrics_ = nullptr;
  std::atomic<bool> cancelled_ = false;
};

// The method of the call whose context this is. Known only inside the function that gRPC calls for it, on its
// thread.
std::string_view MethodOf(const grpc::ServerContextBase* context);

// INTERNAL with what was thrown; logged by ServedCall::End, never sent.
absl::Status FromException(const std::exception* error);

// Runs code of the service: log lines carry the call's trace, exceptions become INTERNAL.
template <typename Code>
std::invoke_result_t<Code> Fenced(const CallContext& call, Code code) {
  const LogTrace trace(TraceIdOf(call.traceparent));
  try {
    return code();
  } catch (const std::exception& error) {
    return FromException(&error);
  } catch (...) {
    return FromException(nullptr);
  }
}

// INVALID_ARGUMENT for bytes that are no such message, or have text that is not UTF-8.
absl::Status MalformedMessage();

}  // namespace servicekit::internal

#endif  // SERVICEKIT_RPC_SERVED_CALL_H_
