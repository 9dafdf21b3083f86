#include "value-svc/domain/task_costs.h"

#include <algorithm>
#include <tuple>

namespace clientele::value {

std::vector<TaskCost> TaskCosts(absl::Span<const Fact> facts, absl::Time as_of) {
  std::vector<const Fact*> logged;
  for (const Fact& fact : facts) {
    if (fact.kind == FactKind::kServiceCostLogged) logged.push_back(&fact);
  }
  std::sort(logged.begin(), logged.end(), [](const Fact* a, const Fact* b) {
    return std::tie(a->source, a->position) < std::tie(b->source, b->position);
  });
  std::vector<TaskCost> costs;
  const Fact* before = nullptr;
  for (const Fact* fact : logged) {
    const bool same_task = before != nullptr && before->source == fact->source;
    if (same_task && before->position == fact->position) continue;  // Told twice.
    const Decimal added = same_task ? fact->cost - before->cost : fact->cost;
    if (fact->event_time <= as_of) costs.push_back({fact->event_time, added});
    before = fact;
  }
  return costs;
}

}  // namespace clientele::value
