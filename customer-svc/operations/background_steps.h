#ifndef CUSTOMER_SVC_OPERATIONS_BACKGROUND_STEPS_H_
#define CUSTOMER_SVC_OPERATIONS_BACKGROUND_STEPS_H_

#include <functional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace clientele::customer {

// A thread that takes one step after the other, each a transaction of its own, as long as there is something
// to do, and looks again every half second when there is not.
class BackgroundSteps {
 public:
  // `step` says whether there was something to do. `what` is for log lines: `the search for …`.
  BackgroundSteps(std::string what, std::function<absl::StatusOr<bool>()> step)
      : what_(std::move(what)), step_(std::move(step)) {}
  ~BackgroundSteps() { Stop(); }

  void Start();
  void Stop();

 private:
  void Run();

  const std::string what_;
  const std::function<absl::StatusOr<bool>()> step_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_OPERATIONS_BACKGROUND_STEPS_H_
