#ifndef VALUE_SVC_OPERATIONS_RESCORE_WORKER_H_
#define VALUE_SVC_OPERATIONS_RESCORE_WORKER_H_

#include <cstdint>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "servicekit/feed/publisher.h"
#include "servicekit/types/clock.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

// Keeps scores up to date in the background: finishes a RescoreRun that was broken off after its publication,
// then rescores customers whose facts changed, in small batches, under the model in force. Every replica may
// run it: the scoring lease makes them take turns.
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
  absl::StatusOr<bool> HasWork(absl::Time deadline);
  absl::StatusOr<bool> FinishRun(Transaction& tx);
  absl::StatusOr<bool> RescoreMarked(Transaction& tx);
  // Takes those that count as somebody else out of `customers`, with their scores.
  absl::Status DropMerged(Transaction& tx, std::vector<Id>& customers);

  servicekit::Pool& pool_;
  Stores& stores_;
  servicekit::FeedPublisher& feed_;
  const servicekit::Clock& clock_;
  std::thread thread_;
  absl::Mutex mutex_;
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_RESCORE_WORKER_H_
