#ifndef VALUE_SVC_DOMAIN_TASK_COSTS_H_
#define VALUE_SVC_DOMAIN_TASK_COSTS_H_

#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "value-svc/domain/fact.h"

namespace clientele::value {

// What some work added to the cost of its task.
struct TaskCost {
  absl::Time time;
  Decimal cost;
};

// Facts tell what a task has cost so far, each with the time of the work that was logged last: what that
// added is the difference from the position before. Of those up to `as_of`; `facts` must hold all of a
// task's, also later ones, since work may be logged after work that was done later.
std::vector<TaskCost> TaskCosts(absl::Span<const Fact> facts, absl::Time as_of);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_TASK_COSTS_H_
