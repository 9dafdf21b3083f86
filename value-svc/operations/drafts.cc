#include "value-svc/operations/drafts.h"

#include "servicekit/types/error.h"

namespace clientele::value {

absl::StatusOr<ScoringModel> NextModel(Transaction& tx, Stores& stores) {
  const auto published = stores.models.Published(tx);
  if (!published.ok() && !absl::IsNotFound(published.status())) return published.status();
  if (!published.ok()) return DefaultScoringModel();
  absl::StatusOr<ScoringModel> next = stores.models.Get(tx, (*published)->id);
  if (!next.ok()) return next;
  next->boundaries = {};
  next->pooled = {};
  next->reference_size = 0;
  next->as_of_fixed = false;
  return next;
}

absl::StatusOr<ScoringModel> LockDraft(Transaction& tx, Stores& stores, Id id, int64_t revision) {
  absl::StatusOr<ScoringModel> draft = stores.models.GetForUpdate(tx, id);
  if (!draft.ok()) return draft;
  if (draft->state != ModelState::kDraft) {
    return servicekit::WithReason(
        absl::FailedPreconditionError("the model was published, and never changes: make a new draft"),
        "MODEL_NOT_DRAFT");
  }
  const auto open = stores.runs.Open(tx);
  if (!open.ok()) return open.status();
  if (open->has_value() && (*open)->model == id) {
    return servicekit::WithReason(absl::AbortedError("a run works with the draft"), "RESCORE_RUNNING");
  }
  if (revision != 0 && revision != draft->revision) {
    return absl::AbortedError("the draft was changed since it was read");
  }
  return draft;
}

absl::Status RemoveDraft(Transaction& tx, Stores& stores, Id id, absl::Time now) {
  const auto previews = stores.runs.OfModel(tx, id);
  if (!previews.ok()) return previews.status();
  for (Id preview : *previews) {
    // What it kept is swept with that of other cancelled runs.
    absl::Status status = stores.runs.SetState(tx, preview, RunState::kCancelled, now);
    if (status.ok()) status = stores.runs.RemoveShards(tx, preview);
    if (status.ok()) status = StateChunks::Remove(tx, preview);
    if (!status.ok()) return status;
  }
  return stores.models.Remove(tx, id);
}

}  // namespace clientele::value
