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
  return violations.status();
}

}  // namespace clientele::value
