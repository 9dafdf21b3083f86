#include "value-svc/rpc/encode.h"

#include "servicekit/rpc/convert.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

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
      return NameOf("referrals", fact.source);
    case FactKind::kInteractionHeld:
      return NameOf("customers", fact.customer, "interactions", fact.source);
    case FactKind::kOrderCancelled:
      return NameOf("orders", fact.source);
    case FactKind::kOrderReturned:
      return NameOf("orders", fact.order.value_or(Id()), "returns", fact.source);
    case FactKind::kServiceCostLogged:
      return NameOf("serviceProjects", fact.service_project.value_or(Id()), "tasks", fact.source);
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
  return encoded;
}

v1::Score Encode(const Score& score, const ScoringModel& model) {
  v1::Score encoded;
  encoded.set_name(servicekit::StrCat(NameOf("customers", score.customer), "/score"));
  encoded.set_score_micros(score.score_micros);
  encoded.set_baseline_micros(kMiddleScoreMicros);
  encoded.set_tier(static_cast<v1::Tier>(score.tier));
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
  encoded.set_scoring_model(NameOf("scoringModels", score.model));
  *encoded.mutable_as_of_time() = servicekit::ToProto(score.as_of);
  return encoded;
}

v1::ScoringModel Encode(const ScoringModel& model) {
  v1::ScoringModel encoded;
  encoded.set_name(NameOf("scoringModels", model.id));
  encoded.set_version(model.version);
  for (Factor factor : kFactors) {
    v1::ScoringModel::FactorWeight& weight = *encoded.add_weights();
    weight.set_factor(static_cast<v1::Factor>(factor));
    weight.set_weight_micros(model.weight_micros[factor]);
  }
  encoded.set_horizon_days(static_cast<int32_t>(model.horizon_days));
  for (int64_t share : model.tier_share_micros) encoded.add_tier_share_micros(share);
  encoded.set_reference_size(model.reference_size);
  *encoded.mutable_publish_time() = servicekit::ToProto(model.publish_time);
  encoded.set_state(static_cast<v1::ScoringModel::State>(model.state));
  encoded.set_base_currency_code(model.base_currency);
  *encoded.mutable_as_of_time() = servicekit::ToProto(model.as_of);
  return encoded;
}

}  // namespace clientele::value
