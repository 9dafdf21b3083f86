#include "value-svc/operations/forget_runs.h"

#include <algorithm>
#include <vector>

namespace clientele::value {
namespace {

// A model that a RESCORE made is nobody's choice: it goes with its last run, unless it is in force. The run
// of a model that was published stays.
absl::Status RemoveModel(Transaction& tx, Stores& stores, const ScoringRun& run) {
  if (run.purpose != RunPurpose::kRescore && run.purpose != RunPurpose::kRefresh) return absl::OkStatus();
  const auto runs = stores.runs.OfModel(tx, run.model);
  if (!runs.ok()) return runs.status();
  if (std::any_of(runs->begin(), runs->end(), [&](Id other) { return other != run.id; }))
    return absl::OkStatus();
  const auto model = stores.models.GetForUpdate(tx, run.model);
  // One that was cancelled took its model along.
  if (absl::IsNotFound(model.status())) return absl::OkStatus();
  if (!model.ok()) return model.status();
  return model->state == ModelState::kRetired ? stores.models.Remove(tx, run.model) : absl::OkStatus();
}

}  // namespace

absl::StatusOr<bool> ForgetOneRun(Transaction& tx, Stores& stores, const RunRetention& retention,
                                  absl::Time now) {
  const auto runs = stores.runs.All(tx);
  if (!runs.ok()) return runs.status();
  const auto needed_days = stores.actions.OutcomeTimes(tx);
  if (!needed_days.ok()) return needed_days.status();
  const std::vector<ScoringRun> to_forget = RunsToForget(*runs, *needed_days, retention, now);
  if (to_forget.empty()) return false;
  const ScoringRun& run = to_forget.front();
  if (run.state == RunState::kCancelled) {
    // What it found is gone: sweeping comes first.
    absl::Status status = RemoveModel(tx, stores, run);
    if (status.ok()) status = stores.runs.Remove(tx, run.id);
    if (!status.ok()) return status;
    return true;
  }
  absl::Status status = stores.runs.SetState(tx, run.id, RunState::kCancelled, now);
  if (status.ok()) status = stores.runs.GoOnFrom(tx, run.id, run.previous);
  if (status.ok()) status = stores.runs.RemoveShards(tx, run.id);
  if (status.ok()) status = StateChunks::Remove(tx, run.id);
  if (!status.ok()) return status;
  return true;
}

}  // namespace clientele::value
