#include "value-svc/domain/scoring_model.h"

#include "servicekit/types/error.h"

namespace clientele::value {

ScoringModel DefaultScoringModel() {
  ScoringModel model;
  model.weight_micros[Factor::kSalesContribution] = 300'000;
  model.weight_micros[Factor::kSalesExpectation] = 250'000;
  model.weight_micros[Factor::kCredit] = 150'000;
  model.weight_micros[Factor::kProfitContribution] = 200'000;
  model.weight_micros[Factor::kDemonstrationEffect] = 100'000;
  model.tier_share_micros = {10'000, 50'000, 200'000, 1'000'000};
  model.tier_threshold_micros = {90'000'000, 75'000'000, 50'000'000};
  model.hysteresis = {.margin_micros = 1'000'000, .confirmations = 2};
  return model;
}

absl::Status CheckScoringModel(const ScoringModel& model) {
  servicekit::Violations violations;
  int64_t sum = 0;
  for (Factor factor : kFactors) {
    const int64_t weight = model.weight_micros[factor];
    if (weight < 0 || weight > 1'000'000) violations.Add("weights", "a weight lies between 0 and 1,000,000");
    sum += weight;
  }
  if (sum != 1'000'000) violations.Add("weights", "weights sum to 1,000,000");
  int64_t before = 0;
  for (int64_t share : model.tier_share_micros) {
    if (share <= before) violations.Add("tier_share_micros", "shares rise from tier to tier");
    before = share;
  }
  if (before != 1'000'000) violations.Add("tier_share_micros", "the last share is 1,000,000");
  if (model.horizon_days < 4 || model.horizon_days > 3650) {
    violations.Add("horizon_days", "the horizon is 4 to 3,650 days");
  }
  int64_t threshold_before = kFullScoreMicros + 1;
  for (int64_t threshold : model.tier_threshold_micros) {
    if (threshold <= 0 || threshold >= threshold_before) {
      violations.Add("tier_threshold_micros", "thresholds fall from tier to tier, between 100,000,000 and 1");
    }
    threshold_before = threshold;
  }
  if (model.hysteresis.margin_micros < 0 || model.hysteresis.margin_micros > 20'000'000) {
    violations.Add("hysteresis_margin_micros", "the margin is 0 to 20,000,000");
  }
  if (model.hysteresis.confirmations < 1 || model.hysteresis.confirmations > 12) {
    violations.Add("hysteresis_confirmations", "confirmed in 1 to 12 runs");
  }
  if (model.grace_days < 0 || model.grace_days > 90) {
    violations.Add("credit_terms.grace_days", "0 to 90 days of grace");
  }
  if (model.default_terms_days < 0 || model.default_terms_days > 365) {
    violations.Add("credit_terms.default_terms_days", "0 to 365 days");
  }
  for (const auto& [channel, rate] : model.activity_rates) {
    if (rate < Decimal() || !rate.InRange()) violations.Add("activity_rates", "a rate is 0 or more");
  }
  return violations.status();
}

}  // namespace clientele::value
