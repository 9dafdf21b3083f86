#include "value-svc/operations/rescore_worker.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "servicekit/mysql/lease.h"
#include "servicekit/telemetry/log.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "value-svc/domain/as_of.h"
#include "value-svc/operations/begin_run.h"
#include "value-svc/operations/cancel_run.h"
#include "value-svc/operations/forget_runs.h"
#include "value-svc/operations/rescore_customers.h"
#include "value-svc/operations/transient.h"

namespace clientele::value {
namespace {

constexpr int64_t kBatch = 512;
const absl::Duration kLookEvery = absl::Seconds(1);
// Longer than freezing the reference of millions of customers takes.
const absl::Duration kBatchDeadline = absl::Minutes(5);
const absl::Duration kSetAsideFor = absl::Hours(1);
const absl::Duration kForgetEvery = absl::Hours(1);
const absl::Duration kLookForRefreshEvery = absl::Minutes(1);
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
  if (*marked) {
    const absl::StatusOr<bool> rescored = RescoreMarks(deadline);
    if (!rescored.ok() || *rescored) return rescored;
  }
  const absl::StatusOr<bool> packed = servicekit::RunInTransaction(
      pool_, deadline, [&](Transaction& tx) { return StateChunks::PackOne(tx); }, kReadCommitted);
  if (!packed.ok() || *packed) return packed;
  const absl::StatusOr<bool> begun = Refresh(deadline);
  if (!begun.ok() || *begun) return begun;
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

absl::StatusOr<bool> RescoreWorker::RescoreMarks(absl::Time deadline) {
  std::vector<RescoreQueue::Mark> tried;
  const absl::StatusOr<bool> done = Alone(deadline, [&](Transaction& tx) -> absl::StatusOr<bool> {
    auto marks = ListMarks(tx);
    if (!marks.ok()) return marks.status();
    tried = *std::move(marks);
    if (tried.empty()) return false;
    if (absl::Status status = Rescore(tx, tried); !status.ok()) return status;
    return true;
  });
  if (done.ok() || IsTransient(done.status())) return done;
  if (absl::Status status = RescoreEach(deadline, tried); !status.ok()) return status;
  return true;
}

absl::StatusOr<std::vector<RescoreQueue::Mark>> RescoreWorker::ListMarks(Transaction& tx) {
  auto marks = stores_.queue.List(tx, kBatch + static_cast<int64_t>(set_aside_.size()));
  if (!marks.ok()) return marks;
  std::erase_if(*marks, [&](const RescoreQueue::Mark& mark) {
    const auto found = set_aside_.find(mark.customer);
    return found != set_aside_.end() && found->second.revision == mark.revision &&
           clock_.Now() < found->second.until;
  });
  if (marks->size() > kBatch) marks->resize(kBatch);
  return marks;
}

absl::Status RescoreWorker::Rescore(Transaction& tx, absl::Span<const RescoreQueue::Mark> marks) {
  const absl::Status status = RescoreCustomers(tx, stores_, feed_, marks, clock_.Now());
  return status.ok() ? stores_.queue.Remove(tx, marks) : status;
}

absl::Status RescoreWorker::RescoreEach(absl::Time deadline, absl::Span<const RescoreQueue::Mark> marks) {
  for (const RescoreQueue::Mark& mark : marks) {
    const absl::StatusOr<bool> done = Alone(deadline, [&](Transaction& tx) -> absl::StatusOr<bool> {
      if (absl::Status status = Rescore(tx, {mark}); !status.ok()) return status;
      return true;
    });
    if (done.ok()) {
      set_aside_.erase(mark.customer);
      continue;
    }
    if (IsTransient(done.status())) return done.status();
    servicekit::Log(
        servicekit::LogLevel::kError, "a customer cannot be rescored, and is passed over for now",
        {{"customer", servicekit::NameOf("customers", mark.customer)}, {"status", done.status().ToString()}});
    set_aside_[mark.customer] = {mark.revision, clock_.Now() + kSetAsideFor};
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> RescoreWorker::Refresh(absl::Time deadline) {
  const absl::Time now = clock_.Now();
  if (options_.refresh_after == absl::InfiniteDuration() || now < next_refresh_look_) return false;
  const absl::StatusOr<bool> begun = servicekit::RunInTransaction(
      pool_, deadline,
      [&](Transaction& tx) -> absl::StatusOr<bool> {
        const auto model = stores_.models.Published(tx);
        if (absl::IsNotFound(model.status())) return false;
        if (!model.ok()) return model.status();
        const auto clock = stores_.facts.ReadClock(tx);
        if (!clock.ok()) return clock.status();
        const auto last = stores_.runs.LastInForce(tx);
        if (!last.ok()) return last.status();
        // Neither a day that was asked for nor the end of an old history becomes any older.
        const absl::Time as_of = AsOfInForce(**model, now, clock->latest_event_time);
        if (!last->has_value() || as_of - (*last)->as_of < options_.refresh_after) return false;
        const absl::Status status = BeginRun(tx, stores_, {.purpose = RunPurpose::kRefresh}, now).status();
        if (absl::IsAborted(status) && servicekit::GetReason(status) == "RESCORE_RUNNING") return false;
        if (!status.ok()) return status;
        return true;
      },
      kReadCommitted);
  if (begun.ok()) next_refresh_look_ = now + kLookForRefreshEvery;
  return begun;
}

}  // namespace clientele::value
