#include "value-svc/operations/rescore_customers.h"

#include <algorithm>
#include <vector>

#include "value-svc/domain/as_of.h"
#include "value-svc/operations/observe_customers.h"
#include "value-svc/operations/write_scores.h"

namespace clientele::value {
namespace {

absl::StatusOr<RunScoreStore::States> StatesBefore(Transaction& tx, Stores& stores, const ScoringRun& run,
                                                   absl::Span<const Id> customers) {
  if (!run.previous.has_value()) return RunScoreStore::States();
  return stores.run_scores.TierStates(tx, *run.previous, customers);
}

// A tier between runs is the one that the last run would have found, had it known what is known now: so
// rescoring confirms nothing, however often it happens.
absl::Status RescoreInForce(Transaction& tx, Stores& stores, servicekit::FeedPublisher& feed,
                            absl::Span<const Id> customers, absl::Time now) {
  const auto model = stores.models.Published(tx);
  if (!model.ok()) return model.status();
  const auto clock = stores.facts.ReadClock(tx);
  if (!clock.ok()) return clock.status();
  const absl::Time as_of = AsOfInForce(**model, now, clock->latest_event_time);
  const auto observations =
      ObserveCustomers(tx, stores, customers, /*whole=*/false, as_of, (*model)->terms());
  if (!observations.ok()) return observations.status();
  RunScoreStore::States before;
  const auto last = stores.runs.LastInForce(tx);
  if (!last.ok()) return last.status();
  if (last->has_value()) {
    auto states = StatesBefore(tx, stores, **last, customers);
    if (!states.ok()) return states.status();
    before = *std::move(states);
  }
  Scorer scorer(**model);
  return WriteInForce(tx, stores, feed, ScoreWithTiers(scorer, **model, *observations, before, as_of), now);
}

absl::Status RescoreRun(Transaction& tx, Stores& stores, const ScoringRun& run,
                        absl::Span<const Id> customers) {
  if (customers.empty()) return absl::OkStatus();
  const auto model = stores.models.GetFrozen(tx, run.model);
  if (!model.ok()) return model.status();
  const auto observations =
      ObserveCustomers(tx, stores, customers, /*whole=*/false, run.as_of, (*model)->terms());
  if (!observations.ok()) return observations.status();
  const auto before = StatesBefore(tx, stores, run, customers);
  if (!before.ok()) return before.status();
  Scorer scorer(**model);
  return WriteRun(tx, stores, run.id, *observations,
                  ScoreWithTiers(scorer, **model, *observations, *before, run.as_of));
}

}  // namespace

absl::Status RescoreCustomers(Transaction& tx, Stores& stores, servicekit::FeedPublisher& feed,
                              absl::Span<const RescoreQueue::Mark> marks, absl::Time now) {
  std::vector<Id> marked, customers, merged;
  absl::Time earliest = absl::InfiniteFuture();
  for (const RescoreQueue::Mark& mark : marks) {
    marked.push_back(mark.customer);
    earliest = std::min(earliest, mark.since);
  }
  const auto survivors = stores.customers.SurvivorsForUpdate(tx, marked);
  if (!survivors.ok()) return survivors.status();
  for (Id customer : marked) (survivors->contains(customer) ? merged : customers).push_back(customer);

  // By day, since the tiers of a run go on from those of the one before; then those in force.
  const auto runs = stores.runs.FinishedSince(tx, earliest);
  if (!runs.ok()) return runs.status();
  for (const ScoringRun& run : *runs) {
    std::vector<Id> touched;
    for (const RescoreQueue::Mark& mark : marks) {
      if (mark.since <= run.as_of && !survivors->contains(mark.customer)) touched.push_back(mark.customer);
    }
    absl::Status status = stores.run_scores.Remove(tx, run.id, merged);
    if (status.ok()) status = RescoreRun(tx, stores, run, touched);
    if (!status.ok()) return status;
  }
  if (absl::Status status = stores.scores.Remove(tx, merged); !status.ok()) return status;
  return RescoreInForce(tx, stores, feed, customers, now);
}

}  // namespace clientele::value
