#include "value-svc/operations/cancel_run.h"

#include "servicekit/types/error.h"

namespace clientele::value {
namespace {

// Few enough for a small transaction.
constexpr int64_t kSweptAtOnce = 5000;

}  // namespace

absl::StatusOr<ScoringRun> CancelRun(Transaction& tx, Stores& stores, Id id, absl::Time now) {
  absl::StatusOr<ScoringRun> run = stores.runs.GetForUpdate(tx, id);
  if (!run.ok()) return run;
  const bool at_work = run->state == RunState::kReading || run->state == RunState::kScoring;
  if (!at_work || (run->state == RunState::kScoring && run->comes_into_force())) {
    return servicekit::WithReason(
        absl::FailedPreconditionError("the run changes scores in force, or is at its end"),
        "RUN_NOT_CANCELLABLE");
  }
  run->state = RunState::kCancelled;
  run->finish_time = now;
  absl::Status status = stores.runs.SetState(tx, id, run->state, run->finish_time);
  if (status.ok() && run->purpose == RunPurpose::kRescore) status = stores.models.Remove(tx, run->model);
  if (status.ok()) status = stores.runs.RemoveShards(tx, id);
  if (status.ok()) status = StateChunks::Remove(tx, id);
  if (!status.ok()) return status;
  return run;
}

absl::StatusOr<bool> SweepCancelled(Transaction& tx, Stores& stores) {
  const auto run = stores.runs.CancelledWithScores(tx);
  if (!run.ok()) return run.status();
  if (!run->has_value()) return false;
  const auto removed = stores.run_scores.RemoveSome(tx, **run, kSweptAtOnce);
  if (!removed.ok()) return removed.status();
  return *removed > 0;
}

}  // namespace clientele::value
