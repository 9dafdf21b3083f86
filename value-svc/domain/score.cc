#include "value-svc/domain/score.h"

#include <algorithm>
#include <array>

#include "absl/numeric/int128.h"
#include "value-svc/domain/storable.h"

namespace clientele::value {
namespace {

constexpr int64_t kMicros = 1'000'000;

struct Divided {
  absl::int128 quotient;  // Rounded down, also below 0.
  int64_t rest;           // 0 to 999,999.
};

Divided DivideByMicros(absl::int128 value) {
  absl::int128 quotient = value / kMicros;
  int64_t rest = static_cast<int64_t>(value % kMicros);
  if (rest < 0) {
    rest += kMicros;
    quotient -= 1;
  }
  return {quotient, rest};
}

}  // namespace

Contributions Contribute(const PerFactor<int64_t>& weight_micros, const PerFactor<int64_t>& factor_micros) {
  Contributions result;
  absl::int128 exact_sum = 0, rounded_down_sum = 0;
  PerFactor<int64_t> rest;
  for (Factor factor : kFactors) {
    const absl::int128 exact =
        absl::int128{weight_micros[factor]} * (factor_micros[factor] - kMiddleScoreMicros);
    const Divided divided = DivideByMicros(exact);
    result.contribution_micros[factor] = static_cast<int64_t>(divided.quotient);
    rest[factor] = divided.rest;
    exact_sum += exact;
    rounded_down_sum += divided.quotient;
  }
  const absl::int128 sum = DivideByMicros(exact_sum + kMicros / 2).quotient;
  result.score_micros = kMiddleScoreMicros + static_cast<int64_t>(sum);

  // As many millionths as rounding down lost go to the factors that lost most; ties by the order of the enum.
  std::array<Factor, kFactorCount> by_rest;
  std::copy(std::begin(kFactors), std::end(kFactors), by_rest.begin());
  std::stable_sort(by_rest.begin(), by_rest.end(), [&](Factor a, Factor b) { return rest[a] > rest[b]; });
  const int64_t lost = static_cast<int64_t>(sum - rounded_down_sum);
  for (int64_t i = 0; i < lost; ++i) ++result.contribution_micros[by_rest[i]];
  return result;
}

PerFactor<int64_t> Scorer::Normalize(const PerFactor<int64_t>& raw_micros) const {
  PerFactor<int64_t> factors;
  for (Factor factor : kFactors) {
    factors[factor] =
        model_.reference[factor].NormalizeMicros(model_.normalization[factor], raw_micros[factor]);
  }
  return factors;
}

Score Scorer::ScoreOf(const Observations& observations, absl::Time as_of) {
  const Figures figures = FiguresOf(observations);
  Score score;
  score.customer = observations.customer;
  score.model = model_.id;
  score.as_of = as_of;
  score.raw_micros = figures.raw_micros;
  score.factor_micros = Normalize(figures.raw_micros);
  const Contributions contributions = Contribute(model_.weight_micros, score.factor_micros);
  score.score_micros = contributions.score_micros;
  score.contribution_micros = contributions.contribution_micros;
  score.revenue = Storable(observations.revenue);
  score.profit = Storable(observations.revenue - observations.order_cost - observations.cost_to_serve);
  score.order_count = observations.order_count;
  score.open_opportunity_count = observations.open_opportunity_count;
  score.expected_pipeline = Storable(figures.expected_pipeline);
  score.pipeline_deviation = Storable(figures.pipeline_deviation);
  score.pipeline_by_age = figures.pipeline_by_age;
  if (observations.revenue > Decimal() && figures.repeat.basis != SalesBasis::kNone) {
    score.value_at_risk =
        score.revenue * Decimal::FromMicros(1'000'000 - figures.repeat.probability_alive_micros);
  }
  score.due_order_count = observations.due_order_count;
  score.late_order_count = observations.late_order_count;
  score.open_amount = Storable(observations.open_amount);
  score.overdue_amount = Storable(observations.overdue_amount);
  score.credit_limit = observations.credit_limit;
  score.days_beyond_terms_micros = figures.days_beyond_terms_micros;
  score.interaction_count = observations.interaction_count;
  score.cost_to_serve = Storable(observations.cost_to_serve);
  score.won_referral_count = observations.won_referral_count;
  score.repeat = figures.repeat;
  score.last_order_time = observations.last_order_time;
  score.last_interaction_time = observations.last_interaction_time;
  return score;
}

}  // namespace clientele::value
