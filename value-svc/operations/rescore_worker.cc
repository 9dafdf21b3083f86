#include "value-svc/operations/rescore_worker.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "servicekit/mysql/lease.h"
#include "servicekit/telemetry/log.h"
#include "value-svc/operations/begin_run.h"
#include "value-svc/operations/cancel_run.h"
#include "value-svc/operations/forget_runs.h"
#include "value-svc/operations/rescore_customers.h"

namespace clientele::value {
namespace {

constexpr int64_t kBatch = 512;
const absl::Duration kLookEvery = absl::Seconds(1);
// Longer than freezing the reference of millions of customers takes.
const absl::Duration kBatchDeadline = absl::Minutes(5);
const absl::Duration kForgetEvery = absl::Hours(1);
const servicekit::TransactionOptions kReadCommitted = {.read_committed = true};

}  // namespace

RescoreWorker::RescoreWorker(servicekit::Pool& pool, Stores& stores, servicekit::FeedPublisher& feed,
                             const servicekit::Clock& clock, RescoreOptions options)
    : pool_(pool),
      stores_(stores),
      feed_(feed),
      clock_(clock),
      options_(options),
      work_(pool, stores, feed, clock) {}

RescoreWorker::~RescoreWorker() { Stop(); }

void RescoreWorker::Start() {
  threads_.emplace_back([this] { Loop([this] { return RunOnce(absl::Now() + kBatchDeadline); }); });
  for (int helper = 1; helper < options_.run_threads; ++helper) {
    threads_.emplace_back([this] {
      ScoringWork work(pool_, stores_, feed_, clock_);
      Loop([&] { return RunPiece(work, absl::Now() + kBatchDeadline); });
    });
  }
}

void RescoreWorker::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void RescoreWorker::Wake() {
  absl::MutexLock lock(&mutex_);
  ++wakes_;
}

void RescoreWorker::Loop(const std::function<absl::StatusOr<bool>()>& work) {
  while (true) {
    int64_t wakes = 0;
    {
      absl::MutexLock lock(&mutex_);
      if (stopped_) return;
      wakes = wakes_;
    }
    const absl::StatusOr<bool> worked = work();
    if (!worked.ok()) {
      servicekit::Log(servicekit::LogLevel::kWarning, "rescoring failed, and will be tried again",
                      {{"status", worked.status().ToString()}});
    }
    if (worked.ok() && *worked) continue;
    absl::MutexLock lock(&mutex_);
    const auto called = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopped_ || wakes_ != wakes; };
    mutex_.AwaitWithTimeout(absl::Condition(&called), kLookEvery);
  }
}

absl::StatusOr<bool> RescoreWorker::RunPiece(ScoringWork& work, absl::Time deadline) {
  const absl::StatusOr<ScoringWork::Did> did = work.Step(deadline);
  if (!did.ok()) return did.status();
  return *did == ScoringWork::Did::kPiece;
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
  if (!marked.ok()) return marked;
  if (*marked) return Alone(deadline, [&](Transaction& tx) { return RescoreMarked(tx); });
  const absl::StatusOr<bool> packed = servicekit::RunInTransaction(
      pool_, deadline, [&](Transaction& tx) { return StateChunks::PackOne(tx); }, kReadCommitted);
  if (!packed.ok() || *packed) return packed;
  return ForgetRuns(deadline);
}

absl::StatusOr<bool> RescoreWorker::ForgetRuns(absl::Time deadline) {
  const absl::Time now = clock_.Now();
  if (now < next_forgetting_) return false;
  const absl::StatusOr<bool> forgot =
      Alone(deadline, [&](Transaction& tx) { return ForgetOneRun(tx, stores_, options_.retention, now); });
  if (forgot.ok() && !*forgot) next_forgetting_ = now + kForgetEvery;
  return forgot;
}

absl::StatusOr<bool> RescoreWorker::Alone(absl::Time deadline,
                                          absl::FunctionRef<absl::StatusOr<bool>(Transaction& tx)> body) {
  return servicekit::RunInTransaction(
      pool_, deadline,
      [&](Transaction& tx) -> absl::StatusOr<bool> {
        const absl::StatusOr<bool> taken =
            servicekit::TakeLease(tx, kScoringLease, Id::New(clock_.Now()).ToString(), absl::ZeroDuration());
        if (!taken.ok() || !*taken) return taken;
        const auto open = stores_.runs.Open(tx);
        if (!open.ok()) return open.status();
        if (open->has_value()) return true;
        return body(tx);
      },
      kReadCommitted);
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
