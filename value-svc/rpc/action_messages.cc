#include "value-svc/rpc/action_messages.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/request_check.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "value-svc/domain/spending.h"
#include "value-svc/rpc/encode.h"

namespace clientele::value {
namespace {

constexpr int64_t kWhole = 1'000'000;

google::type::Money Amount(double amount, const std::string& currency) {
  constexpr double kHighest = 9e18;
  return EncodeMoney(
      Decimal::FromMicros(static_cast<int64_t>(std::llround(std::clamp(amount * 1e6, -kHighest, kHighest)))),
      currency);
}

v1::Difference Encode(const Difference& difference) {
  v1::Difference message;
  message.set_effect(difference.effect);
  message.set_standard_error(difference.standard_error);
  message.set_low(difference.low);
  message.set_high(difference.high);
  message.set_p_value(difference.p_value);
  return message;
}

// Both ends of the outcome window; a start that is not given is now.
void DecodeWindow(const v1::Action& message, absl::Time now, servicekit::Violations& violations,
                  Action& action) {
  action.outcome_start = now;
  if (message.has_outcome_start_time()) {
    const auto start = servicekit::FromProto("action.outcome_start_time", message.outcome_start_time());
    violations.Add("action.outcome_start_time", start.status());
    if (start.ok()) action.outcome_start = *start;
    if (start.ok() && *start < now) {
      violations.Add("action.outcome_start_time",
                     "must not lie in the past: who is held out is chosen before anything is done");
    }
  }
  const auto end = servicekit::FromProto("action.outcome_end_time", message.outcome_end_time());
  violations.Add("action.outcome_end_time", end.status());
  if (!end.ok()) return;
  action.outcome_end = *end;
  if (*end <= action.outcome_start || *end - action.outcome_start > kLongestOutcome) {
    violations.Add("action.outcome_end_time", "must lie after the start, at most 1,000 days");
  }
}

}  // namespace

v1::Action Encode(const ActionStore::Seen& seen, const std::string& currency) {
  const Action& action = seen.action;
  v1::Action message;
  message.set_name(servicekit::NameOf("actions", action.id));
  message.set_display_name(action.display_name);
  message.set_goal(static_cast<v1::Goal>(action.goal));
  message.set_department(static_cast<clientele::type::v1::Department>(action.department));
  if (action.policy.has_value()) message.set_policy(servicekit::NameOf("policies", *action.policy));
  *message.mutable_cost() = EncodeMoney(action.cost, currency);
  message.set_hold_out_share_micros(action.hold_out_share_micros);
  message.set_seed(action.seed);
  *message.mutable_outcome_start_time() = servicekit::ToProto(action.outcome_start);
  *message.mutable_outcome_end_time() = servicekit::ToProto(action.outcome_end);
  message.set_margin_micros(action.margin_micros);
  message.set_treated_count(seen.treated_count);
  message.set_held_out_count(seen.held_out_count);
  *message.mutable_create_time() = servicekit::ToProto(action.create_time);
  message.set_author(action.author);
  message.set_etag(servicekit::EtagOf(action.version));
  return message;
}

v1::ActionEffect Encode(const ActionEffect& effect, const std::string& currency) {
  v1::ActionEffect message;
  message.set_verdict(static_cast<v1::ActionEffect::Verdict>(effect.verdict));
  message.set_explanation(Explain(effect, currency));
  message.set_treated_count(effect.treated.size());
  message.set_held_out_count(effect.held_out.size());
  message.set_treated_mean(effect.treated.mean());
  message.set_held_out_mean(effect.held_out.mean());
  *message.mutable_difference() = Encode(effect.difference);
  *message.mutable_adjusted() = Encode(effect.adjusted);
  message.set_variance_reduction(effect.variance_reduction);
  message.mutable_sample_ratio()->set_chi_square(effect.sample_ratio.chi_square);
  message.mutable_sample_ratio()->set_p_value(effect.sample_ratio.p_value);
  message.mutable_sample_ratio()->set_mismatch(effect.sample_ratio.mismatch());
  *message.mutable_uplift() = Amount(effect.uplift, currency);
  message.set_margin(effect.margin);
  if (effect.incremental_return.has_value()) message.set_incremental_return(*effect.incremental_return);
  message.set_qini(effect.qini);
  message.set_required_customer_count(effect.required_customers);
  *message.mutable_cost() = Amount(effect.cost, currency);
  return message;
}

absl::StatusOr<Decimal> DecodeCost(std::string_view field, const google::type::Money& cost) {
  // Nothing at all is no cost.
  if (cost.currency_code().empty() && cost.units() == 0 && cost.nanos() == 0) return Decimal();
  const absl::StatusOr<servicekit::Money> money = servicekit::FromProto(field, cost);
  if (!money.ok()) return money.status();
  if (money->amount < Decimal()) return servicekit::InvalidField(field, "must not be below 0");
  return money->amount;
}

absl::Status CheckCurrency(std::string_view field, const google::type::Money& cost, const std::string& base) {
  if (cost.currency_code().empty() || base.empty() || cost.currency_code() == base) return absl::OkStatus();
  return servicekit::InvalidField(field, "must be in the base currency");
}

absl::StatusOr<Action> Decode(const v1::Action& message, absl::Time now) {
  servicekit::Violations violations;
  Action action;
  servicekit::CheckLength(violations, "action.display_name", message.display_name(), 200);
  if (message.display_name().empty()) violations.Add("action.display_name", "must not be empty");
  action.display_name = message.display_name();
  if (message.goal() == v1::GOAL_UNSPECIFIED || !v1::Goal_IsValid(message.goal())) {
    violations.Add("action.goal", "must be ACQUIRE, RETAIN or ENHANCE");
  }
  action.goal = static_cast<Goal>(message.goal());
  if (message.department() == 0 || !clientele::type::v1::Department_IsValid(message.department())) {
    violations.Add("action.department", "must be MARKETING, SALES or SERVICE");
  }
  action.department = static_cast<Department>(message.department());
  if (!message.policy().empty()) {
    const absl::StatusOr<Id> policy = servicekit::ParseName("action.policy", "policies", message.policy());
    violations.Add("action.policy", policy.status());
    if (policy.ok()) action.policy = *policy;
  }
  const absl::StatusOr<Decimal> cost = DecodeCost("action.cost", message.cost());
  violations.Add("action.cost", cost.status());
  if (cost.ok()) action.cost = *cost;
  const int64_t share = message.hold_out_share_micros();
  if (share != 0 && (share < 1'000 || share > 900'000)) {
    violations.Add("action.hold_out_share_micros", "must be between 1,000 and 900,000, or 0 for 200,000");
  }
  if (share != 0) action.hold_out_share_micros = share;
  if (message.margin_micros() < 0 || message.margin_micros() > kWhole) {
    violations.Add("action.margin_micros", "must be between 0 and 1,000,000");
  }
  action.margin_micros = message.margin_micros();
  DecodeWindow(message, now, violations, action);
  if (!violations.empty()) return violations.status();
  return action;
}

v1::QuerySpendingResponse EncodeSpending(const std::vector<Action>& actions,
                                         const std::vector<ActionStore::GroupSum>& sums,
                                         const std::string& currency) {
  absl::flat_hash_map<Id, const Action*> by_id;
  for (const Action& action : actions) by_id[action.id] = &action;
  // Each action, or its members of each target market, once.
  std::map<std::pair<std::optional<Id>, Id>, MeasuredAction> measured;
  for (const ActionStore::GroupSum& sum : sums) {
    const auto action = by_id.find(sum.action);
    if (action == by_id.end()) continue;
    MeasuredAction& one = measured[{sum.target_market, sum.action}];
    one.action = *action->second;
    one.target_market = sum.target_market;
    (sum.held_out ? one.held_out : one.treated) = Arm::FromSums(sum.count, sum.result, sum.result_squares,
                                                                sum.before, sum.before_squares, sum.products);
    one.revenue += sum.result;
    one.profit += sum.profit;
  }
  std::vector<MeasuredAction> all;
  all.reserve(measured.size());
  for (auto& [key, one] : measured) all.push_back(std::move(one));
  v1::QuerySpendingResponse response;
  double cost = 0;
  for (const Spending& spending : SumSpending(all)) {
    v1::QuerySpendingResponse::SpendingRow& row = *response.add_rows();
    row.set_department(static_cast<clientele::type::v1::Department>(spending.department));
    row.set_goal(static_cast<v1::Goal>(spending.goal));
    if (spending.target_market.has_value()) {
      row.set_target_market(servicekit::NameOf("targetMarkets", *spending.target_market));
    }
    row.set_action_count(spending.action_count);
    *row.mutable_cost() = Amount(spending.cost, currency);
    row.set_treated_count(spending.treated_count);
    *row.mutable_uplift() = Amount(spending.uplift, currency);
    *row.mutable_uplift_low() = Amount(spending.uplift_low, currency);
    *row.mutable_uplift_high() = Amount(spending.uplift_high, currency);
    row.set_conclusive(spending.conclusive());
    if (spending.incremental_return.has_value()) row.set_incremental_return(*spending.incremental_return);
    cost += spending.cost;
  }
  *response.mutable_cost() = Amount(cost, currency);
  return response;
}

}  // namespace clientele::value
