#ifndef LIFECYCLE_SVC_OPERATIONS_PERIODIC_H_
#define LIFECYCLE_SVC_OPERATIONS_PERIODIC_H_

#include <functional>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace clientele::lifecycle {

// Something that is done now and then beside the calls. Every replica does it; what must not be done twice is
// kept apart by the rows that it locks.
class Periodic {
 public:
  // `once` answers whether there is more to do at once. An error is logged, and the next try is `every`
  // later.
  Periodic(std::string name, absl::Duration every, std::function<absl::StatusOr<bool>()> once);
  ~Periodic() { Stop(); }
  void Start();
  void Stop();

 private:
  void Run();

  const std::string name_;
  const absl::Duration every_;
  const std::function<absl::StatusOr<bool>()> once_;
  std::thread thread_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_OPERATIONS_PERIODIC_H_
