#include "value-svc/domain/spending.h"

#include <cmath>
#include <map>
#include <tuple>
#include <utility>

namespace clientele::value {
namespace {

constexpr double kMicros = 1e6;

struct Sum {
  Spending spending;
  double variance = 0;
  double squared_by_freedom = 0;  // Σ variance² ÷ degrees of freedom.
  double earned = 0;              // Σ uplift × margin.
};

void Add(const MeasuredAction& measured, Sum& sum) {
  const Action& action = measured.action;
  const double treated = static_cast<double>(measured.treated.size());
  ++sum.spending.action_count;
  sum.spending.cost += CostOf(action, measured.treated.size());
  sum.spending.treated_count += measured.treated.size();
  std::optional<Difference> difference = Compare(measured.treated, measured.held_out);
  if (!difference.has_value()) return;
  const std::optional<Cuped> cuped = CompareWithBefore(measured.treated, measured.held_out);
  if (cuped.has_value() && cuped->variance_reduction > 0) difference = cuped->difference;
  // Too few to tell: what that brought is not known, and counts as nothing.
  if (!difference->reliable) return;
  double margin = static_cast<double>(action.margin_micros) / kMicros;
  if (action.margin_micros == 0) margin = measured.revenue > 0 ? measured.profit / measured.revenue : 0;
  sum.spending.uplift += difference->effect * treated;
  const double variance = difference->standard_error * difference->standard_error * treated * treated;
  sum.variance += variance;
  sum.squared_by_freedom += variance * variance / difference->degrees_of_freedom;
  sum.earned += difference->effect * treated * margin;
}

}  // namespace

std::vector<Spending> SumSpending(absl::Span<const MeasuredAction> actions) {
  std::map<std::tuple<std::optional<Id>, Department, Goal>, Sum> sums;
  for (const MeasuredAction& measured : actions) {
    if (measured.treated.size() + measured.held_out.size() == 0) continue;
    const Action& action = measured.action;
    if (measured.target_market.has_value()) {
      Add(measured, sums[{measured.target_market, Department::kNone, Goal::kNone}]);
    } else {
      Add(measured, sums[{std::nullopt, action.department, action.goal}]);
    }
  }
  std::vector<Spending> rows;
  for (auto& [key, sum] : sums) {
    Spending& row = sum.spending;
    std::tie(row.target_market, row.department, row.goal) = key;
    row.uplift_low = row.uplift_high = row.uplift;
    if (sum.variance > 0) {
      const double freedom = sum.variance * sum.variance / sum.squared_by_freedom;
      const double half = IntervalHalf(freedom) * std::sqrt(sum.variance);
      row.uplift_low -= half;
      row.uplift_high += half;
    }
    row.incremental_return = IncrementalReturn(sum.earned, 1, row.cost);
    rows.push_back(row);
  }
  return rows;
}

}  // namespace clientele::value
