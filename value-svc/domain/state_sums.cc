#include "value-svc/domain/state_sums.h"

#include <algorithm>
#include <limits>

#include "value-svc/domain/migration.h"

namespace clientele::value {
namespace {

int64_t Clipped(Decimal amount) {
  constexpr absl::int128 kLowest = std::numeric_limits<int64_t>::min(),
                         kHighest = std::numeric_limits<int64_t>::max();
  return static_cast<int64_t>(std::clamp(amount.micros(), kLowest, kHighest));
}

}  // namespace

void PyramidSums::Add(const StateRow& row) {
  Sum& sum = tiers_[static_cast<size_t>(row.tier)];
  const bool first = sum.count == 0;
  ++sum.count;
  sum.revenue += row.revenue;
  sum.profit += row.profit;
  sum.value_at_risk += row.value_at_risk;
  sum.lowest_score_micros = first ? row.score_micros : std::min(sum.lowest_score_micros, row.score_micros);
  sum.highest_score_micros = first ? row.score_micros : std::max(sum.highest_score_micros, row.score_micros);
  if (row.revenue == Decimal() && row.profit == Decimal()) return;
  revenue_micros_.push_back(Clipped(row.revenue));
  profit_micros_.push_back(Clipped(row.profit));
}

PyramidSums::Sum PyramidSums::Whole() const {
  Sum whole;
  for (const Sum& sum : tiers_) {
    whole.count += sum.count;
    whole.revenue += sum.revenue;
    whole.profit += sum.profit;
    whole.value_at_risk += sum.value_at_risk;
  }
  return whole;
}

void MoveSums::Add(const StateRow* before, const StateRow& after) {
  const Tier from = before == nullptr ? Tier::kNone : before->tier;
  std::optional<Factor> driver;
  if (before != nullptr) {
    driver = MigrationDriver(from, after.tier, before->contribution_micros, after.contribution_micros);
  }
  TierMove& move = moves_[static_cast<size_t>(from)][static_cast<size_t>(after.tier)]
                         [driver.has_value() ? static_cast<size_t>(*driver) : 0];
  move.from = from;
  move.to = after.tier;
  move.driver = driver;
  ++move.count;
  move.to_revenue += after.revenue;
  move.to_profit += after.profit;
  if (before == nullptr) return;
  move.from_revenue += before->revenue;
  move.from_profit += before->profit;
}

std::vector<TierMove> MoveSums::Moves() const {
  std::vector<TierMove> moves;
  for (const auto& from : moves_) {
    for (const auto& to : from) {
      std::copy_if(to.begin(), to.end(), std::back_inserter(moves),
                   [](const TierMove& move) { return move.count > 0; });
    }
  }
  return moves;
}

}  // namespace clientele::value
