#include "value-svc/operations/rescore_run.h"

#include <algorithm>
#include <utility>

#include "servicekit/mysql/lease.h"
#include "servicekit/types/error.h"
#include "value-svc/domain/as_of.h"
#include "value-svc/domain/figures.h"
#include "value-svc/domain/pyramid.h"
#include "value-svc/domain/score.h"
#include "value-svc/operations/observe_customers.h"
#include "value-svc/operations/write_scores.h"

namespace clientele::value {
namespace {

// Reads see what is committed when they run: the marks first, then facts at least as new.
const servicekit::TransactionOptions kReadCommitted = {.read_committed = true};

}  // namespace

RescoreRun::RescoreRun(servicekit::Pool& pool, Stores& stores, servicekit::FeedPublisher& feed,
                       const servicekit::Clock& clock, Options options)
    : pool_(pool),
      stores_(stores),
      feed_(feed),
      clock_(clock),
      options_(options),
      holder_(Id::New(clock.Now()).ToString()) {}

absl::StatusOr<RescoreRun::Progress> RescoreRun::Step(absl::Time deadline) {
  absl::Status status;
  switch (stage_) {
    case Stage::kBegin:
      status = Begin(deadline);
      break;
    case Stage::kRead:
      status = ReadBatch(deadline);
      break;
    case Stage::kPublish:
      status = Publish(deadline);
      break;
    case Stage::kScore:
      status = ScoreBatch(deadline);
      break;
    case Stage::kFinished:
      status = absl::FailedPreconditionError("the run has finished");
      break;
  }
  if (!status.ok()) return status;
  progress_.finished = stage_ == Stage::kFinished;
  return progress_;
}

absl::Status RescoreRun::Fenced(absl::Time deadline, std::function<absl::Status(Transaction&)> body) {
  return servicekit::RunInTransaction(
      pool_, deadline,
      [&](Transaction& tx) -> absl::Status {
        const absl::StatusOr<bool> taken = servicekit::TakeLease(tx, kScoringLease, holder_, options_.lease);
        if (!taken.ok()) return taken.status();
        if (!*taken) {
          return servicekit::WithReason(absl::AbortedError("customers are being rescored already"),
                                        "RESCORE_RUNNING");
        }
        return body(tx);
      },
      kReadCommitted);
}

absl::Status RescoreRun::Begin(absl::Time deadline) {
  model_ = DefaultScoringModel();
  FactStore::Clock facts;
  int64_t customers = 0;
  absl::Status status = Fenced(deadline, [&](Transaction& tx) -> absl::Status {
    const auto count = stores_.customers.Count(tx);
    if (!count.ok()) return count.status();
    const auto read = stores_.facts.ReadClock(tx);
    if (!read.ok()) return read.status();
    customers = *count;
    facts = *read;
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  model_.id = Id::New(clock_.Now());
  model_.base_currency = facts.base_currency;
  model_.as_of_fixed = options_.as_of.has_value();
  model_.as_of =
      options_.as_of.value_or(DefaultAsOf(clock_.Now(), facts.latest_event_time, model_.horizon()));
  progress_.customers = customers;
  observations_.reserve(customers);
  stage_ = Stage::kRead;
  return absl::OkStatus();
}

absl::Status RescoreRun::ReadBatch(absl::Time deadline) {
  const Id after = observations_.empty() ? Id() : observations_.back().customer;
  std::vector<Observations> observed;
  std::vector<RescoreQueue::Mark> marks;
  absl::Status status = Fenced(deadline, [&](Transaction& tx) -> absl::Status {
    observed.clear();
    const auto ids = stores_.customers.ListIds(tx, after, options_.batch);
    if (!ids.ok()) return ids.status();
    if (ids->empty()) return absl::OkStatus();
    auto seen = stores_.queue.List(tx, CustomerRange{after, ids->back()});
    if (!seen.ok()) return seen.status();
    auto batch = ObserveCustomers(tx, stores_, *ids, /*whole=*/true, model_.as_of, model_.horizon());
    if (!batch.ok()) return batch.status();
    observed = *std::move(batch);
    marks = *std::move(seen);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  marks_.insert(marks_.end(), marks.begin(), marks.end());
  observations_.insert(observations_.end(), observed.begin(), observed.end());
  progress_.read = static_cast<int64_t>(observations_.size());
  progress_.customers = std::max(progress_.customers, progress_.read);
  if (static_cast<int64_t>(observed.size()) < options_.batch) {
    progress_.customers = progress_.read;
    stage_ = Stage::kPublish;
  }
  return absl::OkStatus();
}

absl::Status RescoreRun::Publish(absl::Time deadline) {
  model_.pooled = Pool(observations_, model_.horizon_days);
  // The reference is those who are active: percentiles among customers of whom most never bought would tell
  // nothing.
  PerFactor<std::vector<int64_t>> values;
  for (const Observations& customer : observations_) {
    if (!customer.active) continue;
    const Figures figures = ComputeFigures(customer, model_.pooled, model_.horizon_days);
    for (Factor factor : kFactors) values[factor].push_back(figures.raw_micros[factor]);
  }
  for (Factor factor : kFactors) {
    model_.reference[factor] = ReferenceDistribution::FromValues(std::exchange(values[factor], {}));
  }
  model_.reference_size = model_.reference[Factor::kCredit].size();
  std::vector<Rank> active;
  for (const Observations& customer : observations_) {
    if (!customer.active) continue;
    active.push_back({ComputeScore(customer, model_, model_.as_of).score_micros, customer.customer});
  }
  model_.boundaries = DrawBoundaries(model_.tier_share_micros, std::move(active));
  model_.publish_time = clock_.Now();
  if (absl::Status status = CheckScoringModel(model_); !status.ok()) return status;
  absl::Status status = Fenced(deadline, [&](Transaction& tx) { return stores_.models.Publish(tx, model_); });
  if (!status.ok()) return status;
  progress_.model = model_.id;
  stage_ = Stage::kScore;
  return absl::OkStatus();
}

absl::Status RescoreRun::ScoreBatch(absl::Time deadline) {
  const size_t begin = static_cast<size_t>(progress_.scored);
  const size_t count = std::min(static_cast<size_t>(options_.batch), observations_.size() - begin);
  const absl::Span<const Observations> batch(observations_.data() + begin, count);
  const bool last = begin + count == observations_.size();
  absl::Status status = Fenced(deadline, [&](Transaction& tx) -> absl::Status {
    // Had the lease run out, the worker may have gone on from here; then nothing is left to do.
    const auto unfinished = stores_.models.UnfinishedForUpdate(tx);
    if (absl::IsNotFound(unfinished.status())) return absl::OkStatus();
    if (!unfinished.ok()) return unfinished.status();
    if (unfinished->model != model_.id) return absl::AbortedError("another model was published in between");
    if (!batch.empty() && unfinished->through < batch.back().customer) {
      absl::Status written = WriteScores(tx, stores_, feed_, model_, batch, model_.as_of, clock_.Now());
      if (!written.ok()) return written;
      // The marks that were seen before these customers' facts were read.
      const auto from = std::partition_point(
          marks_.begin(), marks_.end(),
          [&](const RescoreQueue::Mark& mark) { return mark.customer < batch.front().customer; });
      const auto to = std::partition_point(from, marks_.end(), [&](const RescoreQueue::Mark& mark) {
        return mark.customer <= batch.back().customer;
      });
      written =
          stores_.queue.Remove(tx, absl::MakeConstSpan(marks_).subspan(from - marks_.begin(), to - from));
      if (!written.ok()) return written;
    }
    const Id through =
        batch.empty() ? unfinished->through : std::max(unfinished->through, batch.back().customer);
    absl::Status moved = stores_.models.SetProgress(tx, {model_.id, through}, last);
    if (moved.ok() && last) moved = servicekit::DropLease(tx, kScoringLease, holder_);
    return moved;
  });
  if (!status.ok()) return status;
  progress_.scored += static_cast<int64_t>(count);
  if (last) stage_ = Stage::kFinished;
  return absl::OkStatus();
}

}  // namespace clientele::value
