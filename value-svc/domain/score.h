#ifndef VALUE_SVC_DOMAIN_SCORE_H_
#define VALUE_SVC_DOMAIN_SCORE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "value-svc/domain/figures.h"
#include "value-svc/domain/observations.h"
#include "value-svc/domain/scoring_model.h"
#include "value-svc/domain/tier_state.h"

namespace clientele::value {

// Integers that add up: score = middle + Σ contribution, and 0 ≤ score ≤ 100,000,000.
struct Contributions {
  int64_t score_micros = 0;
  PerFactor<int64_t> contribution_micros;
  friend bool operator==(const Contributions&, const Contributions&) = default;
};

// Σ weight × (factor − middle), rounded once; the contributions are rounded by largest remainder, so that
// they sum to it exactly. `weight_micros` must sum to 1,000,000, factors lie in 0 to 100,000,000.
Contributions Contribute(const PerFactor<int64_t>& weight_micros, const PerFactor<int64_t>& factor_micros);

// One customer's score, with what it was made from.
struct Score {
  Id customer;
  Id model;
  absl::Time as_of;
  TierState tier;
  int64_t score_micros = 0;
  PerFactor<int64_t> factor_micros;
  PerFactor<int64_t> contribution_micros;
  PerFactor<int64_t> raw_micros;

  // The parts of the raw figures, for the explanation and for the pyramid.
  Decimal revenue;
  Decimal profit;
  int64_t order_count = 0;
  int64_t open_opportunity_count = 0;
  Decimal expected_pipeline;
  Decimal pipeline_deviation;
  bool pipeline_by_age = false;
  Decimal
      value_at_risk;  // Revenue × (1 − probability alive), of who has any and bought by a basis that tells.
  int64_t due_order_count = 0;
  int64_t late_order_count = 0;
  Decimal open_amount;
  Decimal overdue_amount;
  Decimal credit_limit;  // 0 without one.
  int64_t days_beyond_terms_micros = 0;
  int64_t interaction_count = 0;
  Decimal cost_to_serve;
  int64_t won_referral_count = 0;
  RepeatSales repeat;
  // None without an order, or without an interaction that was held.
  std::optional<absl::Time> last_order_time;
  std::optional<absl::Time> last_interaction_time;

  friend bool operator==(const Score&, const Score&) = default;
};

// Scores customers under one model. Not thread-safe: it remembers what customers have in common.
class Scorer {
 public:
  // `model` must outlive it.
  explicit Scorer(const ScoringModel& model)
      : model_(model), predictor_(PredictorOf(model.pooled.sales, model.horizon_days)) {}

  Figures FiguresOf(const Observations& observations) {
    return ComputeFigures(observations, model_.pooled, predictor_);
  }
  PerFactor<int64_t> Normalize(const PerFactor<int64_t>& raw_micros) const;
  // The score without its tier, which depends on the tier before.
  Score ScoreOf(const Observations& observations, absl::Time as_of);

 private:
  const ScoringModel& model_;
  SalesPredictor predictor_;
};

// One sentence on how the factor's raw figure came about.
std::string Explain(const Score& score, Factor factor, const ScoringModel& model);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_SCORE_H_
