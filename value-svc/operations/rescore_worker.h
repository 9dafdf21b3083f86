#ifndef VALUE_SVC_OPERATIONS_RESCORE_WORKER_H_
#define VALUE_SVC_OPERATIONS_RESCORE_WORKER_H_

#include <cstdint>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "servicekit/feed/publisher.h"
#include "servicekit/types/clock.h"
#include "value-svc/operations/scoring_work.h"

namespace clientele::value {

// Keeps scores up to date in the background: works on the run that is open, or, when there is none, rescores
// customers whose facts changed, in small batches, under the model in force. Every replica has one: they
// share a run's shards, and take turns at rescoring by a lease.
class RescoreWorker {
 public:
  RescoreWorker(servicekit::Pool& pool, Stores& stores, servicekit::FeedPublisher& feed,
                const servicekit::Clock& clock);
  ~RescoreWorker();

  void Start();
  void Stop();
  // There may be something to do; it looks every second anyway. Any thread.
  void Wake();

  // One batch. False when there is nothing to do, or another one is scoring.
  absl::StatusOr<bool> RunOnce(absl::Time deadline);

 private:
  void Loop();
  absl::StatusOr<bool> HasMarks(absl::Time deadline);
  absl::StatusOr<bool> RescoreMarked(Transaction& tx);

  servicekit::Pool& pool_;
  Stores& stores_;
  servicekit::FeedPublisher& feed_;
  const servicekit::Clock& clock_;
  ScoringWork work_;
  std::thread thread_;
  absl::Mutex mutex_;
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_RESCORE_WORKER_H_
