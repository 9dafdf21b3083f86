#ifndef VALUE_SVC_DOMAIN_SPENDING_H_
#define VALUE_SVC_DOMAIN_SPENDING_H_

#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "value-svc/domain/action.h"

namespace clientele::value {

// An action with its groups, as far as somebody may see them.
struct MeasuredAction {
  Action action;
  // Members of which its groups are, when spending is told by target market.
  std::optional<Id> target_market;
  Arm treated, held_out;
  double revenue = 0, profit = 0;  // Of both groups, within the outcome window.
};

// What a department spent for one goal, or everybody on one target market, and what that brought.
struct Spending {
  Department department = Department::kNone;
  Goal goal = Goal::kNone;
  std::optional<Id> target_market;
  int64_t action_count = 0;
  double cost = 0;
  int64_t treated_count = 0;
  // Revenue gained over all treated customers, with its 95 % confidence interval. Actions are independent of
  // each other, so their variances add up.
  double uplift = 0;
  double uplift_low = 0, uplift_high = 0;
  std::optional<double> incremental_return;
  bool conclusive() const { return uplift_low > 0 || uplift_high < 0; }
};

// By target market, for those that have one; the others by department, then goal. Actions of which nobody is
// to be seen do not count.
std::vector<Spending> SumSpending(absl::Span<const MeasuredAction> actions);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_SPENDING_H_
