#ifndef VALUE_SVC_OPERATIONS_RESCORE_WORKER_H_
#define VALUE_SVC_OPERATIONS_RESCORE_WORKER_H_

#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "servicekit/feed/publisher.h"
#include "servicekit/types/clock.h"
#include "value-svc/domain/run_retention.h"
#include "value-svc/operations/scoring_work.h"

namespace clientele::value {

struct RescoreOptions {
  // How many work on the shards of a run at once: while one waits for the database another computes.
  int run_threads = 2;
  RunRetention retention;
  // When the day that scores in force stand for is so long ago, everybody is scored anew: facts mark who did
  // something, but silence marks nobody.
  absl::Duration refresh_after = absl::InfiniteDuration();
};

// Keeps scores up to date in the background: works on the run that is open, or, when there is none, rescores
// customers whose facts changed, in small batches, under the model in force, and everybody when the scores in
// force have become old. When there is nothing of that it packs what reports read, and lets go of old runs.
// Every replica has one: they share a run's shards, and take turns at rescoring by a lease.
class RescoreWorker {
 public:
  RescoreWorker(servicekit::Pool& pool, Stores& stores, servicekit::FeedPublisher& feed,
                const servicekit::Clock& clock, RescoreOptions options = {});
  ~RescoreWorker();

  void Start();
  void Stop();
  // There may be something to do; it looks every second anyway. Any thread.
  void Wake();

  // One batch. False when there is nothing to do, or another one is scoring.
  absl::StatusOr<bool> RunOnce(absl::Time deadline);

 private:
  // Calls `work` as long as it finds something to do, and then again every second, or when woken.
  void Loop(const std::function<absl::StatusOr<bool>()>& work);
  absl::StatusOr<bool> RunPiece(ScoringWork& work, absl::Time deadline);
  absl::StatusOr<bool> ForgetRuns(absl::Time deadline);
  // Nobody else rescores, begins a run or forgets one while `body` runs. False when somebody does.
  absl::StatusOr<bool> Alone(absl::Time deadline,
                             absl::FunctionRef<absl::StatusOr<bool>(Transaction& tx)> body);
  absl::StatusOr<bool> HasMarks(absl::Time deadline);
  absl::StatusOr<bool> RescoreMarks(absl::Time deadline);
  // Those that are not set aside.
  absl::StatusOr<std::vector<RescoreQueue::Mark>> ListMarks(Transaction& tx);
  absl::Status Rescore(Transaction& tx, absl::Span<const RescoreQueue::Mark> marks);
  // Marks that cannot be done together, one by one: one that cannot be done at all is set aside, so that the
  // others do not wait for it.
  absl::Status RescoreEach(absl::Time deadline, absl::Span<const RescoreQueue::Mark> marks);
  absl::StatusOr<bool> Refresh(absl::Time deadline);

  servicekit::Pool& pool_;
  Stores& stores_;
  servicekit::FeedPublisher& feed_;
  const servicekit::Clock& clock_;
  const RescoreOptions options_;
  ScoringWork work_;
  struct SetAside {
    int64_t revision;
    absl::Time until;
  };
  absl::flat_hash_map<Id, SetAside> set_aside_;
  absl::Time next_refresh_look_ = absl::InfinitePast();
  absl::Time next_forgetting_ = absl::InfinitePast();
  std::vector<std::thread> threads_;
  absl::Mutex mutex_;
  int64_t wakes_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_RESCORE_WORKER_H_
