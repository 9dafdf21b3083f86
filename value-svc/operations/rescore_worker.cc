#include "value-svc/operations/rescore_worker.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "servicekit/mysql/lease.h"
#include "servicekit/telemetry/log.h"
#include "value-svc/operations/begin_run.h"
#include "value-svc/operations/cancel_run.h"
#include "value-svc/operations/rescore_customers.h"

namespace clientele::value {
namespace {

constexpr int64_t kBatch = 512;
const absl::Duration kLookEvery = absl::Seconds(1);
// Longer than freezing the reference of millions of customers takes.
const absl::Duration kBatchDeadline = absl::Minutes(5);

}  // namespace

RescoreWorker::RescoreWorker(servicekit::Pool& pool, Stores& stores, servicekit::FeedPublisher& feed,
                             const servicekit::Clock& clock)
    : pool_(pool), stores_(stores), feed_(feed), clock_(clock), work_(pool, stores, feed, clock) {}

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
  const absl::StatusOr<ScoringWork::Did> did = work_.Step(deadline);
  if (!did.ok()) return did.status();
  // While a run is open it alone writes scores.
  if (*did != ScoringWork::Did::kNothing) return *did == ScoringWork::Did::kPiece;
  const absl::StatusOr<bool> swept = servicekit::RunInTransaction(
      pool_, deadline, [&](Transaction& tx) { return SweepCancelled(tx, stores_); });
  if (!swept.ok() || *swept) return swept;
  const absl::StatusOr<bool> marked = HasMarks(deadline);
  if (!marked.ok() || !*marked) return marked;
  const servicekit::TransactionOptions options = {.read_committed = true};
  return servicekit::RunInTransaction(
      pool_, deadline,
      [&](Transaction& tx) -> absl::StatusOr<bool> {
        const absl::StatusOr<bool> taken =
            servicekit::TakeLease(tx, kScoringLease, Id::New(clock_.Now()).ToString(), absl::ZeroDuration());
        if (!taken.ok() || !*taken) return taken;
        const auto open = stores_.runs.Open(tx);
        if (!open.ok()) return open.status();
        if (open->has_value()) return true;
        return RescoreMarked(tx);
      },
      options);
}

absl::StatusOr<bool> RescoreWorker::HasMarks(absl::Time deadline) {
  return servicekit::RunReading(pool_, deadline, [&](Transaction& tx) -> absl::StatusOr<bool> {
    const auto marks = stores_.queue.List(tx, 1);
    if (!marks.ok()) return marks.status();
    if (marks->empty()) return false;
    // Until a model is published there is nothing to score with; the marks wait.
    const auto model = stores_.models.Published(tx);
    if (absl::IsNotFound(model.status())) return false;
    return model.ok() ? absl::StatusOr<bool>(true) : model.status();
  });
}

absl::StatusOr<bool> RescoreWorker::RescoreMarked(Transaction& tx) {
  const auto marks = stores_.queue.List(tx, kBatch);
  if (!marks.ok()) return marks.status();
  if (marks->empty()) return false;
  absl::Status status = RescoreCustomers(tx, stores_, feed_, *marks, clock_.Now());
  if (status.ok()) status = stores_.queue.Remove(tx, *marks);
  if (!status.ok()) return status;
  return true;
}

}  // namespace clientele::value
