#include "value-svc/operations/begin_run.h"

#include <string>
#include <vector>

#include "servicekit/mysql/lease.h"
#include "servicekit/types/error.h"
#include "value-svc/domain/as_of.h"
#include "value-svc/operations/drafts.h"

namespace clientele::value {
namespace {

absl::Status Running() {
  return servicekit::WithReason(absl::AbortedError("customers are being scored already"), "RESCORE_RUNNING");
}

// The model that the run scores with. A RESCORE makes one.
absl::StatusOr<ScoringModel> ModelFor(Transaction& tx, Stores& stores, const RunRequest& request,
                                      const FactStore::Clock& clock, absl::Time now) {
  if (request.purpose == RunPurpose::kSnapshot || request.purpose == RunPurpose::kRefresh) {
    const auto published = stores.models.Published(tx);
    if (!published.ok()) return published.status();
    return **published;
  }
  if (request.draft.has_value()) return stores.models.Get(tx, *request.draft);
  absl::StatusOr<ScoringModel> model = NextModel(tx, stores);
  if (!model.ok()) return model;
  model->id = Id::New(now);
  model->publish_time = now;
  model->base_currency = clock.base_currency;
  model->as_of_fixed = request.as_of.has_value();
  model->as_of = request.as_of.value_or(DefaultAsOf(now, clock.latest_event_time, model->horizon()));
  if (absl::Status status = stores.models.InsertDraft(tx, *model); !status.ok()) return status;
  return model;
}

absl::StatusOr<std::vector<CustomerRange>> CutShards(Transaction& tx, Stores& stores, int64_t size) {
  const auto ends = stores.customers.EveryNth(tx, size);
  if (!ends.ok()) return ends.status();
  std::vector<CustomerRange> shards;
  Id after;
  for (Id end : *ends) {
    shards.push_back({after, end});
    after = end;
  }
  // The last one is open at its end, so that who comes meanwhile is in it.
  shards.push_back({after, *Id::FromBytes(std::string(Id::kSize, '\xff'))});
  return shards;
}

}  // namespace

absl::StatusOr<ScoringRun> BeginRun(Transaction& tx, Stores& stores, const RunRequest& request,
                                    absl::Time now) {
  const auto taken = servicekit::TakeLease(tx, kScoringLease, Id::New(now).ToString(), absl::ZeroDuration());
  if (!taken.ok()) return taken.status();
  if (!*taken) return Running();
  // A locking read: a plain one would see what there was before the lease was waited for.
  const auto open = stores.runs.OpenForShare(tx);
  if (!open.ok()) return open.status();
  if (open->has_value()) return Running();
  const auto clock = stores.facts.ReadClock(tx);
  if (!clock.ok()) return clock.status();
  const absl::StatusOr<ScoringModel> model = ModelFor(tx, stores, request, *clock, now);
  if (!model.ok()) return model.status();

  ScoringRun run;
  run.id = Id::New(now);
  run.purpose = request.purpose;
  run.state = run.freezes() ? RunState::kReading : RunState::kScoring;
  run.model = model->id;
  run.as_of = request.as_of.value_or(DefaultAsOf(now, clock->latest_event_time, model->horizon()));
  run.create_time = now;
  // A model that people changed cuts its tiers anew; otherwise they go on from the day before.
  // What comes into force once more as of the same day goes on from that day's.
  if (!run.is_of_draft()) {
    const auto previous =
        run.comes_into_force() ? stores.runs.LastUpTo(tx, run.as_of) : stores.runs.LastBefore(tx, run.as_of);
    if (!previous.ok()) return previous.status();
    if (previous->has_value()) run.previous = (*previous)->id;
  }
  const auto shards = CutShards(tx, stores, request.shard_size);
  if (!shards.ok()) return shards.status();
  const auto count = stores.customers.Count(tx);
  if (!count.ok()) return count.status();
  // The last shard has what is left of the customers.
  const int64_t rest = *count - static_cast<int64_t>(shards->size() - 1) * request.shard_size;
  absl::Status status = stores.runs.Insert(tx, run, *shards, request.shard_size, rest);
  // Each shard writes one chunk of the run, and one of the scores in force.
  if (status.ok()) status = StateChunks::Draw(tx, run.id, *shards);
  if (status.ok() && run.comes_into_force()) status = StateChunks::Draw(tx, State(), *shards);
  if (!status.ok()) return status;
  return run;
}

}  // namespace clientele::value
