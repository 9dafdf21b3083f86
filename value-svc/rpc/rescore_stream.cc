#include <memory>
#include <optional>
#include <utility>

#include "absl/time/clock.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/types/resource_name.h"
#include "value-svc/operations/begin_run.h"
#include "value-svc/operations/scoring_work.h"
#include "value-svc/rpc/decode_slice.h"
#include "value-svc/rpc/score_rpc.h"

namespace clientele::value {
namespace {

using Response = v1::RescoreCustomersResponse;

// While others have the last shards.
constexpr absl::Duration kPause = absl::Milliseconds(50);

// A run on behalf of a caller who watches it: does pieces of it beside the other replicas, and tells how far
// all of them are.
class WatchedRun {
 public:
  WatchedRun(Backend backend, RunRequest request)
      : backend_(backend),
        request_(request),
        work_(backend.pool, backend.stores, backend.feed, backend.clock) {}

  // Its last answer is the one with `finished`.
  struct Step {
    Response response;
    bool finished = false;
  };
  absl::StatusOr<Step> Next(absl::Time deadline) {
    absl::Status status = id_.has_value() ? Work(deadline) : Begin(deadline);
    if (!status.ok()) return status;
    return servicekit::RunReading(backend_.pool, deadline, [&](Transaction& tx) { return Look(tx); });
  }

 private:
  absl::Status Begin(absl::Time deadline) {
    const auto run = servicekit::RunInTransaction(backend_.pool, deadline, [&](Transaction& tx) {
      return BeginRun(tx, backend_.stores, request_, backend_.clock.Now());
    });
    if (run.ok()) id_ = run->id;
    return run.status();
  }
  absl::Status Work(absl::Time deadline) {
    const auto did = work_.Step(deadline);
    if (did.ok() && *did == ScoringWork::Did::kWaited) absl::SleepFor(kPause);
    return did.status();
  }
  absl::StatusOr<Step> Look(Transaction& tx) {
    const auto run = backend_.stores.runs.Get(tx, *id_);
    if (!run.ok()) return run.status();
    if (run->state == RunState::kCancelled) return absl::AbortedError("the run was cancelled");
    const auto progress = backend_.stores.runs.Progress(tx, *id_);
    if (!progress.ok()) return progress.status();
    Step step;
    step.finished = run->state == RunState::kFinished;
    step.response.set_read_count(progress->read);
    step.response.set_scored_count(progress->scored);
    step.response.set_customer_count(progress->customers);
    if (run->state != RunState::kReading) {
      step.response.set_scoring_model(servicekit::NameOf("scoringModels", run->model));
    }
    return step;
  }

  const Backend backend_;
  const RunRequest request_;
  ScoringWork work_;
  std::optional<Id> id_;
};

}  // namespace

grpc::ServerWriteReactor<Response>* ScoreRpc::RescoreCustomers(grpc::CallbackServerContext* context,
                                                               const v1::RescoreCustomersRequest* request) {
  return servicekit::ServeStream<Response>(
      backend_.executor, context,
      [this, request](const servicekit::CallContext& call,
                      std::function<void()>) -> absl::StatusOr<servicekit::StreamNext<Response>> {
        if (absl::Status status = servicekit::CheckAdministrator(call.principal); !status.ok()) return status;
        const auto as_of =
            DecodePast("as_of_time", request->has_as_of_time(), request->as_of_time(), backend_.clock.Now());
        if (!as_of.ok()) return as_of.status();
        const RunRequest run_request = {.purpose = RunPurpose::kRescore, .as_of = *as_of};
        auto run = std::make_shared<WatchedRun>(backend_, run_request);
        return [run, finished = false](const servicekit::CallContext& step) mutable
               -> absl::StatusOr<servicekit::StreamStep<Response>> {
          if (finished) return servicekit::StreamEnd{};
          absl::StatusOr<WatchedRun::Step> next = run->Next(step.deadline);
          if (!next.ok()) return next.status();
          finished = next->finished;
          return std::move(next->response);
        };
      });
}

}  // namespace clientele::value
