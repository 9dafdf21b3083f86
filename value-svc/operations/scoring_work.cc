#include "value-svc/operations/scoring_work.h"

#include <algorithm>
#include <utility>

#include "servicekit/telemetry/log.h"
#include "servicekit/types/resource_name.h"
#include "value-svc/operations/freeze_model.h"
#include "value-svc/operations/observe_customers.h"
#include "value-svc/operations/transient.h"
#include "value-svc/operations/write_scores.h"
#include "value-svc/store/observation_codec.h"

namespace clientele::value {
namespace {

// Reads see what is committed when they run: the marks first, then facts at least as new.
const servicekit::TransactionOptions kReadCommitted = {.read_committed = true};
// And no more than one in a hundred: if there were more, the customers would not be what is wrong.
constexpr int64_t kMostPassedOver = 100;

absl::StatusOr<ObservedShard> Observe(Transaction& tx, Stores& stores, const CustomerRange& range,
                                      const ScoringModel& model, absl::Time as_of) {
  ObservedShard observed;
  auto marks = stores.queue.List(tx, range);
  if (!marks.ok()) return marks.status();
  observed.marks = *std::move(marks);
  const auto customers = stores.customers.ListIds(tx, range);
  if (!customers.ok()) return customers.status();
  // Whoever is not scored here keeps the mark.
  std::erase_if(observed.marks, [&](const RescoreQueue::Mark& mark) {
    return !std::binary_search(customers->begin(), customers->end(), mark.customer);
  });
  auto seen = ObserveCustomers(tx, stores, *customers, /*whole=*/true, as_of, model.terms());
  if (!seen.ok()) return seen.status();
  observed.customers = *std::move(seen);
  return observed;
}

}  // namespace

absl::StatusOr<ScoringWork::Did> ScoringWork::Step(absl::Time deadline) {
  absl::StatusOr<Did> did = servicekit::RunInTransaction(
      pool_, deadline,
      [&](Transaction& tx) -> absl::StatusOr<Did> {
        claimed_.reset();
        const auto run = stores_.runs.Open(tx);
        if (!run.ok()) return run.status();
        if (!run->has_value()) return Did::kNothing;
        return (*run)->state == RunState::kReading ? Read(tx, **run) : Score(tx, **run);
      },
      kReadCommitted);
  if (did.ok() || !claimed_.has_value() || IsTransient(did.status())) return did;
  return servicekit::RunInTransaction(
      pool_, deadline, [&](Transaction& tx) { return Isolate(tx, *claimed_, did.status()); }, kReadCommitted);
}

absl::StatusOr<std::optional<RunStore::Shard>> ScoringWork::Claim(Transaction& tx, const ScoringRun& run,
                                                                  ShardStage stage) {
  auto shard = stores_.runs.Claim(tx, run.id, stage);
  if (shard.ok() && shard->has_value()) claimed_ = {run, stage, (*shard)->number};
  return shard;
}

absl::StatusOr<ScoringWork::Did> ScoringWork::Isolate(Transaction& tx, const Claimed& claimed,
                                                      const absl::Status& cause) {
  const ScoringRun& run = claimed.run;
  const auto shard = stores_.runs.Lock(tx, run.id, claimed.shard, claimed.stage);
  if (!shard.ok()) return shard.status();
  if (!shard->has_value()) return Did::kPiece;  // Somebody else could do it.
  ObservedShard observed;
  std::vector<Id> customers;
  if (claimed.stage == ShardStage::kRead) {
    auto unpacked = UnpackObserved((*shard)->observed);
    if (!unpacked.ok()) return cause;
    observed = *std::move(unpacked);
    for (const Observations& customer : observed.customers) customers.push_back(customer.customer);
  } else {
    auto ids = stores_.customers.ListIds(tx, (*shard)->range);
    if (!ids.ok()) return ids.status();
    customers = *std::move(ids);
  }
  if (customers.empty()) return cause;
  if (customers.size() == 1) {
    const auto progress = stores_.runs.Progress(tx, run.id);
    const auto passed_over = stores_.runs.CountShards(tx, run.id, ShardStage::kPassedOver);
    if (!progress.ok()) return progress.status();
    if (!passed_over.ok()) return passed_over.status();
    if (*passed_over >= std::clamp<int64_t>(progress->customers / 100, 1, kMostPassedOver)) return cause;
    if (absl::Status status = PassOver(tx, run, **shard, customers.front(), cause); !status.ok())
      return status;
    return Did::kPiece;
  }

  const auto middle = customers.begin() + static_cast<std::ptrdiff_t>(customers.size() / 2) - 1;
  std::nth_element(customers.begin(), middle, customers.end());
  const auto part = [&](bool upper) {
    ObservedShard half = observed;
    std::erase_if(half.customers, [&](const Observations& one) { return (one.customer > *middle) != upper; });
    std::erase_if(half.marks,
                  [&](const RescoreQueue::Mark& mark) { return (mark.customer > *middle) != upper; });
    const int64_t lower_count = middle - customers.begin() + 1;
    return RunStore::Part{
        upper ? static_cast<int64_t>(customers.size()) - lower_count : lower_count,
        claimed.stage == ShardStage::kRead ? PackObserved(half.customers, half.marks) : std::string()};
  };
  const absl::Status status =
      stores_.runs.Cut(tx, run.id, **shard, claimed.stage, *middle, part(false), part(true));
  if (!status.ok()) return status;
  return Did::kPiece;
}

absl::Status ScoringWork::PassOver(Transaction& tx, const ScoringRun& run, const RunStore::Shard& shard,
                                   Id customer, const absl::Status& cause) {
  servicekit::Log(servicekit::LogLevel::kError, "a customer cannot be scored, and is passed over by the run",
                  {{"customer", servicekit::NameOf("customers", customer)},
                   {"run", servicekit::NameOf("scoringRuns", run.id)},
                   {"status", cause.ToString()}});
  if (run.comes_into_force()) {
    // To be tried again with what changes every day, so that the score in force comes when what is wrong has
    // been put right.
    if (absl::Status status = stores_.queue.Add(tx, {{customer, clock_.Now()}}); !status.ok()) return status;
  }
  return stores_.runs.Advance(tx, run.id, shard.number, ShardStage::kPassedOver, 1, PackObserved({}, {}));
}

absl::StatusOr<ScoringWork::Did> ScoringWork::Read(Transaction& tx, const ScoringRun& run) {
  const auto shard = Claim(tx, run, ShardStage::kToRead);
  if (!shard.ok()) return shard.status();
  if (!shard->has_value()) return Freeze(tx, run);
  const absl::StatusOr<ScoringModel> model = stores_.models.Get(tx, run.model);
  if (!model.ok()) return model.status();
  const auto observed = Observe(tx, stores_, (*shard)->range, *model, run.as_of);
  if (!observed.ok()) return observed.status();
  const absl::Status status = stores_.runs.Advance(tx, run.id, (*shard)->number, ShardStage::kRead,
                                                   static_cast<int64_t>(observed->customers.size()),
                                                   PackObserved(observed->customers, observed->marks));
  if (!status.ok()) return status;
  return Did::kPiece;
}

absl::StatusOr<ScoringWork::Did> ScoringWork::Freeze(Transaction& tx, const ScoringRun& run) {
  const auto locked = stores_.runs.LockIn(tx, run.id, RunState::kReading);
  if (!locked.ok()) return locked.status();
  if (!locked->has_value()) return Did::kWaited;
  // A shard that somebody works on is still to be read, as far as others see.
  const auto left = stores_.runs.HasShards(tx, run.id, ShardStage::kToRead);
  if (!left.ok()) return left.status();
  if (*left) return Did::kWaited;
  absl::Status status = FreezeModel(tx, stores_, run, clock_.Now());
  if (status.ok()) status = stores_.runs.SetState(tx, run.id, RunState::kScoring, std::nullopt);
  if (!status.ok()) return status;
  return Did::kPiece;
}

absl::StatusOr<ScoringWork::Did> ScoringWork::Score(Transaction& tx, const ScoringRun& run) {
  // A snapshot freezes nothing, so that it reads and scores in one go.
  const ShardStage stage = run.freezes() ? ShardStage::kRead : ShardStage::kToRead;
  const auto shard = Claim(tx, run, stage);
  if (!shard.ok()) return shard.status();
  if (!shard->has_value()) return Finish(tx, run);
  if (absl::Status status = WriteShard(tx, run, **shard); !status.ok()) return status;
  return Did::kPiece;
}

absl::StatusOr<ScoringWork::Did> ScoringWork::Finish(Transaction& tx, const ScoringRun& run) {
  const auto locked = stores_.runs.LockIn(tx, run.id, RunState::kScoring);
  if (!locked.ok()) return locked.status();
  if (!locked->has_value()) return Did::kWaited;
  const auto left =
      stores_.runs.HasShards(tx, run.id, run.freezes() ? ShardStage::kRead : ShardStage::kToRead);
  if (!left.ok()) return left.status();
  if (*left) return Did::kWaited;
  const absl::Status status = stores_.runs.SetState(tx, run.id, RunState::kFinished, clock_.Now());
  if (!status.ok()) return status;
  return Did::kPiece;
}

absl::Status ScoringWork::UseModelOf(Transaction& tx, const ScoringRun& run) {
  auto model = stores_.models.GetFrozen(tx, run.model);
  if (!model.ok()) return model.status();
  if (model_ == *model) return absl::OkStatus();
  model_ = *std::move(model);
  scorer_ = std::make_unique<Scorer>(*model_);
  return absl::OkStatus();
}

absl::Status ScoringWork::WriteShard(Transaction& tx, const ScoringRun& run, const RunStore::Shard& shard) {
  if (absl::Status status = UseModelOf(tx, run); !status.ok()) return status;
  const auto observed =
      run.freezes() ? UnpackObserved(shard.observed) : Observe(tx, stores_, shard.range, *model_, run.as_of);
  if (!observed.ok()) return observed.status();
  RunScoreStore::States before;
  if (run.previous.has_value()) {
    auto states = stores_.run_scores.TierStates(tx, *run.previous, shard.range);
    if (!states.ok()) return states.status();
    before = *std::move(states);
  }
  const std::vector<clientele::value::Score> scores =
      ScoreWithTiers(*scorer_, *model_, observed->customers, before, run.as_of);
  absl::Status status = WriteRun(tx, stores_, run.id, observed->customers, scores);
  if (!status.ok()) return status;
  if (run.comes_into_force()) {
    status = WriteInForce(tx, stores_, feed_, scores, clock_.Now());
    if (!status.ok()) return status;
    // The marks that were seen before the facts were read, unless they touch what earlier runs found.
    const auto latest_day = stores_.runs.LatestDay(tx);
    if (!latest_day.ok()) return latest_day.status();
    std::vector<RescoreQueue::Mark> done;
    for (const RescoreQueue::Mark& mark : observed->marks) {
      if (!latest_day->has_value() || mark.since > **latest_day) done.push_back(mark);
    }
    status = stores_.queue.Remove(tx, done);
    if (!status.ok()) return status;
  }
  return stores_.runs.Advance(tx, run.id, shard.number, ShardStage::kScored,
                              static_cast<int64_t>(scores.size()), "");
}

}  // namespace clientele::value
