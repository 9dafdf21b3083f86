#include "lifecycle-svc/operations/deals.h"

#include <memory>
#include <utility>

#include "clientele/lifecycle/v1/lifecycle_feed.pb.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/store/referral_store.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {

using servicekit::NameOf;
using servicekit::StrCat;

absl::StatusOr<Opportunity> Deals::Completed(Opportunity draft) {
  const absl::Status status = Complete(draft);
  if (!status.ok()) return status;
  return draft;
}

absl::StatusOr<Opportunity*> Deals::Open(Opportunity draft) {
  absl::Status status = Complete(draft);
  if (!status.ok()) return status;
  draft.id = Id::New(work_.now());
  draft.customer = work_.Settle(OwnedKind::kOpportunity, draft.id, draft.customer);
  draft.create_time = draft.update_time = work_.now();
  draft.version = 1;
  Opportunity& opportunity = work_.opportunities.Insert(std::move(draft));
  work_.AddStep(opportunity, opportunity.open_time);
  Move move;
  move.customer = opportunity.customer;
  move.kind = MoveKind::kOpportunityOpened;
  move.cause = opportunity.id;
  move.event_time = opportunity.open_time;
  work_.AddMove(std::move(move));
  work_.Record(opportunity.customer, NameOf("opportunities", opportunity.id), nullptr, Encode(opportunity));
  Announce(opportunity, opportunity.open_time);
  return &opportunity;
}

absl::Status Deals::Change(Opportunity& current, Opportunity next, absl::Time time) {
  absl::Status status = CheckOpen(current);
  if (status.ok()) status = Complete(next);
  if (!status.ok()) return status;
  if (next == current) return absl::OkStatus();
  const v1::Opportunity before = Encode(current);
  if (next.open_time != current.open_time) work_.Retime(current, next.open_time);
  const bool stepped = next.step != current.step || next.probability_percent != current.probability_percent ||
                       next.amount != current.amount;
  if (next.lines != current.lines || next.competitors != current.competitors) work_.ReplaceParts(current.id);
  next.update_time = work_.now();
  current = std::move(next);
  work_.opportunities.Change(current);
  if (stepped) work_.AddStep(current, time);
  work_.Record(current.customer, before.name(), &before, Encode(current));
  Announce(current, time);
  return absl::OkStatus();
}

absl::StatusOr<Order> Deals::DraftWon(Opportunity& opportunity, const Winning& winning) {
  absl::Status status = CheckOpen(opportunity);
  if (status.ok()) status = CheckCloseTime(opportunity, winning.close_time);
  if (!status.ok()) return status;
  if (!winning.lines.empty()) {
    opportunity.lines = winning.lines;
    opportunity.amount = winning.amount;
  } else if (winning.amount.has_value()) {
    opportunity.amount = winning.amount;
  }
  status = Complete(opportunity);
  if (!status.ok()) return status;
  const std::optional<Money>& amount = opportunity.amount;
  if (!amount.has_value()) {
    const std::string why = "the opportunity has no amount; give one when winning it";
    return servicekit::PreconditionFailed(why,
                                          {{"AMOUNT_MISSING", NameOf("opportunities", opportunity.id), why}});
  }
  OrderDraft draft;
  draft.currency = amount->currency;
  draft.order_time = winning.close_time;
  draft.due_date = winning.due_date;
  draft.instalments = winning.instalments;
  if (!draft.instalments.empty() && winning.instalment_currency != amount->currency) {
    return servicekit::InvalidField("instalments[0].amount.currency_code",
                                    StrCat("must be that of the amount, ", amount->currency));
  }
  for (const OpportunityLine& line : opportunity.lines) {
    draft.lines.push_back({line.product, line.description, line.quantity, line.amount(), std::nullopt});
  }
  if (draft.lines.empty()) {
    draft.lines.push_back({opportunity.product, opportunity.display_name, 1, amount->amount, std::nullopt});
  }
  absl::StatusOr<Order> order = Draft(opportunity.customer, draft);
  if (order.ok()) order->opportunity = opportunity.id;
  return order;
}

absl::Status Deals::CheckWin(Opportunity opportunity, const Winning& winning) {
  return DraftWon(opportunity, winning).status();
}

absl::Status Deals::Win(Opportunity& opportunity, const Winning& winning) {
  Opportunity sold = opportunity;
  absl::StatusOr<Order> order = DraftWon(sold, winning);
  if (!order.ok()) return order.status();
  const v1::Opportunity before = Encode(opportunity);
  if (sold.lines != opportunity.lines) work_.ReplaceParts(opportunity.id);
  opportunity = std::move(sold);
  lifecycle::Win(opportunity, order->id, {order->currency, order->total}, winning.close_time);
  opportunity.update_time = work_.now();
  work_.opportunities.Change(opportunity);
  work_.AddStep(opportunity, winning.close_time);
  work_.Record(opportunity.customer, before.name(), &before, Encode(opportunity));
  Announce(opportunity, winning.close_time);
  Keep(*std::move(order));
  return absl::OkStatus();
}

absl::Status Deals::CheckLose(const Opportunity& opportunity, absl::Time close_time) const {
  const absl::Status status = CheckOpen(opportunity);
  return status.ok() ? CheckCloseTime(opportunity, close_time) : status;
}

absl::Status Deals::Lose(Opportunity& opportunity, const LostDetails& details, absl::Time close_time) {
  const absl::Status status = CheckLose(opportunity, close_time);
  if (!status.ok()) return status;
  const v1::Opportunity before = Encode(opportunity);
  if (!details.lost_to.empty()) work_.ReplaceParts(opportunity.id);
  lifecycle::Lose(opportunity, details, close_time);
  opportunity.update_time = work_.now();
  work_.opportunities.Change(opportunity);
  work_.AddStep(opportunity, close_time);
  work_.Record(opportunity.customer, before.name(), &before, Encode(opportunity));
  Announce(opportunity, close_time);
  return absl::OkStatus();
}

absl::StatusOr<Order*> Deals::Place(Id customer, const OrderDraft& draft) {
  absl::StatusOr<Order> order = Draft(customer, draft);
  if (!order.ok()) return servicekit::UnderField(order.status(), "order.");
  order->customer = work_.Settle(OwnedKind::kOrder, order->id, customer);
  return &Keep(*std::move(order));
}

absl::StatusOr<Payment> Deals::Pay(Order& order, const PaymentDraft& draft) {
  if (draft.amount.currency != order.currency) {
    return servicekit::InvalidField("payment.amount.currency_code",
                                    StrCat("must be that of the order, ", order.currency));
  }
  Payment payment;
  payment.id = Id::New(work_.now());
  payment.order = order.id;
  payment.amount = draft.amount.amount;
  payment.pay_time = draft.pay_time;
  payment.external_id = draft.external_id;
  payment.create_time = work_.now();
  const absl::Status status = lifecycle::Pay(order, payment);
  if (!status.ok()) return status;
  work_.orders.Change(order);
  work_.AddPayment(payment);
  auto event = std::make_unique<v1::PaymentReceived>();
  *event->mutable_payment() = Encode(payment, order.currency);
  *event->mutable_order() = Encode(order, work_.environment().base_currency);
  *event->mutable_base_amount() = EncodeMoney(work_.environment().base_currency, payment.base_amount);
  work_.Record(order.customer, event->payment().name(), nullptr, event->payment());
  work_.Announce(order.customer, payment.pay_time, std::move(event));
  return payment;
}

absl::StatusOr<Refund> Deals::GiveBack(Order& order, const RefundDraft& draft) {
  if (draft.amount.currency != order.currency) {
    return servicekit::InvalidField("refund.amount.currency_code",
                                    StrCat("must be that of the order, ", order.currency));
  }
  Refund refund;
  refund.id = Id::New(work_.now());
  refund.order = order.id;
  refund.amount = draft.amount.amount;
  refund.refund_time = draft.refund_time;
  refund.note = draft.note;
  refund.external_id = draft.external_id;
  refund.create_time = work_.now();
  const absl::Status status = lifecycle::GiveBack(order, refund);
  if (!status.ok()) return servicekit::UnderField(status, "refund.");
  work_.orders.Change(order);
  work_.AddRefund(refund);
  const std::string& base = work_.environment().base_currency;
  auto event = std::make_unique<v1::PaymentRefunded>();
  *event->mutable_refund() = Encode(refund, order.currency, base);
  *event->mutable_order() = Encode(order, base);
  work_.Record(order.customer, event->refund().name(), nullptr, event->refund());
  work_.Announce(order.customer, refund.refund_time, std::move(event));
  return refund;
}

absl::Status Deals::LoadReferrals(const std::vector<Id>& opportunities, const std::vector<Id>& referred) {
  std::vector<Id> unknown, unreached;
  for (const Id& opportunity : opportunities) {
    if (shares_.try_emplace(opportunity, 0).second) unknown.push_back(opportunity);
  }
  const auto shares = ReferralStore::SumShares(work_.tx(), unknown);
  if (!shares.ok()) return shares.status();
  for (const auto& [opportunity, percent] : *shares) shares_[opportunity] = percent;
  for (const Id& customer : referred) {
    if (reached_.insert(customer).second) unreached.push_back(customer);
  }
  const absl::StatusOr<ReferralGraph> graph = ReferralStore::Reach(work_.tx(), unreached);
  if (!graph.ok()) return graph.status();
  for (const auto& [referrer, led_to] : *graph) {
    graph_[referrer].insert(led_to.begin(), led_to.end());
    reached_.insert(led_to.begin(), led_to.end());
  }
  return absl::OkStatus();
}

absl::StatusOr<Referral> Deals::Refer(Referral referral) {
  const Id given_by = referral.referrer;
  referral.referrer = work_.Resolve(given_by);
  absl::Status status = LoadReferrals({referral.opportunity}, {referral.referred});
  if (status.ok()) status = CheckShares(referral, shares_[referral.opportunity]);
  if (status.ok()) status = CheckNoCycle(referral, graph_);
  if (!status.ok()) return status;
  shares_[referral.opportunity] += referral.influence_percent;
  // Whatever the one referred leads to is there, so also what whoever leads to this referrer now leads to.
  graph_[referral.referrer].insert(referral.referred);
  referral.id = Id::New(work_.now());
  referral.referrer = work_.Settle(OwnedKind::kReferrer, referral.id, given_by);
  referral.create_time = work_.now();
  work_.AddReferral(referral);
  auto event = std::make_unique<v1::ReferralRecorded>();
  *event->mutable_referral() = Encode(referral);
  work_.Record(referral.referred, event->referral().name(), nullptr, event->referral());
  work_.Announce(referral.referred, referral.event_time, std::move(event));
  return referral;
}

absl::Status Deals::CheckReadable(const servicekit::Principal& principal, Id customer) {
  const absl::StatusOr<std::vector<Journey>> found = JourneyStore::Get(
      work_.tx(), {work_.Resolve(customer)}, servicekit::MayRead(principal, JourneyStore::RuleColumns()));
  if (!found.ok()) return found.status();
  if (!found->empty()) return absl::OkStatus();
  return absl::NotFoundError(StrCat(NameOf("customers", customer), " does not exist"));
}

absl::StatusOr<const Product*> Deals::FindProduct(Id id) {
  const Product* product = work_.products.Find(id);
  if (product == nullptr) return absl::NotFoundError(StrCat(NameOf("products", id), " does not exist"));
  return product;
}

absl::Status Deals::Complete(Opportunity& opportunity) {
  std::vector<Id> ids;
  if (opportunity.product.has_value()) ids.push_back(*opportunity.product);
  for (const OpportunityLine& line : opportunity.lines) {
    if (line.product.has_value()) ids.push_back(*line.product);
  }
  absl::Status status = work_.LoadProducts(ids);
  if (status.ok()) status = work_.LoadSalesSteps();
  if (!status.ok()) return status;
  TakeDefaults(opportunity, work_.sales_steps());
  for (size_t i = 0; i < opportunity.lines.size(); ++i) {
    OpportunityLine& line = opportunity.lines[i];
    if (!line.product.has_value()) continue;
    const absl::StatusOr<const Product*> product = FindProduct(*line.product);
    if (!product.ok()) return product.status();
    if (line.description.empty()) line.description = (*product)->display_name;
    if (!line.unit_price.has_value()) line.unit_price = (*product)->list_price;
    if (line.unit_price.has_value()) continue;
    return servicekit::InvalidField(StrCat("lines[", i, "].unit_price"),
                                    "is required, as the product has no list price");
  }
  status = SumLines(opportunity);
  if (!status.ok() || !opportunity.product.has_value()) return status;
  const absl::StatusOr<const Product*> product = FindProduct(*opportunity.product);
  if (!product.ok()) return product.status();
  if (!opportunity.amount.has_value()) opportunity.amount = (*product)->list_price;
  return absl::OkStatus();
}

absl::Status Deals::CheckCloseTime(const Opportunity& opportunity, absl::Time close_time) const {
  if (close_time >= opportunity.open_time) return absl::OkStatus();
  return servicekit::InvalidField("close_time",
                                  StrCat("lies before the opportunity was opened (",
                                         absl::FormatTime(opportunity.open_time, absl::UTCTimeZone()), ")"));
}

absl::StatusOr<Order> Deals::Draft(Id customer, const OrderDraft& draft) {
  Order order;
  order.id = Id::New(work_.now());
  order.customer = customer;
  order.order_time = draft.order_time;
  order.due_date = draft.due_date;
  order.instalments = draft.instalments;
  order.currency = draft.currency;
  order.external_id = draft.external_id;
  order.create_time = work_.now();
  order.version = 1;
  std::vector<Id> ids;
  for (const OrderDraft::Line& line : draft.lines) {
    if (line.product.has_value()) ids.push_back(*line.product);
  }
  absl::Status status = work_.LoadProducts(ids);
  std::vector<std::string> currencies = {draft.currency};
  for (const Id& id : ids) {
    if (const Product* product = work_.products.Find(id);
        product != nullptr && product->unit_cost.has_value())
      currencies.push_back(product->unit_cost->currency);
  }
  if (status.ok()) status = work_.LoadRates(currencies);
  if (!status.ok()) return status;
  for (const OrderDraft::Line& line : draft.lines) {
    OrderLine& priced = order.lines.emplace_back();
    priced.product = line.product;
    priced.description = line.description;
    priced.quantity = line.quantity;
    priced.amount = line.amount;
    const Product* product = nullptr;
    if (line.product.has_value()) {
      product = work_.products.Find(*line.product);
      if (product == nullptr) {
        return absl::NotFoundError(StrCat(NameOf("products", *line.product), " does not exist"));
      }
      if (priced.description.empty()) priced.description = product->display_name;
    }
    if (line.unit_cost.has_value()) {
      priced.unit_cost = *line.unit_cost;
    } else if (product != nullptr && product->unit_cost.has_value()) {
      priced.unit_cost = CostIn(draft.currency, *product->unit_cost, DayOf(draft.order_time));
    }
  }
  const absl::StatusOr<Decimal> rate = work_.RateAt(draft.currency, DayOf(draft.order_time));
  if (!rate.ok()) return rate.status();
  order.rate = *rate;
  status = Price(order);
  if (status.ok()) status = CheckInstalments(order);
  if (!status.ok()) return status;
  return order;
}

Decimal Deals::CostIn(const std::string& currency, const Money& cost, absl::CivilDay day) const {
  if (cost.currency == currency) return cost.amount;
  const absl::StatusOr<Decimal> from = work_.RateAt(cost.currency, day), to = work_.RateAt(currency, day);
  if (!from.ok() || !to.ok()) return Decimal();
  return Convert(cost.amount, *from, *to).value_or(Decimal());
}

Order& Deals::Keep(Order draft) {
  Order& order = work_.orders.Insert(std::move(draft));
  Move move;
  move.customer = order.customer;
  move.kind = MoveKind::kOrderPlaced;
  move.cause = order.id;
  move.event_time = order.order_time;
  work_.AddMove(std::move(move));
  auto event = std::make_unique<v1::OrderPlaced>();
  *event->mutable_order() = Encode(order, work_.environment().base_currency);
  work_.Record(order.customer, event->order().name(), nullptr, event->order());
  work_.Announce(order.customer, order.order_time, std::move(event));
  return order;
}

void Deals::Announce(const Opportunity& opportunity, absl::Time time) {
  auto event = std::make_unique<v1::OpportunityChanged>();
  *event->mutable_opportunity() = Encode(opportunity);
  if (opportunity.amount.has_value() && work_.LoadRates({opportunity.amount->currency}).ok()) {
    // Without a rate the event goes without a base amount; only an order needs one.
    const absl::StatusOr<Decimal> rate =
        work_.RateAt(opportunity.amount->currency, DayOf(opportunity.open_time));
    if (rate.ok()) {
      const Decimal base = opportunity.amount->amount * *rate;
      if (base.InRange()) {
        *event->mutable_base_amount() = EncodeMoney(work_.environment().base_currency, base);
      }
    }
  }
  work_.Announce(opportunity.customer, time, std::move(event));
}

}  // namespace clientele::lifecycle
