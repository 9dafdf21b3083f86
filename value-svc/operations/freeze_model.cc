#include "value-svc/operations/freeze_model.h"

#include <functional>
#include <utility>
#include <vector>

#include "value-svc/domain/figures.h"
#include "value-svc/domain/pyramid.h"
#include "value-svc/domain/score.h"
#include "value-svc/store/observation_codec.h"

namespace clientele::value {
namespace {

// One shard after the other, so that no more than one is in memory.
absl::Status ForEachObserved(Transaction& tx, Stores& stores, Id run,
                             const std::function<void(const Observations&)>& visit) {
  for (int64_t after = -1;;) {
    const auto shard = stores.runs.Next(tx, run, after);
    if (!shard.ok()) return shard.status();
    if (!shard->has_value()) return absl::OkStatus();
    const auto observed = UnpackObserved((*shard)->observed);
    if (!observed.ok()) return observed.status();
    for (const Observations& customer : observed->customers) visit(customer);
    after = (*shard)->number;
  }
}

// From what is read to what all customers have in common.
absl::Status FreezeCommon(Transaction& tx, Stores& stores, Id run, ScoringModel& model) {
  Pooling pooling;
  std::vector<PurchaseHistory> histories;
  const absl::Status status = ForEachObserved(tx, stores, run, [&](const Observations& customer) {
    pooling.Add(customer);
    if (customer.purchase_count > 0) histories.push_back(HistoryOf(customer));
  });
  if (!status.ok()) return status;
  model.pooled = pooling.Finish();
  model.pooled.sales = FitSalesModel(histories);
  return absl::OkStatus();
}

absl::Status FreezeReference(Transaction& tx, Stores& stores, Id run, ScoringModel& model) {
  Scorer scorer(model);
  std::vector<Id> active;
  PerFactor<std::vector<int64_t>> raw;
  const absl::Status status = ForEachObserved(tx, stores, run, [&](const Observations& customer) {
    if (!customer.active) return;
    active.push_back(customer.customer);
    const Figures figures = scorer.FiguresOf(customer);
    for (Factor factor : kFactors) raw[factor].push_back(figures.raw_micros[factor]);
  });
  if (!status.ok()) return status;
  for (Factor factor : kFactors) model.reference[factor] = ReferenceDistribution::FromValues(raw[factor]);
  model.reference_size = static_cast<int64_t>(active.size());

  std::vector<Rank> ranks;
  ranks.reserve(active.size());
  for (size_t i = 0; i < active.size(); ++i) {
    PerFactor<int64_t> figures;
    for (Factor factor : kFactors) figures[factor] = raw[factor][i];
    ranks.push_back({Contribute(model.weight_micros, scorer.Normalize(figures)).score_micros, active[i]});
  }
  model.boundaries = CutTiers(model, std::move(ranks));
  return absl::OkStatus();
}

}  // namespace

absl::Status FreezeModel(Transaction& tx, Stores& stores, const ScoringRun& run, absl::Time now) {
  absl::StatusOr<ScoringModel> model = stores.models.GetForUpdate(tx, run.model);
  if (!model.ok()) return model.status();
  const auto clock = stores.facts.ReadClock(tx);
  if (!clock.ok()) return clock.status();
  model->base_currency = clock->base_currency;
  model->as_of = run.as_of;
  model->publish_time = now;
  absl::Status status = CheckScoringModel(*model);
  if (status.ok()) status = FreezeCommon(tx, stores, run.id, *model);
  if (status.ok()) status = FreezeReference(tx, stores, run.id, *model);
  if (status.ok()) status = stores.models.Freeze(tx, *model);
  if (status.ok() && run.comes_into_force()) status = stores.models.BringIntoForce(tx, model->id);
  return status;
}

}  // namespace clientele::value
