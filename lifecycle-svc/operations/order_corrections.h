#ifndef LIFECYCLE_SVC_OPERATIONS_ORDER_CORRECTIONS_H_
#define LIFECYCLE_SVC_OPERATIONS_ORDER_CORRECTIONS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lifecycle-svc/operations/unit_of_work.h"

namespace clientele::lifecycle {

// What takes placed orders back, whole or in part, by RPCs and by imports alike. A step that fails has
// changed nothing in the unit of work. The customers concerned are locked and checked by the caller.
class OrderCorrections {
 public:
  explicit OrderCorrections(UnitOfWork& work) : work_(work) {}

  // The customer's journey is folded anew without the order, and its service projects are given up: those
  // that ServiceProjects::LoadOf() has read.
  absl::Status Cancel(Order& order, std::string reason, absl::Time cancel_time);
  absl::StatusOr<OrderReturn> TakeBack(Order& order, OrderReturn draft);

 private:
  UnitOfWork& work_;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_OPERATIONS_ORDER_CORRECTIONS_H_
