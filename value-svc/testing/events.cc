#include "value-svc/testing/events.h"

#include "clientele/customer/v1/customer_feed.pb.h"
#include "clientele/lifecycle/v1/lifecycle_feed.pb.h"
#include "servicekit/types/resource_name.h"

namespace clientele::value {
namespace {

namespace customer_v1 = clientele::customer::v1;
namespace lifecycle_v1 = clientele::lifecycle::v1;
using servicekit::Id;
using servicekit::NameOf;

void SetTime(absl::Time time, google::protobuf::Timestamp* out) {
  out->set_seconds(absl::ToUnixSeconds(time));
  out->set_nanos(static_cast<int32_t>(absl::ToUnixMicros(time) % 1'000'000 * 1000));
}

void SetMoney(int64_t units, google::type::Money* out) {
  out->set_currency_code("USD");
  out->set_units(units);
}

void SetDay(absl::CivilDay day, google::type::Date* out) {
  out->set_year(static_cast<int32_t>(day.year()));
  out->set_month(day.month());
  out->set_day(day.day());
}

lifecycle_v1::Order Encode(const FeedScript::Order& order, Id id) {
  lifecycle_v1::Order encoded;
  encoded.set_name(NameOf("orders", id));
  encoded.set_customer(NameOf("customers", order.customer));
  if (order.opportunity.has_value()) encoded.set_opportunity(NameOf("opportunities", *order.opportunity));
  SetTime(order.time, encoded.mutable_order_time());
  SetMoney(order.units, encoded.mutable_base_total());
  SetMoney(order.cost_units, encoded.mutable_base_cost());
  if (order.due.has_value()) SetDay(*order.due, encoded.mutable_due_date());
  for (const FeedScript::Order::Instalment& instalment : order.instalments) {
    auto& added = *encoded.add_instalments();
    SetDay(instalment.due, added.mutable_due_date());
    added.mutable_amount()->set_currency_code("KRW");
    added.mutable_amount()->set_units(instalment.won);
    SetDay(instalment.due, encoded.mutable_due_date());
  }
  return encoded;
}

}  // namespace

Id FeedScript::AddOrder(const Order& order) {
  const Id id = Id::New(order.time);
  lifecycle_v1::OrderPlaced event;
  *event.mutable_order() = Encode(order, id);
  Add(order.customer, order.time, event);
  return id;
}

void FeedScript::AddPayment(const Order& order, Id id, int64_t units, absl::Time time) {
  lifecycle_v1::PaymentReceived event;
  event.mutable_payment()->set_name(NameOf("orders", id, "payments", Id::New(time)));
  SetTime(time, event.mutable_payment()->mutable_pay_time());
  SetMoney(units, event.mutable_base_amount());
  *event.mutable_order() = Encode(order, id);
  Add(order.customer, time, event);
}

void FeedScript::AddOpportunity(Id opportunity, Id customer, int64_t units, int step, int probability,
                                absl::Time time, std::optional<absl::Time> open_time) {
  lifecycle_v1::OpportunityChanged event;
  event.mutable_opportunity()->set_name(NameOf("opportunities", opportunity));
  event.mutable_opportunity()->set_customer(NameOf("customers", customer));
  event.mutable_opportunity()->set_step(static_cast<lifecycle_v1::Opportunity::Step>(step));
  event.mutable_opportunity()->set_probability_percent(probability);
  if (open_time.has_value()) SetTime(*open_time, event.mutable_opportunity()->mutable_open_time());
  SetMoney(units, event.mutable_base_amount());
  Add(customer, time, event);
}

void FeedScript::AddReferral(Id referrer, Id opportunity, int influence_percent, absl::Time time) {
  lifecycle_v1::ReferralRecorded event;
  event.mutable_referral()->set_name(NameOf("referrals", Id::New(time)));
  event.mutable_referral()->set_referrer(NameOf("customers", referrer));
  event.mutable_referral()->set_opportunity(NameOf("opportunities", opportunity));
  event.mutable_referral()->set_influence_percent(influence_percent);
  SetTime(time, event.mutable_referral()->mutable_event_time());
  Add(referrer, time, event);
}

void FeedScript::AddCustomer(Id customer, std::optional<Id> owner, std::optional<Id> team, int64_t version,
                             const std::string& industry, const std::vector<Id>& target_markets) {
  customer_v1::CustomerChanged event;
  event.set_customer(NameOf("customers", customer));
  if (owner.has_value()) event.set_owner(NameOf("representatives", *owner));
  if (team.has_value()) event.set_team(NameOf("teams", *team));
  event.set_version(version);
  event.set_industry(industry);
  SetTime(customer.time(), event.mutable_create_time());
  for (Id market : target_markets) event.add_target_markets(NameOf("targetMarkets", market));
  Add(customer, absl::UnixEpoch(), event);
}

void FeedScript::AddTeam(Id team, std::optional<Id> parent) {
  customer_v1::TeamChanged event;
  event.mutable_team()->set_name(NameOf("teams", team));
  if (parent.has_value()) event.mutable_team()->set_parent(NameOf("teams", *parent));
  Add(Id(), absl::UnixEpoch(), event);
}

void FeedScript::AddInteraction(Id interaction, Id customer, const std::string& channel, bool held,
                                absl::Time time) {
  customer_v1::InteractionLogged event;
  event.set_interaction(NameOf("customers", customer, "interactions", interaction));
  event.set_customer(NameOf("customers", customer));
  event.set_channel(channel);
  event.set_held(held);
  SetTime(time, event.mutable_event_time());
  Add(customer, time, event);
}

void FeedScript::AddReferralCancellation(int64_t position, absl::Time time) {
  lifecycle_v1::ReferralRecorded recorded;
  entries_[static_cast<size_t>(position) - 1].event().UnpackTo(&recorded);
  lifecycle_v1::ReferralCancelled event;
  *event.mutable_referral() = recorded.referral();
  const std::string& name = recorded.referral().referrer();
  Add(*servicekit::ParseName("", "customers", name), time, event);
}

void FeedScript::AddCancellation(const Order& order, Id id, absl::Time time) {
  lifecycle_v1::OrderCancelled event;
  *event.mutable_order() = Encode(order, id);
  Add(order.customer, time, event);
}

void FeedScript::AddReturn(const Order& order, Id id, int64_t units, int64_t cost_units, absl::Time time) {
  lifecycle_v1::OrderReturned event;
  event.set_order_return(NameOf("orders", id, "returns", Id::New(time)));
  *event.mutable_order() = Encode(order, id);
  SetMoney(units, event.mutable_base_amount());
  SetMoney(cost_units, event.mutable_base_cost());
  Add(order.customer, time, event);
}

void FeedScript::AddCreditLimit(Id customer, std::optional<int64_t> units, absl::Time time) {
  lifecycle_v1::CreditLimitChanged event;
  event.set_customer(NameOf("customers", customer));
  if (units.has_value()) SetMoney(*units, event.mutable_credit_limit()->mutable_amount());
  Add(customer, time, event);
}

void FeedScript::AddServiceCost(Id task, Id customer, int64_t cost_units, absl::Time time) {
  lifecycle_v1::ServiceCostLogged event;
  event.set_source(NameOf("serviceProjects", Id::New(absl::UnixEpoch()), "tasks", task));
  event.set_customer(NameOf("customers", customer));
  SetMoney(cost_units, event.mutable_base_cost());
  Add(customer, time, event);
}

void FeedScript::AddMerge(Id merge, Id survivor, Id merged) {
  customer_v1::CustomersMerged event;
  event.set_customer_merge(NameOf("customerMerges", merge));
  event.set_survivor(NameOf("customers", survivor));
  event.set_merged_customer(NameOf("customers", merged));
  Add(survivor, absl::UnixEpoch(), event);
}

void FeedScript::AddSplit(Id merge, Id survivor, Id restored) {
  customer_v1::CustomersSplit event;
  event.set_customer_merge(NameOf("customerMerges", merge));
  event.set_survivor(NameOf("customers", survivor));
  event.set_restored_customer(NameOf("customers", restored));
  Add(restored, absl::UnixEpoch(), event);
}

void FeedScript::AddErasure(Id customer, bool deleted) {
  customer_v1::CustomerErased event;
  event.set_customer(NameOf("customers", customer));
  event.set_deleted(deleted);
  Add(customer, absl::UnixEpoch(), event);
}

void FeedScript::AddJourney(Id customer, int stage, absl::Time since) {
  lifecycle_v1::JourneyChanged event;
  event.mutable_journey()->set_name(NameOf("customers", customer) + "/journey");
  event.mutable_journey()->set_stage(static_cast<clientele::type::v1::Stage>(stage));
  event.mutable_journey()->mutable_stage_time()->set_seconds(absl::ToUnixSeconds(since));
  Add(customer, since, event);
}

clientele::type::v1::ReadFeedResponse FeedScript::Batch(int64_t after) const {
  clientele::type::v1::ReadFeedResponse batch;
  for (const auto& entry : entries_) {
    if (entry.position() > after) *batch.add_entries() = entry;
  }
  batch.set_head(static_cast<int64_t>(entries_.size()));
  return batch;
}

void FeedScript::Add(Id customer, absl::Time time, const google::protobuf::Message& event) {
  clientele::type::v1::FeedEntry& entry = entries_.emplace_back();
  entry.set_position(static_cast<int64_t>(entries_.size()));
  if (!customer.is_nil()) entry.set_customer(NameOf("customers", customer));
  SetTime(time, entry.mutable_event_time());
  entry.mutable_event()->PackFrom(event);
}

}  // namespace clientele::value
