#include "value-svc/rpc/encode.h"

#include "servicekit/rpc/convert.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"
#include "value-svc/operations/apply_feeds.h"

namespace clientele::value {
namespace {

using servicekit::NameOf;

std::string SourceName(const Fact& fact) {
  switch (fact.kind) {
    case FactKind::kOrderPlaced:
      return NameOf("orders", fact.source);
    case FactKind::kPaymentReceived:
      return NameOf("orders", fact.order.value_or(Id()), "payments", fact.source);
    case FactKind::kOpportunityChanged:
      return NameOf("opportunities", fact.source);
    case FactKind::kReferralRecorded:
    case FactKind::kReferralCancelled:
      return NameOf("referrals", fact.source);
    case FactKind::kInteractionHeld:
      return NameOf("customers", fact.customer, "interactions", fact.source);
    case FactKind::kOrderCancelled:
      return NameOf("orders", fact.source);
    case FactKind::kOrderReturned:
      return NameOf("orders", fact.order.value_or(Id()), "returns", fact.source);
    case FactKind::kServiceCostLogged:
      return NameOf("serviceProjects", fact.service_project.value_or(Id()), "tasks", fact.source);
    case FactKind::kCreditLimitSet:
      return servicekit::StrCat(NameOf("customers", fact.source), "/creditLimit");
  }
  return "";
}

}  // namespace

google::type::Money EncodeMoney(Decimal amount, const std::string& base_currency) {
  return servicekit::ToProto(servicekit::Money{base_currency, amount});
}

v1::Fact Encode(const Fact& fact, const std::string& base_currency) {
  v1::Fact encoded;
  encoded.set_name(NameOf("customers", fact.customer, "facts", fact.id));
  encoded.set_kind(static_cast<v1::Fact::Kind>(fact.kind));
  *encoded.mutable_event_time() = servicekit::ToProto(fact.event_time);
  *encoded.mutable_amount() = EncodeMoney(fact.amount, base_currency);
  *encoded.mutable_cost() = EncodeMoney(fact.cost, base_currency);
  encoded.set_source(SourceName(fact));
  if (fact.kind != FactKind::kOrderPlaced || !fact.due_time.has_value()) return encoded;
  const std::vector<Due> all_at_once = {{*fact.due_time, fact.amount}};
  for (const Due& due : fact.dues.empty() ? all_at_once : fact.dues) {
    v1::Fact::Due& told = *encoded.add_dues();
    const absl::CivilDay day = absl::ToCivilDay(due.time, absl::UTCTimeZone());
    told.mutable_date()->set_year(static_cast<int32_t>(day.year()));
    told.mutable_date()->set_month(day.month());
    told.mutable_date()->set_day(day.day());
    *told.mutable_amount() = EncodeMoney(due.amount, base_currency);
  }
  return encoded;
}

v1::Score Encode(const Score& score, const ScoringModel& model) {
  v1::Score encoded;
  encoded.set_name(servicekit::StrCat(NameOf("customers", score.customer), "/score"));
  encoded.set_score_micros(score.score_micros);
  encoded.set_baseline_micros(kMiddleScoreMicros);
  encoded.set_tier(static_cast<v1::Tier>(score.tier.tier));
  const Contributions contributions = Contribute(model.weight_micros, score.factor_micros);
  for (Factor factor : kFactors) {
    v1::FactorScore& part = *encoded.add_factors();
    part.set_factor(static_cast<v1::Factor>(factor));
    part.set_score_micros(score.factor_micros[factor]);
    part.set_weight_micros(model.weight_micros[factor]);
    part.set_contribution_micros(contributions.contribution_micros[factor]);
    part.set_raw_micros(score.raw_micros[factor]);
    part.set_explanation(Explain(score, factor, model));
  }
  encoded.set_pending_tier(static_cast<v1::Tier>(score.tier.pending));
  encoded.set_pending_confirmations(static_cast<int32_t>(score.tier.confirmations));
  *encoded.mutable_revenue() = EncodeMoney(score.revenue, model.base_currency);
  *encoded.mutable_profit() = EncodeMoney(score.profit, model.base_currency);
  *encoded.mutable_value_at_risk() = EncodeMoney(score.value_at_risk, model.base_currency);
  encoded.set_scoring_model(NameOf("scoringModels", score.model));
  *encoded.mutable_as_of_time() = servicekit::ToProto(score.as_of);
  v1::RepeatSales& repeat = *encoded.mutable_repeat_sales();
  repeat.set_basis(static_cast<v1::RepeatSales::Basis>(score.repeat.basis));
  repeat.set_probability_alive_micros(score.repeat.probability_alive_micros);
  repeat.set_expected_purchases_micros(score.repeat.expected_purchases_micros);
  *repeat.mutable_expected_spend() = EncodeMoney(score.repeat.expected_spend, model.base_currency);
  *repeat.mutable_expected_revenue() = EncodeMoney(score.repeat.expected_revenue, model.base_currency);
  return encoded;
}

v1::ScoringModel Encode(const ScoringModel& model) {
  v1::ScoringModel encoded;
  encoded.set_name(NameOf("scoringModels", model.id));
  encoded.set_version(model.version);
  encoded.set_display_name(model.display_name);
  encoded.set_etag(servicekit::EtagOf(model.revision));
  encoded.set_state(static_cast<v1::ScoringModel::State>(model.state));
  for (Factor factor : kFactors) {
    v1::ScoringModel::FactorWeight& weight = *encoded.add_weights();
    weight.set_factor(static_cast<v1::Factor>(factor));
    weight.set_weight_micros(model.weight_micros[factor]);
    weight.set_normalization(static_cast<v1::ScoringModel::Normalization>(model.normalization[factor]));
  }
  for (const FactorComparison& comparison : model.comparisons) {
    v1::ScoringModel::Comparison& pair = *encoded.add_comparisons();
    pair.set_factor(static_cast<v1::Factor>(comparison.factor));
    pair.set_other(static_cast<v1::Factor>(comparison.other));
    pair.set_ratio(comparison.ratio);
  }
  encoded.set_consistency_ratio_micros(model.consistency_ratio_micros);
  encoded.set_horizon_days(static_cast<int32_t>(model.horizon_days));
  encoded.set_tier_mode(static_cast<v1::ScoringModel::TierMode>(model.tier_mode));
  for (int64_t share : model.tier_share_micros) encoded.add_tier_share_micros(share);
  for (int64_t threshold : model.tier_threshold_micros) encoded.add_tier_threshold_micros(threshold);
  encoded.set_hysteresis_margin_micros(model.hysteresis.margin_micros);
  encoded.set_hysteresis_confirmations(static_cast<int32_t>(model.hysteresis.confirmations));
  for (const auto& [channel, rate] : model.activity_rates) {
    v1::ScoringModel::ActivityRate& activity = *encoded.add_activity_rates();
    activity.set_channel(std::string(ChannelName(channel)));
    activity.set_rate_micros(static_cast<int64_t>(rate.micros()));
  }
  encoded.mutable_credit_terms()->set_grace_days(static_cast<int32_t>(model.grace_days));
  encoded.mutable_credit_terms()->set_default_terms_days(static_cast<int32_t>(model.default_terms_days));
  if (model.state == ModelState::kDraft) return encoded;
  encoded.set_reference_size(model.reference_size);
  *encoded.mutable_publish_time() = servicekit::ToProto(model.publish_time);
  encoded.set_base_currency_code(model.base_currency);
  *encoded.mutable_as_of_time() = servicekit::ToProto(model.as_of);
  return encoded;
}

v1::ScoringRun Encode(const ScoringRun& run, const RunProgress& progress) {
  v1::ScoringRun encoded;
  encoded.set_name(NameOf("scoringRuns", run.id));
  encoded.set_purpose(static_cast<v1::ScoringRun::Purpose>(run.purpose));
  encoded.set_state(static_cast<v1::ScoringRun::State>(run.state));
  encoded.set_scoring_model(NameOf("scoringModels", run.model));
  *encoded.mutable_as_of_time() = servicekit::ToProto(run.as_of);
  *encoded.mutable_create_time() = servicekit::ToProto(run.create_time);
  if (run.finish_time.has_value()) *encoded.mutable_finish_time() = servicekit::ToProto(*run.finish_time);
  encoded.set_customer_count(progress.customers);
  encoded.set_read_count(progress.read);
  encoded.set_scored_count(progress.scored);
  if (run.previous.has_value()) encoded.set_previous_run(NameOf("scoringRuns", *run.previous));
  return encoded;
}

}  // namespace clientele::value
