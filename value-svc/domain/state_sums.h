#ifndef VALUE_SVC_DOMAIN_STATE_SUMS_H_
#define VALUE_SVC_DOMAIN_STATE_SUMS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "value-svc/domain/state_row.h"

namespace clientele::value {

// Adds the customers of a state up to a pyramid, in any order, exactly.
class PyramidSums {
 public:
  struct Sum {
    int64_t count = 0;
    Decimal revenue;
    Decimal profit;
    Decimal value_at_risk;
    int64_t lowest_score_micros = 0;
    int64_t highest_score_micros = 0;

    friend bool operator==(const Sum&, const Sum&) = default;
  };

  void Add(const StateRow& row);

  const Sum& Of(Tier tier) const { return tiers_[static_cast<size_t>(tier)]; }
  // Of all tiers; it has no scores.
  Sum Whole() const;
  // Revenue and profit of those who have any of the two, in micro-units, clipped to 64 bits.
  const std::vector<int64_t>& revenue_micros() const { return revenue_micros_; }
  const std::vector<int64_t>& profit_micros() const { return profit_micros_; }

 private:
  std::array<Sum, static_cast<size_t>(Tier::kInactive) + 1> tiers_;
  std::vector<int64_t> revenue_micros_, profit_micros_;
};

// Those who moved between the same two tiers, or stayed, with the same driver.
struct TierMove {
  Tier from = Tier::kNone;  // kNone: was not there before.
  Tier to = Tier::kNone;
  std::optional<Factor> driver;
  int64_t count = 0;
  Decimal from_revenue, to_revenue, from_profit, to_profit;

  friend bool operator==(const TierMove&, const TierMove&) = default;
};

// Adds customers up to the moves between two states, in any order, exactly.
class MoveSums {
 public:
  // `before` is nullptr for who was not there.
  void Add(const StateRow* before, const StateRow& after);
  // Those that there are, by tier before, tier after, and driver.
  std::vector<TierMove> Moves() const;

 private:
  static constexpr size_t kTiers = static_cast<size_t>(Tier::kInactive) + 1;
  // By tier before, tier after, and the driver's number, 0 for none.
  std::array<std::array<std::array<TierMove, kFactorCount + 1>, kTiers>, kTiers> moves_;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_STATE_SUMS_H_
