#ifndef SERVICEKIT_RPC_EXECUTOR_H_
#define SERVICEKIT_RPC_EXECUTOR_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "servicekit/access/principal.h"
#include "servicekit/telemetry/metrics.h"

namespace grpc {
class ServerBuilder;
}

namespace servicekit {

// What the calls of one server share: a bounded pool of workers (one per database connection) with a bounded
// queue, the verifier of tokens, and metrics.
class Executor {
 public:
  // The principal of a bearer token, or UNAUTHENTICATED. Called on gRPC's threads, so it computes and does
  // not wait.
  using Verify = std::function<absl::StatusOr<Principal>(std::string_view token)>;

  struct Options {
    int workers = 16;
    int queue_length = 1024;
    absl::Duration default_deadline =
        absl::Seconds(30);  // For a call without one, and for a step of a stream.
  };

  Executor(const Options& options, Verify verify, Metrics& metrics);
  ~Executor();  // Stop().
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // Message limits, keepalive, and what Serve needs to know of each call. For every server whose services use
  // Serve.
  static void Prepare(grpc::ServerBuilder& builder);

  // Something to run on a worker, once for each time it was submitted.
  class Work {
   public:
    virtual ~Work() = default;
    virtual void Run() noexcept = 0;

   private:
    friend class Executor;
    Work* next_ = nullptr;
  };

  // Queues the first step of a call, or refuses it: RESOURCE_EXHAUSTED with a retry delay when the queue is
  // full or the wait would probably outlast `deadline`, UNAVAILABLE after Stop.
  absl::Status Submit(Work* work, absl::Time deadline);
  // Queues a further step of a call that was admitted; never refused, since there is one at most for each
  // such call.
  void Resume(Work* work);
  // Calls `wake` at `time` or soon after, on the executor's timer thread; it must not block. Dropped by Stop.
  void WakeAt(absl::Time time, std::function<void()> wake);

  // From now on streams end with UNAVAILABLE at their next step or wait, and pending wakes come at once;
  // calls in work go on.
  void BeginDrain();
  bool draining() const;
  // Finishes what is queued, then stops the workers. No call may be submitted any more.
  void Stop();

  absl::StatusOr<Principal> VerifyToken(std::string_view token) const { return verify_(token); }
  const Options& options() const { return options_; }
  Metrics& metrics() { return metrics_; }

  struct Load {
    int64_t queued;
    int busy;
    absl::Duration service_time;  // Moving average of one step on a worker.
  };
  Load load() const;

 private:
  struct State;
  const Options options_;
  const Verify verify_;
  Metrics& metrics_;
  std::shared_ptr<State> state_;
};

}  // namespace servicekit

#endif  // SERVICEKIT_RPC_EXECUTOR_H_
