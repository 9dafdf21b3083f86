#include "value-svc/rpc/decode_model.h"

#include <algorithm>
#include <utility>

#include "servicekit/rpc/request_check.h"
#include "servicekit/types/error.h"
#include "value-svc/domain/factor_weights.h"
#include "value-svc/operations/apply_feeds.h"

namespace clientele::value {
namespace {

using servicekit::Violations;

constexpr size_t kLongestName = 128;

bool IsFactor(v1::Factor factor) {
  return factor >= v1::SALES_CONTRIBUTION && factor <= v1::DEMONSTRATION_EFFECT;
}

void DecodeWeights(const v1::ScoringModel& message, ScoringModel& model, Violations& violations) {
  if (message.weights().empty()) return;
  model.weight_micros = {};
  for (const auto& weight : message.weights()) {
    if (!IsFactor(weight.factor())) {
      violations.Add("weights", "there is no such factor");
      continue;
    }
    const Factor factor = static_cast<Factor>(weight.factor());
    model.weight_micros[factor] += weight.weight_micros();
    if (!v1::ScoringModel::Normalization_IsValid(weight.normalization())) {
      violations.Add("weights", "there is no such normalization");
    } else if (weight.normalization() != v1::ScoringModel::NORMALIZATION_UNSPECIFIED) {
      model.normalization[factor] = static_cast<Normalization>(weight.normalization());
    } else {
      model.normalization[factor] = Normalization::kPercentile;
    }
  }
}

void DecodeComparisons(const v1::ScoringModel& message, ScoringModel& model, Violations& violations) {
  model.comparisons.clear();
  for (const auto& pair : message.comparisons()) {
    if (!IsFactor(pair.factor()) || !IsFactor(pair.other())) {
      violations.Add("comparisons", "there is no such factor");
      return;
    }
    model.comparisons.push_back(
        {static_cast<Factor>(pair.factor()), static_cast<Factor>(pair.other()), pair.ratio()});
  }
}

void DecodeTiers(const v1::ScoringModel& message, ScoringModel& model, Violations& violations) {
  if (message.tier_mode() == v1::ScoringModel::CUMULATIVE_SHARES)
    model.tier_mode = TierMode::kCumulativeShares;
  if (message.tier_mode() == v1::ScoringModel::THRESHOLDS) model.tier_mode = TierMode::kThresholds;
  if (!v1::ScoringModel::TierMode_IsValid(message.tier_mode())) {
    violations.Add("tier_mode", "there is no such mode");
  }
  if (!message.tier_share_micros().empty()) {
    if (message.tier_share_micros_size() == static_cast<int>(kCutTierCount)) {
      std::copy(message.tier_share_micros().begin(), message.tier_share_micros().end(),
                model.tier_share_micros.begin());
    } else {
      violations.Add("tier_share_micros", "there are four: for TOP, BIG, MEDIUM and SMALL");
    }
  }
  if (!message.tier_threshold_micros().empty()) {
    if (message.tier_threshold_micros_size() == static_cast<int>(kCutTierCount) - 1) {
      std::copy(message.tier_threshold_micros().begin(), message.tier_threshold_micros().end(),
                model.tier_threshold_micros.begin());
    } else {
      violations.Add("tier_threshold_micros", "there are three: for TOP, BIG and MEDIUM");
    }
  }
}

void DecodeRates(const v1::ScoringModel& message, ScoringModel& model, Violations& violations) {
  if (message.activity_rates().empty()) return;
  model.activity_rates.clear();
  for (const auto& rate : message.activity_rates()) {
    const Channel channel = ChannelNamed(rate.channel());
    if (channel == Channel::kNone) {
      violations.Add("activity_rates", "there is no such channel");
    } else {
      model.activity_rates[channel] = Decimal::FromMicros(rate.rate_micros());
    }
  }
}

}  // namespace

absl::StatusOr<ScoringModel> DecodeModel(const v1::ScoringModel& message, ScoringModel base) {
  ScoringModel model = std::move(base);
  Violations violations;
  servicekit::CheckLength(violations, "display_name", message.display_name(), kLongestName);
  if (!message.display_name().empty()) model.display_name = message.display_name();
  DecodeWeights(message, model, violations);
  // Weights that are given directly stand instead of comparisons from before.
  if (!message.comparisons().empty() || !message.weights().empty()) {
    DecodeComparisons(message, model, violations);
  }
  if (message.horizon_days() != 0) model.horizon_days = message.horizon_days();
  DecodeTiers(message, model, violations);
  if (message.hysteresis_margin_micros() != 0) {
    model.hysteresis.margin_micros = message.hysteresis_margin_micros();
  }
  if (message.hysteresis_confirmations() != 0) {
    model.hysteresis.confirmations = message.hysteresis_confirmations();
    // Both are one rule: whoever says how often also says by how much.
    model.hysteresis.margin_micros = message.hysteresis_margin_micros();
  }
  DecodeRates(message, model, violations);
  if (message.has_credit_terms()) {
    model.grace_days = message.credit_terms().grace_days();
    model.default_terms_days = message.credit_terms().default_terms_days();
  }
  if (!violations.empty()) return violations.status();
  absl::Status status = WeighByComparisons(model);
  if (status.ok()) status = CheckScoringModel(model);
  if (!status.ok()) return status;
  return model;
}

}  // namespace clientele::value
