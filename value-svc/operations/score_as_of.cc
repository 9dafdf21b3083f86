#include "value-svc/operations/score_as_of.h"

#include <utility>

#include "value-svc/operations/observe_customers.h"
#include "value-svc/operations/write_scores.h"

namespace clientele::value {

absl::StatusOr<Yardstick> YardstickAt(Transaction& tx, Stores& stores, absl::Time time) {
  Yardstick yardstick;
  auto run = stores.runs.LastUpTo(tx, time);
  if (run.ok() && !run->has_value()) run = stores.runs.First(tx);
  if (!run.ok()) return run.status();
  yardstick.run = *std::move(run);
  auto model = yardstick.run.has_value() ? stores.models.GetFrozen(tx, yardstick.run->model)
                                         : stores.models.Published(tx);
  if (!model.ok()) return model.status();
  yardstick.model = *std::move(model);
  return yardstick;
}

absl::StatusOr<std::vector<Score>> ScoresAsOf(Transaction& tx, Stores& stores, const Yardstick& yardstick,
                                              absl::Span<const Id> customers, absl::Time as_of) {
  const ScoringModel& model = *yardstick.model;
  const auto observations = ObserveCustomers(tx, stores, customers, /*whole=*/false, as_of, model.terms());
  if (!observations.ok()) return observations.status();
  RunScoreStore::States before;
  if (yardstick.run.has_value() && yardstick.run->previous.has_value()) {
    auto states = stores.run_scores.TierStates(tx, *yardstick.run->previous, customers);
    if (!states.ok()) return states.status();
    before = *std::move(states);
  }
  Scorer scorer(model);
  return ScoreWithTiers(scorer, model, *observations, before, as_of);
}

absl::StatusOr<ComparedScores> CompareScores(Transaction& tx, Stores& stores, Id customer, absl::Time from,
                                             absl::Time to) {
  const auto first = YardstickAt(tx, stores, from);
  if (!first.ok()) return first.status();
  const auto second = YardstickAt(tx, stores, to);
  if (!second.ok()) return second.status();
  const std::vector<Id> one = {customer};
  auto before = ScoresAsOf(tx, stores, *first, one, from);
  if (!before.ok()) return before.status();
  auto after = ScoresAsOf(tx, stores, *second, one, to);
  if (!after.ok()) return after.status();
  // The later facts by the first model.
  const auto moved = ScoresAsOf(tx, stores, *first, one, to);
  if (!moved.ok()) return moved.status();

  ComparedScores compared;
  compared.difference = SplitDifference(first->model->weight_micros, before->front().factor_micros,
                                        moved->front().factor_micros, second->model->weight_micros,
                                        after->front().factor_micros);
  compared.from = std::move(before->front());
  compared.to = std::move(after->front());
  compared.from_model = first->model;
  compared.to_model = second->model;
  return compared;
}

}  // namespace clientele::value
