#include "value-svc/domain/portfolio/reference_value.h"

#include <cmath>

namespace clientele::value {

int64_t FadingMicros(int64_t days_ago, double discount_rate_a_year) {
  constexpr double kWhole = 1e6, kDaysPerYear = 365.25;
  const double years = static_cast<double>(days_ago) / kDaysPerYear;
  return std::llround(kWhole * std::pow(1 + discount_rate_a_year, -years));
}

bool ReferralGraph::IsCircle(Id referrer, Id referred) const {
  absl::flat_hash_set<Id> reached = {referred};
  std::vector<Id> left = {referred};
  while (!left.empty()) {
    const Id next = left.back();
    left.pop_back();
    if (next == referrer) return true;
    const auto found = helped_.find(next);
    if (found == helped_.end()) continue;
    for (Id helped : found->second) {
      if (reached.insert(helped).second) left.push_back(helped);
    }
  }
  return false;
}

}  // namespace clientele::value
