#include "lifecycle-svc/contract/encode.h"

#include "lifecycle-svc/contract/values.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {

using servicekit::EtagOf;
using servicekit::NameOf;
using servicekit::ToProto;

google::type::Money EncodeMoney(const std::string& currency, Decimal amount) {
  return ToProto(servicekit::Money{currency, amount});
}

std::string JourneyName(Id customer) { return servicekit::StrCat(NameOf("customers", customer), "/journey"); }

std::string PaymentName(const Payment& payment) {
  return NameOf("orders", payment.order, "payments", payment.id);
}

std::string ReturnName(const OrderReturn& order_return) {
  return NameOf("orders", order_return.order, "returns", order_return.id);
}

std::string RefundName(const Refund& refund) { return NameOf("orders", refund.order, "refunds", refund.id); }

std::string SalesStepName(SalesStep step) {
  constexpr std::string_view kNames[] = {"prospecting", "qualification", "proposal", "negotiation"};
  return servicekit::StrCat("salesSteps/", kNames[static_cast<int>(step) - 1]);
}

std::string ExchangeRateName(const ExchangeRate& rate) {
  return servicekit::StrCat("exchangeRates/", rate.currency, "/", absl::FormatCivilTime(rate.start_date));
}

v1::Journey Encode(const Journey& journey) {
  const Progress& progress = journey.progress;
  v1::Journey message;
  message.set_name(JourneyName(journey.customer));
  message.set_stage(static_cast<type::v1::Stage>(progress.stage));
  message.set_furthest_stage(static_cast<type::v1::Stage>(progress.furthest_stage));
  *message.mutable_stage_time() = ToProto(progress.stage_time);
  message.set_department(static_cast<type::v1::Department>(DepartmentOf(progress.stage)));
  message.set_lost_from_stage(static_cast<type::v1::Stage>(progress.lost_from_stage));
  message.set_etag(EtagOf(journey.version));
  return message;
}

v1::Transition Encode(const StoredMove& stored) {
  const auto& [move, step] = stored;
  v1::Transition message;
  message.set_name(NameOf("customers", move.customer, "transitions", move.id));
  message.set_direction(static_cast<v1::Transition::Direction>(step.direction));
  message.set_from_stage(static_cast<type::v1::Stage>(step.from));
  message.set_to_stage(static_cast<type::v1::Stage>(step.to));
  message.set_reason(move.reason);
  message.set_actor(move.actor);
  if (!move.cause.is_nil()) {
    message.set_cause(NameOf(move.kind == MoveKind::kOrderPlaced ? "orders" : "opportunities", move.cause));
  }
  *message.mutable_event_time() = ToProto(move.event_time);
  *message.mutable_create_time() = ToProto(move.create_time);
  message.set_department(static_cast<type::v1::Department>(step.department));
  if (move.representative.has_value()) {
    message.set_representative(NameOf("representatives", *move.representative));
  }
  for (const std::string& requirement : move.overridden) message.add_overridden_requirements(requirement);
  return message;
}

type::v1::MissingItem Encode(const MissingItem& item) {
  type::v1::MissingItem message;
  message.set_requirement(item.requirement);
  message.set_description(item.description);
  message.set_supplier(static_cast<type::v1::Department>(item.supplier));
  message.set_share(item.share);
  return message;
}

v1::StageCondition Encode(const StageCondition& condition) {
  v1::StageCondition message;
  message.set_name(servicekit::StrCat("stageConditions/", RequirementOf(condition.kind)));
  message.set_description(std::string(DescriptionOf(condition.kind)));
  message.set_stage(static_cast<type::v1::Stage>(condition.stage));
  message.set_supplier(static_cast<type::v1::Department>(condition.supplier));
  message.set_enforced(condition.enforced);
  message.set_etag(EtagOf(condition.version));
  return message;
}

v1::Product Encode(const Product& product, const DeliveryMatrix& matrix) {
  v1::Product message;
  message.set_name(NameOf("products", product.id));
  message.set_display_name(product.display_name);
  message.set_series(product.series);
  if (product.list_price.has_value()) *message.mutable_list_price() = ToProto(*product.list_price);
  if (product.unit_cost.has_value()) *message.mutable_unit_cost() = ToProto(*product.unit_cost);
  message.set_value_level(static_cast<v1::Level>(product.value_level));
  message.set_standardization_level(static_cast<v1::Level>(product.standardization_level));
  message.set_delivery_model(static_cast<v1::DeliveryModel>(DeliveryModelOf(product, matrix)));
  message.set_delivery_model_explanation(ExplainDeliveryModel(product, matrix));
  if (product.delivery_model_override.has_value()) {
    message.set_delivery_model_override(static_cast<v1::DeliveryModel>(*product.delivery_model_override));
  }
  message.set_override_reason(product.override_reason);
  if (product.external_id.has_value())
    *message.mutable_external_id() = EncodeExternalId(*product.external_id);
  *message.mutable_create_time() = ToProto(product.create_time);
  *message.mutable_update_time() = ToProto(product.update_time);
  message.set_etag(EtagOf(product.version));
  return message;
}

v1::ExchangeRate Encode(const ExchangeRate& rate) {
  v1::ExchangeRate message;
  message.set_currency_code(rate.currency);
  *message.mutable_start_date() = ToProto(rate.start_date);
  message.set_rate(rate.rate.ToString());
  return message;
}

v1::Opportunity Encode(const Opportunity& o) {
  v1::Opportunity message;
  message.set_name(NameOf("opportunities", o.id));
  message.set_customer(NameOf("customers", o.customer));
  message.set_display_name(o.display_name);
  if (o.owner.has_value()) message.set_owner(NameOf("representatives", *o.owner));
  if (o.product.has_value()) message.set_product(NameOf("products", *o.product));
  message.set_step(static_cast<v1::Opportunity::Step>(o.step));
  message.set_probability_percent(o.probability_percent);
  if (o.amount.has_value()) *message.mutable_amount() = ToProto(*o.amount);
  *message.mutable_open_time() = ToProto(o.open_time);
  if (o.expected_close_date.has_value())
    *message.mutable_expected_close_date() = ToProto(*o.expected_close_date);
  if (o.close_time.has_value()) *message.mutable_close_time() = ToProto(*o.close_time);
  message.set_lost_reason(static_cast<v1::Opportunity::LostReason>(o.lost_reason));
  message.set_lost_note(o.lost_note);
  message.set_forecast_category(static_cast<v1::Opportunity::ForecastCategory>(o.forecast_category));
  if (o.order.has_value()) message.set_order(NameOf("orders", *o.order));
  if (o.external_id.has_value()) *message.mutable_external_id() = EncodeExternalId(*o.external_id);
  *message.mutable_create_time() = ToProto(o.create_time);
  *message.mutable_update_time() = ToProto(o.update_time);
  message.set_etag(EtagOf(o.version));
  for (const OpportunityLine& line : o.lines) {
    v1::Opportunity::Line& encoded = *message.add_lines();
    if (line.product.has_value()) encoded.set_product(NameOf("products", *line.product));
    encoded.set_description(line.description);
    encoded.set_quantity(line.quantity);
    *encoded.mutable_unit_price() = ToProto(*line.unit_price);
    *encoded.mutable_amount() = EncodeMoney(line.unit_price->currency, line.amount());
  }
  for (const Competitor& competitor : o.competitors) {
    v1::Opportunity::Competitor& encoded = *message.add_competitors();
    encoded.set_display_name(competitor.display_name);
    encoded.set_note(competitor.note);
  }
  message.set_lost_to(o.lost_to);
  return message;
}

v1::SalesStep Encode(SalesStep step, const StepDefaults& defaults) {
  v1::SalesStep message;
  message.set_name(SalesStepName(step));
  message.set_step(static_cast<v1::Opportunity::Step>(step));
  message.set_probability_percent(defaults.probability_percent);
  message.set_forecast_category(static_cast<v1::Opportunity::ForecastCategory>(defaults.forecast_category));
  *message.mutable_update_time() = ToProto(defaults.update_time);
  message.set_etag(EtagOf(defaults.version));
  return message;
}

v1::Order Encode(const Order& o, const std::string& base_currency) {
  v1::Order message;
  message.set_name(NameOf("orders", o.id));
  message.set_customer(NameOf("customers", o.customer));
  if (o.opportunity.has_value()) message.set_opportunity(NameOf("opportunities", *o.opportunity));
  for (const OrderLine& line : o.lines) {
    v1::OrderLine& encoded = *message.add_lines();
    if (line.product.has_value()) encoded.set_product(NameOf("products", *line.product));
    encoded.set_description(line.description);
    encoded.set_quantity(line.quantity);
    *encoded.mutable_amount() = EncodeMoney(o.currency, line.amount);
    *encoded.mutable_unit_cost() = EncodeMoney(o.currency, line.unit_cost);
    encoded.set_returned_quantity(line.returned_quantity);
    if (line.returned_quantity > 0) {
      *encoded.mutable_returned_amount() = EncodeMoney(o.currency, line.returned_amount);
    }
  }
  *message.mutable_order_time() = ToProto(o.order_time);
  if (o.due_date.has_value()) *message.mutable_due_date() = ToProto(*o.due_date);
  *message.mutable_total() = EncodeMoney(o.currency, o.total);
  *message.mutable_base_total() = EncodeMoney(base_currency, o.base_total);
  *message.mutable_base_cost() = EncodeMoney(base_currency, o.base_cost);
  *message.mutable_paid() = EncodeMoney(o.currency, o.paid);
  message.set_state(o.is_cancelled() ? v1::Order::CANCELLED
                    : o.is_paid()    ? v1::Order::PAID
                                     : v1::Order::PLACED);
  for (const Instalment& instalment : o.instalments) {
    v1::Order::Instalment& encoded = *message.add_instalments();
    *encoded.mutable_due_date() = ToProto(instalment.due_date);
    *encoded.mutable_amount() = EncodeMoney(o.currency, instalment.amount);
  }
  *message.mutable_returned() = EncodeMoney(o.currency, o.returned);
  *message.mutable_base_returned() = EncodeMoney(base_currency, o.base_returned);
  *message.mutable_base_returned_cost() = EncodeMoney(base_currency, o.base_returned_cost);
  *message.mutable_refund_due() = EncodeMoney(o.currency, o.refund_due());
  *message.mutable_refunded() = EncodeMoney(o.currency, o.refunded);
  if (const auto next = NextDueDate(o)) *message.mutable_next_due_date() = ToProto(*next);
  if (o.is_cancelled()) *message.mutable_cancel_time() = ToProto(*o.cancel_time);
  message.set_cancel_reason(o.cancel_reason);
  if (o.external_id.has_value()) *message.mutable_external_id() = EncodeExternalId(*o.external_id);
  *message.mutable_create_time() = ToProto(o.create_time);
  message.set_etag(EtagOf(o.version));
  return message;
}

v1::OrderReturn Encode(const OrderReturn& r, const std::string& currency, const std::string& base_currency) {
  v1::OrderReturn message;
  message.set_name(ReturnName(r));
  for (const OrderReturn::Line& line : r.lines) {
    v1::OrderReturn::Line& encoded = *message.add_lines();
    encoded.set_line(line.line + 1);
    encoded.set_quantity(line.quantity);
    *encoded.mutable_amount() = EncodeMoney(currency, line.amount);
  }
  message.set_reason(r.reason);
  message.set_discarded(r.discarded);
  *message.mutable_return_time() = ToProto(r.return_time);
  *message.mutable_amount() = EncodeMoney(currency, r.amount);
  *message.mutable_base_amount() = EncodeMoney(base_currency, r.base_amount);
  *message.mutable_base_cost() = EncodeMoney(base_currency, r.base_cost);
  if (r.external_id.has_value()) *message.mutable_external_id() = EncodeExternalId(*r.external_id);
  *message.mutable_create_time() = ToProto(r.create_time);
  return message;
}

v1::Payment Encode(const Payment& payment, const std::string& currency) {
  v1::Payment message;
  message.set_name(PaymentName(payment));
  *message.mutable_amount() = EncodeMoney(currency, payment.amount);
  *message.mutable_pay_time() = ToProto(payment.pay_time);
  if (payment.external_id.has_value())
    *message.mutable_external_id() = EncodeExternalId(*payment.external_id);
  *message.mutable_create_time() = ToProto(payment.create_time);
  return message;
}

v1::Refund Encode(const Refund& refund, const std::string& currency, const std::string& base_currency) {
  v1::Refund message;
  message.set_name(RefundName(refund));
  *message.mutable_amount() = EncodeMoney(currency, refund.amount);
  *message.mutable_refund_time() = ToProto(refund.refund_time);
  message.set_note(refund.note);
  *message.mutable_base_amount() = EncodeMoney(base_currency, refund.base_amount);
  if (refund.external_id.has_value()) *message.mutable_external_id() = EncodeExternalId(*refund.external_id);
  *message.mutable_create_time() = ToProto(refund.create_time);
  return message;
}

v1::Referral Encode(const Referral& referral) {
  v1::Referral message;
  message.set_name(NameOf("referrals", referral.id));
  message.set_referrer(NameOf("customers", referral.referrer));
  message.set_opportunity(NameOf("opportunities", referral.opportunity));
  message.set_referred(NameOf("customers", referral.referred));
  message.set_influence_percent(referral.influence_percent);
  *message.mutable_event_time() = ToProto(referral.event_time);
  if (referral.external_id.has_value())
    *message.mutable_external_id() = EncodeExternalId(*referral.external_id);
  *message.mutable_create_time() = ToProto(referral.create_time);
  if (referral.cancel_time.has_value()) *message.mutable_cancel_time() = ToProto(*referral.cancel_time);
  message.set_cancel_reason(referral.cancel_reason);
  return message;
}

}  // namespace clientele::lifecycle
