#include "value-svc/operations/rescore_worker.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "servicekit/mysql/lease.h"
#include "servicekit/telemetry/log.h"
#include "value-svc/domain/as_of.h"
#include "value-svc/operations/observe_customers.h"
#include "value-svc/operations/rescore_run.h"
#include "value-svc/operations/write_scores.h"

namespace clientele::value {
namespace {

constexpr int64_t kBatch = 512;
const absl::Duration kLookEvery = absl::Seconds(1);
const absl::Duration kBatchDeadline = absl::Seconds(20);

}  // namespace

RescoreWorker::RescoreWorker(servicekit::Pool& pool, Stores& stores, servicekit::FeedPublisher& feed,
                             const servicekit::Clock& clock)
    : pool_(pool), stores_(stores), feed_(feed), clock_(clock) {}

RescoreWorker::~RescoreWorker() { Stop(); }

void RescoreWorker::Start() {
  thread_ = std::thread([this] { Loop(); });
}

void RescoreWorker::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void RescoreWorker::Wake() {
  absl::MutexLock lock(&mutex_);
  woken_ = true;
}

void RescoreWorker::Loop() {
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      if (stopped_) return;
    }
    const absl::StatusOr<bool> worked = RunOnce(absl::Now() + kBatchDeadline);
    if (!worked.ok()) {
      servicekit::Log(servicekit::LogLevel::kWarning, "rescoring failed, and will be tried again",
                      {{"status", worked.status().ToString()}});
    }
    if (worked.ok() && *worked) continue;
    absl::MutexLock lock(&mutex_);
    const auto called = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopped_ || woken_; };
    mutex_.AwaitWithTimeout(absl::Condition(&called), kLookEvery);
    woken_ = false;
  }
}

absl::StatusOr<bool> RescoreWorker::RunOnce(absl::Time deadline) {
  const absl::StatusOr<bool> has_work = HasWork(deadline);
  if (!has_work.ok() || !*has_work) return has_work;
  const servicekit::TransactionOptions options = {.read_committed = true};
  return servicekit::RunInTransaction(
      pool_, deadline,
      [&](Transaction& tx) -> absl::StatusOr<bool> {
        const std::string holder = Id::New(clock_.Now()).ToString();
        const absl::StatusOr<bool> taken =
            servicekit::TakeLease(tx, kScoringLease, holder, absl::ZeroDuration());
        if (!taken.ok() || !*taken) return taken;
        const absl::StatusOr<bool> finishing = FinishRun(tx);
        if (!finishing.ok() || *finishing) return finishing;
        return RescoreMarked(tx);
      },
      options);
}

absl::StatusOr<bool> RescoreWorker::HasWork(absl::Time deadline) {
  return servicekit::RunReading(pool_, deadline, [&](Transaction& tx) -> absl::StatusOr<bool> {
    const absl::StatusOr<bool> unfinished = stores_.models.HasUnfinished(tx);
    if (!unfinished.ok() || *unfinished) return unfinished;
    const auto marks = stores_.queue.List(tx, 1);
    if (!marks.ok()) return marks.status();
    if (marks->empty()) return false;
    // Until a model is published there is nothing to score with; the marks wait.
    const auto model = stores_.models.Published(tx);
    if (absl::IsNotFound(model.status())) return false;
    return model.ok() ? absl::StatusOr<bool>(true) : model.status();
  });
}

absl::StatusOr<bool> RescoreWorker::FinishRun(Transaction& tx) {
  const auto unfinished = stores_.models.UnfinishedForUpdate(tx);
  if (absl::IsNotFound(unfinished.status())) return false;
  if (!unfinished.ok()) return unfinished.status();
  const auto model = stores_.models.Published(tx);
  if (!model.ok()) return model.status();
  const auto customers = stores_.customers.ListIds(tx, unfinished->through, kBatch);
  if (!customers.ok()) return customers.status();
  const auto observations =
      ObserveCustomers(tx, stores_, *customers, /*whole=*/true, (*model)->as_of, (*model)->horizon());
  if (!observations.ok()) return observations.status();
  absl::Status status =
      WriteScores(tx, stores_, feed_, **model, *observations, (*model)->as_of, clock_.Now());
  if (!status.ok()) return status;
  const bool last = static_cast<int64_t>(customers->size()) < kBatch;
  const Id through = customers->empty() ? unfinished->through : customers->back();
  status = stores_.models.SetProgress(tx, {(*model)->id, through}, last);
  if (!status.ok()) return status;
  return true;
}

absl::Status RescoreWorker::DropMerged(Transaction& tx, std::vector<Id>& customers) {
  const auto survivors = stores_.customers.SurvivorsForUpdate(tx, customers);
  if (!survivors.ok() || survivors->empty()) return survivors.status();
  std::vector<Id> merged;
  for (const auto& [customer, survivor] : *survivors) merged.push_back(customer);
  std::erase_if(customers, [&](Id customer) { return survivors->contains(customer); });
  return stores_.scores.Remove(tx, merged);
}

absl::StatusOr<bool> RescoreWorker::RescoreMarked(Transaction& tx) {
  const auto model = stores_.models.Published(tx);
  if (absl::IsNotFound(model.status())) return false;
  if (!model.ok()) return model.status();
  const auto marks = stores_.queue.List(tx, kBatch);
  if (!marks.ok()) return marks.status();
  if (marks->empty()) return false;
  const auto clock = stores_.facts.ReadClock(tx);
  if (!clock.ok()) return clock.status();
  const absl::Time as_of = (*model)->as_of_fixed
                               ? (*model)->as_of
                               : DefaultAsOf(clock_.Now(), clock->latest_event_time, (*model)->horizon());
  std::vector<Id> customers;
  for (const RescoreQueue::Mark& mark : *marks) customers.push_back(mark.customer);
  if (absl::Status status = DropMerged(tx, customers); !status.ok()) return status;
  const auto observations =
      ObserveCustomers(tx, stores_, customers, /*whole=*/false, as_of, (*model)->horizon());
  if (!observations.ok()) return observations.status();
  absl::Status status = WriteScores(tx, stores_, feed_, **model, *observations, as_of, clock_.Now());
  if (status.ok()) status = stores_.queue.Remove(tx, *marks);
  if (!status.ok()) return status;
  return true;
}

}  // namespace clientele::value
