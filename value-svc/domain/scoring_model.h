#ifndef VALUE_SVC_DOMAIN_SCORING_MODEL_H_
#define VALUE_SVC_DOMAIN_SCORING_MODEL_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "value-svc/domain/expectation/sales_model.h"
#include "value-svc/domain/observations.h"
#include "value-svc/domain/reference.h"

namespace clientele::value {

// The numbers are stored and are the contract's.
enum class Factor {
  kSalesContribution = 1,
  kSalesExpectation = 2,
  kCredit = 3,
  kProfitContribution = 4,
  kDemonstrationEffect = 5,
};
inline constexpr size_t kFactorCount = 5;
inline constexpr Factor kFactors[kFactorCount] = {Factor::kSalesContribution, Factor::kSalesExpectation,
                                                  Factor::kCredit, Factor::kProfitContribution,
                                                  Factor::kDemonstrationEffect};

// Something for each factor, in the order of the enum.
template <typename T>
class PerFactor {
 public:
  PerFactor() = default;
  explicit PerFactor(const T& all) { values_.fill(all); }
  T& operator[](Factor factor) { return values_[static_cast<size_t>(factor) - 1]; }
  const T& operator[](Factor factor) const { return values_[static_cast<size_t>(factor) - 1]; }
  friend bool operator==(const PerFactor&, const PerFactor&) = default;

 private:
  std::array<T, kFactorCount> values_{};
};

enum class Tier { kNone = 0, kTop = 1, kBig = 2, kMedium = 3, kSmall = 4, kInactive = 5 };
// The tiers that active customers are cut into, from the top.
inline constexpr size_t kCutTierCount = 4;
inline constexpr Tier kCutTiers[kCutTierCount] = {Tier::kTop, Tier::kBig, Tier::kMedium, Tier::kSmall};

enum class ModelState { kDraft = 1, kPublished = 2, kRetired = 3 };

// What all customers together say about those with little history. Frozen with the model: adding customers
// moves nobody. Kept as sums, so that it is exact.
struct PooledRates {
  int64_t buyer_count = 0;  // Customers who ever ordered.
  int64_t order_count = 0;  // All their orders.
  Decimal order_revenue;
  int64_t buyer_days = 0;       // Σ days since the first order.
  int64_t due_order_count = 0;  // Orders that say something about payment.
  int64_t credit_micros = 0;  // Mean of customers' payment scores, each counted by its number of due orders.
  SalesModel sales;           // Fitted to the purchases of all.

  int64_t repeat_order_count() const { return order_count - buyer_count; }
  friend bool operator==(const PooledRates&, const PooledRates&) = default;
};

// Where a tier ends: the last customer in it when the model was published. Empty tiers have none.
struct Boundary {
  int64_t score_micros = 0;
  Id customer;
  friend bool operator==(const Boundary&, const Boundary&) = default;
};

// How tiers are cut. The numbers are stored and are the contract's.
enum class TierMode { kCumulativeShares = 1, kThresholds = 2 };

// `factor` counts `ratio` times as much as `other`.
struct FactorComparison {
  Factor factor = Factor::kSalesContribution;
  Factor other = Factor::kSalesContribution;
  double ratio = 1;
  friend bool operator==(const FactorComparison&, const FactorComparison&) = default;
};

// What keeps a tier from changing with every wind: how far past a boundary a score must lie (in millionths of
// a point, which is one percentile), and in how many runs in a row.
struct Hysteresis {
  int64_t margin_micros = 0;
  int64_t confirmations = 1;
  friend bool operator==(const Hysteresis&, const Hysteresis&) = default;
};

using Boundaries = std::array<std::optional<Boundary>, kCutTierCount>;

// Under what customers are scored: chosen by people (weights, horizon, how tiers are cut) and frozen at
// publication (pooled rates with what was fitted, reference, boundaries).
struct ScoringModel {
  Id id;
  int64_t version = 0;
  int64_t revision = 1;  // Of a draft: rises with each change.
  ModelState state = ModelState::kPublished;
  std::string display_name;
  PerFactor<int64_t> weight_micros;
  std::vector<FactorComparison>
      comparisons;  // What the weights follow from; empty when they were chosen directly.
  int64_t consistency_ratio_micros = 0;
  PerFactor<Normalization> normalization{Normalization::kPercentile};
  int64_t horizon_days = 365;
  TierMode tier_mode = TierMode::kCumulativeShares;
  std::array<int64_t, kCutTierCount> tier_share_micros{};
  std::array<int64_t, kCutTierCount - 1> tier_threshold_micros{};
  Hysteresis hysteresis;
  int64_t grace_days = 0;
  int64_t default_terms_days = 0;
  std::map<Channel, Decimal> activity_rates;

  Boundaries boundaries;
  PooledRates pooled;
  PerFactor<ReferenceDistribution> reference;
  int64_t reference_size = 0;
  std::string base_currency;
  absl::Time publish_time;
  absl::Time as_of;
  // True when `as_of` was asked for; otherwise rescoring one customer goes by the time of that day.
  bool as_of_fixed = false;

  absl::Duration horizon() const { return absl::Hours(24) * horizon_days; }
  ObservationTerms terms() const { return {horizon(), grace_days, default_terms_days, activity_rates}; }
};

// The default model: see the README for why.
ScoringModel DefaultScoringModel();

// INVALID_ARGUMENT with every field that is wrong: the README has the ranges.
absl::Status CheckScoringModel(const ScoringModel& model);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_SCORING_MODEL_H_
