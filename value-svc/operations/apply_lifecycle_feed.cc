#include <string_view>
#include <utility>
#include <vector>

#include "clientele/lifecycle/v1/lifecycle_feed.pb.h"
#include "servicekit/types/str_cat.h"
#include "value-svc/operations/apply_feeds.h"
#include "value-svc/operations/event_fields.h"
#include "value-svc/operations/record_facts.h"

namespace clientele::value {
namespace {

namespace lifecycle = clientele::lifecycle::v1;

absl::int128 MicrosOf(const google::type::Money& money) {
  return absl::int128{money.units()} * 1'000'000 + money.nanos() / 1000;
}

// Instalments are in the order's currency: each is its part of the order's amount in the base currency,
// rounded so that they sum to it.
std::vector<Due> DuesOf(const lifecycle::Order& order, Decimal base_total) {
  std::vector<Due> dues;
  absl::int128 whole = 0, so_far = 0, told = 0;
  for (const auto& instalment : order.instalments()) whole += MicrosOf(instalment.amount());
  if (whole <= 0) return dues;
  // So that products of amounts fit.
  constexpr absl::int128 kLargest = absl::int128{1} << 56;
  int shift = 0;
  while ((whole >> shift) > kLargest) ++shift;
  for (const auto& instalment : order.instalments()) {
    const std::optional<absl::Time> day = EventFields::OptionalDay(instalment.due_date());
    so_far += MicrosOf(instalment.amount());
    if (!day.has_value()) continue;
    const absl::int128 until =
        so_far == whole ? base_total.micros() : base_total.micros() * (so_far >> shift) / (whole >> shift);
    dues.push_back({*day, Decimal::FromMicros(until - told)});
    told = until;
  }
  return dues;
}

void Decode(const lifecycle::OrderPlaced& event, EventFields& fields, Fact& fact) {
  const lifecycle::Order& order = event.order();
  fact.kind = FactKind::kOrderPlaced;
  fact.origin = fields.Name("order.customer", "customers", order.customer());
  fact.source = fields.Name("order.name", "orders", order.name());
  fact.event_time = EventFields::Time(order.order_time());
  fact.amount = fields.BaseAmount(order.base_total());
  fact.cost = fields.BaseAmount(order.base_cost());
  fact.opportunity = fields.OptionalName("order.opportunity", "opportunities", order.opportunity());
  fact.due_time = EventFields::OptionalDay(order.due_date());
  fact.dues = DuesOf(order, fact.amount);
}

void Decode(const lifecycle::PaymentReceived& event, EventFields& fields, Fact& fact) {
  const servicekit::ChildName name =
      fields.Name("payment.name", "orders", "payments", event.payment().name());
  fact.kind = FactKind::kPaymentReceived;
  fact.origin = fields.Name("order.customer", "customers", event.order().customer());
  fact.source = name.id;
  fact.order = name.parent;
  fact.event_time = EventFields::Time(event.payment().pay_time());
  fact.amount = fields.BaseAmount(event.base_amount());
}

void Decode(const lifecycle::OpportunityChanged& event, EventFields& fields, Fact& fact) {
  const lifecycle::Opportunity& opportunity = event.opportunity();
  fact.kind = FactKind::kOpportunityChanged;
  fact.origin = fields.Name("opportunity.customer", "customers", opportunity.customer());
  fact.source = fields.Name("opportunity.name", "opportunities", opportunity.name());
  fact.amount = fields.BaseAmount(event.base_amount());
  fact.due_time = EventFields::OptionalDay(opportunity.expected_close_date());
  fact.open_time = EventFields::OptionalTime(opportunity.has_open_time(), opportunity.open_time());
  fact.close_time = EventFields::OptionalTime(opportunity.has_close_time(), opportunity.close_time());
  fact.step = static_cast<OpportunityStep>(opportunity.step());
  fact.probability_percent = opportunity.probability_percent();
}

void Decode(const lifecycle::ReferralRecorded& event, EventFields& fields, Fact& fact) {
  const lifecycle::Referral& referral = event.referral();
  fact.kind = FactKind::kReferralRecorded;
  fact.origin = fields.Name("referral.referrer", "customers", referral.referrer());
  fact.source = fields.Name("referral.name", "referrals", referral.name());
  fact.opportunity = fields.Name("referral.opportunity", "opportunities", referral.opportunity());
  fact.event_time = EventFields::Time(referral.event_time());
  fact.influence_percent = referral.influence_percent();
}

void Decode(const lifecycle::OrderCancelled& event, EventFields& fields, Fact& fact) {
  const lifecycle::Order& order = event.order();
  fact.kind = FactKind::kOrderCancelled;
  fact.origin = fields.Name("order.customer", "customers", order.customer());
  fact.source = fields.Name("order.name", "orders", order.name());
  fact.order = fact.source;
  fact.opportunity = fields.OptionalName("order.opportunity", "opportunities", order.opportunity());
  fact.amount = fields.BaseAmount(order.base_total());
  fact.cost = fields.BaseAmount(order.base_cost());
}

void Decode(const lifecycle::OrderReturned& event, EventFields& fields, Fact& fact) {
  const servicekit::ChildName name = fields.Name("order_return", "orders", "returns", event.order_return());
  fact.kind = FactKind::kOrderReturned;
  fact.origin = fields.Name("order.customer", "customers", event.order().customer());
  fact.source = name.id;
  fact.order = name.parent;
  fact.opportunity = fields.OptionalName("order.opportunity", "opportunities", event.order().opportunity());
  fact.amount = fields.BaseAmount(event.base_amount());
  fact.cost = fields.BaseAmount(event.base_cost());
}

void Decode(const lifecycle::ReferralCancelled& event, EventFields& fields, Fact& fact) {
  const lifecycle::Referral& referral = event.referral();
  fact.kind = FactKind::kReferralCancelled;
  fact.origin = fields.Name("referral.referrer", "customers", referral.referrer());
  fact.source = fields.Name("referral.name", "referrals", referral.name());
  fact.opportunity = fields.Name("referral.opportunity", "opportunities", referral.opportunity());
}

void Decode(const lifecycle::ServiceCostLogged& event, EventFields& fields, Fact& fact) {
  const servicekit::ChildName name = fields.Name("source", "serviceProjects", "tasks", event.source());
  fact.kind = FactKind::kServiceCostLogged;
  fact.origin = fields.Name("customer", "customers", event.customer());
  fact.source = name.id;
  fact.service_project = name.parent;
  fact.cost = fields.BaseAmount(event.base_cost());
}

void Decode(const lifecycle::CreditLimitChanged& event, EventFields& fields, Fact& fact) {
  fact.kind = FactKind::kCreditLimitSet;
  fact.origin = fields.Name("customer", "customers", event.customer());
  fact.source = fact.origin;
  fact.amount = fields.BaseAmount(event.credit_limit().amount());
}

// Where the customer stands: no fact of its own, but policies ask for it.
bool DecodeStage(const clientele::type::v1::FeedEntry& entry, EventFields& fields,
                 std::vector<StandingStore::StageChange>& stages) {
  constexpr std::string_view kSuffix = "/journey";
  lifecycle::JourneyChanged event;
  if (!entry.event().Is<lifecycle::JourneyChanged>() || !entry.event().UnpackTo(&event)) return false;
  std::string_view name = event.journey().name();
  if (name.ends_with(kSuffix)) name.remove_suffix(kSuffix.size());
  stages.push_back({fields.Name("journey.name", "customers", std::string(name)),
                    static_cast<Stage>(event.journey().stage()),
                    EventFields::Time(event.journey().stage_time())});
  return true;
}

// False when the event is not of this type.
template <typename Event>
bool DecodeIf(const clientele::type::v1::FeedEntry& entry, EventFields& fields, Fact& fact) {
  Event event;
  if (!entry.event().Is<Event>() || !entry.event().UnpackTo(&event)) return false;
  Decode(event, fields, fact);
  return true;
}

}  // namespace

absl::Status ApplyLifecycleFeed(Transaction& tx, Stores& stores,
                                const clientele::type::v1::ReadFeedResponse& batch) {
  std::vector<Fact> facts;
  std::vector<StandingStore::StageChange> stages;
  EventFields fields;
  for (const clientele::type::v1::FeedEntry& entry : batch.entries()) {
    Fact fact;
    fact.event_time = EventFields::Time(entry.event_time());
    const bool known = DecodeIf<lifecycle::OrderPlaced>(entry, fields, fact) ||
                       DecodeIf<lifecycle::PaymentReceived>(entry, fields, fact) ||
                       DecodeIf<lifecycle::OpportunityChanged>(entry, fields, fact) ||
                       DecodeIf<lifecycle::ReferralRecorded>(entry, fields, fact) ||
                       DecodeIf<lifecycle::OrderCancelled>(entry, fields, fact) ||
                       DecodeIf<lifecycle::OrderReturned>(entry, fields, fact) ||
                       DecodeIf<lifecycle::ReferralCancelled>(entry, fields, fact) ||
                       DecodeIf<lifecycle::ServiceCostLogged>(entry, fields, fact) ||
                       DecodeIf<lifecycle::CreditLimitChanged>(entry, fields, fact);
    const bool stage = !known && DecodeStage(entry, fields, stages);
    if (!fields.status().ok()) {
      return absl::Status(fields.status().code(),
                          servicekit::StrCat("lifecycle feed, position ", entry.position(), ": ",
                                             servicekit::ToStd(fields.status().message())));
    }
    if (stage || !known) continue;
    fact.feed = Feed::kLifecycle;
    fact.position = entry.position();
    fact.id = FactId(fact.event_time, fact.feed, fact.position);
    facts.push_back(std::move(fact));
  }
  if (absl::Status status = stores.standings.SetStages(tx, stages); !status.ok()) return status;
  return RecordFacts(tx, stores, std::move(facts), fields.currency());
}

}  // namespace clientele::value
