#include "lifecycle-svc/operations/import_batch.h"

#include <algorithm>
#include <utility>

#include "lifecycle-svc/contract/decode.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/store/order_store.h"
#include "lifecycle-svc/store/product_store.h"
#include "lifecycle-svc/store/referral_store.h"
#include "lifecycle-svc/store/service_project_store.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {
namespace {

using servicekit::InvalidField;
using servicekit::NameOf;
using servicekit::StrCat;
using Kind = v1::ImportRecord::RecordCase;
using type::v1::ImportResult;

// The products that lines name.
template <typename Lines>
void AddProducts(const Lines& lines, Wanted& products) {
  for (const auto& line : lines) {
    if (const auto id = servicekit::ParseName("", "products", line.product()); id.ok()) {
      products.ids.push_back(*id);
    }
  }
}

}  // namespace

absl::Status Differs(const std::string& name) {
  const std::string why = StrCat("it was imported before as ", name, ", and this record differs from it");
  return servicekit::PreconditionFailed(why, {{"RECORD_DIFFERS", name, why}});
}

absl::Status ImportBatch::Load(absl::Span<const ImportItem> items) {
  Wanted products, opportunities, orders, payments, refunds, returns, referrals, moves, projects;
  std::vector<ExternalId> changed_products;
  std::vector<Id> moved, limited;
  for (const ImportItem& item : items) {
    if (!item.error.ok()) continue;
    for (const std::optional<Reference>& product : item.products) products.Add(product);
    opportunities.Add(item.opportunity);
    orders.Add(item.order);
    switch (item.record->record_case()) {
      case Kind::kProduct:
        products.Add(item.external_id);
        changed_products.push_back(*item.external_id);
        break;
      case Kind::kOpportunity:
        opportunities.Add(item.external_id);
        AddProducts(item.record->opportunity().opportunity().lines(), products);
        break;
      case Kind::kOrder:
        orders.Add(item.external_id);
        AddProducts(item.record->order().order().lines(), products);
        break;
      case Kind::kPayment:
        payments.Add(item.external_id);
        break;
      case Kind::kOrderReturn:
        returns.Add(item.external_id);
        break;
      case Kind::kRefund:
        refunds.Add(item.external_id);
        break;
      case Kind::kServiceProject:
        projects.Add(item.external_id);
        break;
      case Kind::kReferral:
        referrals.Add(item.external_id);
        break;
      case Kind::kCreditLimit:
        if (const std::optional<Id> id = references_.FindCustomer(*item.customer)) limited.push_back(*id);
        break;
      case Kind::kTransition:
        moves.Add(item.external_id);
        if (const std::optional<Id> id = references_.FindCustomer(*item.customer)) moved.push_back(*id);
        break;
      default:
        break;
    }
  }
  absl::Status status =
      work_.Lock(references_.customers(), references_.heard(), !referrals.external_ids.empty());
  if (status.ok()) status = ProductStore::Lock(work_.tx(), changed_products);
  if (status.ok() && !changed_products.empty()) status = work_.LoadMatrix();
  if (!status.ok()) return status;

  // Keeps the rows that one query found, and remembers the first error.
  const auto load = [&](auto& rows, auto found) {
    if (!status.ok()) return;
    status = found.status();
    if (found.ok()) rows.Load(*std::move(found));
  };
  Transaction& tx = work_.tx();
  load(work_.opportunities, OpportunityStore::Find(tx, opportunities.ids));
  load(work_.opportunities, OpportunityStore::Find(tx, opportunities.external_ids));
  std::vector<Id> of_deals;
  for (const ImportItem& item : items) {
    if (!item.error.ok()) continue;
    const Opportunity* opportunity =
        item.opportunity.has_value()   ? work_.opportunities.Find(*item.opportunity)
        : item.external_id.has_value() ? work_.opportunities.Find(*item.external_id)
                                       : nullptr;
    if (opportunity == nullptr) continue;
    if (item.opportunity.has_value() && opportunity->order.has_value())
      of_deals.push_back(*opportunity->order);
    if (opportunity->product.has_value()) products.ids.push_back(*opportunity->product);
    for (const OpportunityLine& line : opportunity->lines) {
      if (line.product.has_value()) products.ids.push_back(*line.product);
    }
  }
  load(work_.orders, OrderStore::Find(tx, orders.ids));
  load(work_.orders, OrderStore::Find(tx, orders.external_ids));
  load(work_.orders, OrderStore::Find(tx, of_deals));
  load(work_.service_projects, ServiceProjectStore::Find(tx, projects.external_ids));
  if (!projects.external_ids.empty()) {
    for (const Order* order : work_.orders.all()) {
      for (const OrderLine& line : order->lines) {
        if (line.product.has_value()) products.ids.push_back(*line.product);
      }
    }
  }
  load(work_.products, ProductStore::Find(tx, products.ids));
  load(work_.products, ProductStore::Find(tx, products.external_ids));
  // Cancelling an order gives its projects up, and an order has one of each model at most.
  std::vector<Id> with_projects = of_deals;
  for (const ImportItem& item : items) {
    if (!item.error.ok() || !item.order.has_value()) continue;
    if (const Order* order = work_.orders.Find(*item.order)) with_projects.push_back(order->id);
  }
  if (status.ok()) status = projects_.LoadOf(with_projects);
  if (!status.ok()) return status;

  status = credit_limits_.Load(limited);
  if (!status.ok()) return status;
  const auto found_payments = OrderStore::FindPayments(tx, payments.external_ids);
  if (!found_payments.ok()) return found_payments.status();
  for (const Payment& payment : *found_payments) payments_[*payment.external_id] = payment;
  const auto found_refunds = OrderStore::FindRefunds(tx, refunds.external_ids);
  if (!found_refunds.ok()) return found_refunds.status();
  for (const Refund& refund : *found_refunds) refunds_[*refund.external_id] = refund;
  const auto found_returns = OrderStore::FindReturns(tx, returns.external_ids);
  if (!found_returns.ok()) return found_returns.status();
  for (const OrderReturn& found : *found_returns) returns_[*found.external_id] = found;
  const auto found_referrals = ReferralStore::Find(tx, referrals.external_ids);
  if (!found_referrals.ok()) return found_referrals.status();
  for (const Referral& referral : *found_referrals) referrals_[*referral.external_id] = referral;
  std::vector<Id> recommended, referred;
  for (const ImportItem& item : items) {
    if (!item.error.ok() || item.record->record_case() != Kind::kReferral) continue;
    if (const Opportunity* opportunity = work_.opportunities.Find(*item.opportunity)) {
      recommended.push_back(opportunity->id);
      referred.push_back(opportunity->customer);
    }
  }
  status = deals_.LoadReferrals(recommended, referred);
  if (!status.ok()) return status;
  const auto found_moves = JourneyStore::FindMoves(tx, moves.external_ids);
  if (!found_moves.ok()) return found_moves.status();
  for (const Move& move : *found_moves) moves_[*move.external_id] = move;
  return work_.LoadMoves(moved);
}

absl::StatusOr<ImportBatch::Taken> ImportBatch::Take(const ImportItem& item) {
  if (!item.error.ok()) return item.error;
  switch (item.record->record_case()) {
    case Kind::kProduct:
      return TakeProduct(item);
    case Kind::kExchangeRate:
      return TakeRate(item);
    case Kind::kOpportunity:
      return TakeOpportunity(item);
    case Kind::kOrder:
      return TakeOrder(item);
    case Kind::kPayment:
      return TakePayment(item);
    case Kind::kOrderCancellation:
      return TakeCancellation(item);
    case Kind::kOrderReturn:
      return TakeReturn(item);
    case Kind::kRefund:
      return TakeRefund(item);
    case Kind::kServiceProject:
      return TakeServiceProject(item);
    case Kind::kCreditLimit:
      return TakeCreditLimit(item);
    case Kind::kReferral:
      return TakeReferral(item);
    case Kind::kTransition:
      return TakeTransition(item);
    case Kind::RECORD_NOT_SET:
      break;
  }
  return InvalidField("record", "must be one of the kinds of record");
}

absl::StatusOr<Id> ImportBatch::Customer(std::string_view field, const Reference& reference) {
  const std::optional<Id> id = references_.FindCustomer(reference);
  if (!id.has_value() || work_.FindJourney(*id) == nullptr)
    return InvalidField(field, "there is no such customer");
  return *id;
}

absl::StatusOr<Id> ImportBatch::ProductOf(std::string_view field, const Reference& reference) {
  const Product* product = work_.products.Find(reference);
  if (product == nullptr) return InvalidField(field, "there is no such product");
  return product->id;
}

absl::StatusOr<ImportBatch::Taken> ImportBatch::TakeProduct(const ImportItem& item) {
  if (absl::Status status = servicekit::CheckAdministrator(call_.principal); !status.ok()) return status;
  const v1::Product& change = item.record->product().product();
  Product* product = work_.products.Find(*item.external_id);
  if (product == nullptr) {
    Violations violations;
    Product draft = DecodeProduct(violations, "product.product", change);
    if (!violations.empty()) return violations.status();
    draft.id = Id::New(work_.now());
    draft.create_time = draft.update_time = work_.now();
    draft.version = 1;
    const v1::Product created = Encode(work_.products.Insert(std::move(draft)), work_.matrix());
    work_.Record(Id(), created.name(), nullptr, created);
    return Taken{ImportResult::CREATED, created.name()};
  }
  absl::StatusOr<Product> next = MergeProduct(*product, change, {}, "product.product");
  if (!next.ok()) return next.status();
  const v1::Product before = Encode(*product, work_.matrix());
  if (*next == *product) return Taken{ImportResult::UNCHANGED, before.name()};
  next->update_time = work_.now();
  *product = *std::move(next);
  work_.products.Change(*product);
  work_.Record(Id(), before.name(), &before, Encode(*product, work_.matrix()));
  return Taken{ImportResult::UPDATED, before.name()};
}

absl::StatusOr<ImportBatch::Taken> ImportBatch::TakeRate(const ImportItem& item) {
  if (absl::Status status = servicekit::CheckAdministrator(call_.principal); !status.ok()) return status;
  Violations violations;
  const ExchangeRate rate = DecodeExchangeRate(violations, "exchange_rate", item.record->exchange_rate());
  if (rate.currency == work_.environment().base_currency) {
    violations.Add("exchange_rate.currency_code", "is the base currency, whose rate is always 1");
  }
  if (!violations.empty()) return violations.status();
  if (absl::Status status = work_.LoadRates({rate.currency}); !status.ok()) return status;
  const std::string name = ExchangeRateName(rate);
  const ExchangeRate* current = work_.FindRate(rate.currency, rate.start_date);
  if (current != nullptr && *current == rate) return Taken{ImportResult::UNCHANGED, name};
  const v1::ExchangeRate after = Encode(rate);
  const v1::ExchangeRate before = current == nullptr ? v1::ExchangeRate() : Encode(*current);
  work_.Record(Id(), name, current == nullptr ? nullptr : &before, after);
  work_.PutRate(rate);
  return Taken{current == nullptr ? ImportResult::CREATED : ImportResult::UPDATED, name};
}

absl::StatusOr<ImportBatch::Taken> ImportBatch::TakeOrder(const ImportItem& item) {
  v1::Order message = item.record->order().order();
  const absl::StatusOr<Id> customer = Customer("order.customer", *item.customer);
  if (!customer.ok()) return customer.status();
  for (size_t i = 0; i < item.products.size(); ++i) {
    if (!item.products[i].has_value()) continue;
    const absl::StatusOr<Id> product = ProductOf(StrCat("order.products[", i, "]"), *item.products[i]);
    if (!product.ok()) return product.status();
    message.mutable_lines(static_cast<int>(i))->set_product(NameOf("products", *product));
  }
  Violations violations;
  const OrderDraft draft = DecodeOrder(violations, "order.order", message, work_.now());
  if (!violations.empty()) return violations.status();
  if (const Order* order = work_.orders.Find(*item.external_id)) {
    const std::string name = NameOf("orders", order->id);
    const auto same_line = [](const OrderDraft::Line& a, const OrderLine& b) {
      return a.quantity == b.quantity && a.amount == b.amount &&
             (!a.product.has_value() || a.product == b.product) &&
             (a.description.empty() || a.description == b.description) &&
             (!a.unit_cost.has_value() || *a.unit_cost == b.unit_cost);
    };
    const bool same = order->customer == work_.Resolve(*customer) && order->currency == draft.currency &&
                      (!draft.has_order_time || draft.order_time == order->order_time) &&
                      (!draft.due_date.has_value() || draft.due_date == order->due_date) &&
                      (draft.instalments.empty() || draft.instalments == order->instalments) &&
                      std::equal(draft.lines.begin(), draft.lines.end(), order->lines.begin(),
                                 order->lines.end(), same_line);
    if (!same) return Differs(name);
    return Taken{ImportResult::UNCHANGED, name};
  }
  const absl::StatusOr<Order*> order = deals_.Place(*customer, draft);
  if (!order.ok()) return servicekit::UnderField(order.status(), "order.");
  return Taken{ImportResult::CREATED, NameOf("orders", (*order)->id)};
}

absl::StatusOr<Order*> ImportBatch::TargetOrder(const std::string& record, const ImportItem& item) {
  if (item.order.has_value()) {
    Order* order = OrderOf(*item.order);
    if (order == nullptr) return InvalidField(record + ".order", "there is no such order");
    return order;
  }
  const std::string field = record + ".opportunity";
  const Opportunity* opportunity = work_.opportunities.Find(*item.opportunity);
  if (opportunity == nullptr || work_.FindJourney(opportunity->customer) == nullptr) {
    return InvalidField(field, "there is no such order");
  }
  if (!opportunity->order.has_value()) return InvalidField(field, "the opportunity has no order");
  Order* order = work_.orders.Find(*opportunity->order);
  if (order == nullptr) return InvalidField(field, "there is no such order");
  return order;
}

absl::StatusOr<ImportBatch::Taken> ImportBatch::TakePayment(const ImportItem& item) {
  const absl::StatusOr<Order*> target = TargetOrder("payment", item);
  if (!target.ok()) return target.status();
  Order* const order = *target;
  Violations violations;
  const PaymentDraft draft =
      DecodePayment(violations, "payment.payment", item.record->payment().payment(), work_.now());
  if (!violations.empty()) return violations.status();
  if (const auto found = payments_.find(*item.external_id); found != payments_.end()) {
    const Payment& payment = found->second;
    const bool same = payment.order == order->id && payment.amount == draft.amount.amount &&
                      order->currency == draft.amount.currency &&
                      (!draft.has_pay_time || draft.pay_time == payment.pay_time);
    if (!same) return Differs(PaymentName(payment));
    return Taken{ImportResult::UNCHANGED, PaymentName(payment)};
  }
  const absl::StatusOr<Payment> payment = deals_.Pay(*order, draft);
  if (!payment.ok()) return servicekit::UnderField(payment.status(), "payment.");
  payments_[*item.external_id] = *payment;
  return Taken{ImportResult::CREATED, PaymentName(*payment)};
}

absl::StatusOr<ImportBatch::Taken> ImportBatch::TakeReferral(const ImportItem& item) {
  const Opportunity* opportunity = work_.opportunities.Find(*item.opportunity);
  if (opportunity == nullptr || work_.FindJourney(opportunity->customer) == nullptr) {
    return InvalidField("referral.opportunity", "there is no such opportunity");
  }
  const std::optional<Id> referrer = references_.FindCustomer(*item.customer);
  absl::Status readable = absl::NotFoundError("");
  if (referrer.has_value()) {
    readable = work_.FindJourney(*referrer) != nullptr ? absl::OkStatus()
                                                       : deals_.CheckReadable(call_.principal, *referrer);
  }
  if (absl::IsNotFound(readable)) return InvalidField("referral.referrer", "there is no such customer");
  if (!readable.ok()) return readable;
  const v1::Referral& message = item.record->referral().referral();
  Violations violations;
  Referral draft = DecodeReferral(violations, "referral.referral", message, work_.now());
  if (!violations.empty()) return violations.status();
  draft.referrer = *referrer;
  draft.opportunity = opportunity->id;
  draft.referred = opportunity->customer;
  if (const auto found = referrals_.find(*item.external_id); found != referrals_.end()) {
    const Referral& referral = found->second;
    const std::string name = NameOf("referrals", referral.id);
    const bool same = referral.referrer == work_.Resolve(draft.referrer) &&
                      referral.opportunity == draft.opportunity &&
                      referral.influence_percent == draft.influence_percent &&
                      (!message.has_event_time() || referral.event_time == draft.event_time);
    if (!same) return Differs(name);
    return Taken{ImportResult::UNCHANGED, name};
  }
  const absl::StatusOr<Referral> referral = deals_.Refer(std::move(draft));
  if (!referral.ok()) return referral.status();
  referrals_[*item.external_id] = *referral;
  return Taken{ImportResult::CREATED, NameOf("referrals", referral->id)};
}

absl::StatusOr<ImportBatch::Taken> ImportBatch::TakeTransition(const ImportItem& item) {
  const v1::TransitionRecord& record = item.record->transition();
  const absl::StatusOr<Id> customer = Customer("transition.customer", *item.customer);
  if (!customer.ok()) return customer.status();
  Violations violations;
  Move move;
  move.customer = *customer;
  move.kind = MoveKind::kManual;
  move.stage = DecodeStage(violations, "transition.stage", record.stage());
  move.reason = record.reason();
  CheckText(violations, "transition.reason", record.reason(), 1000);
  if (!record.has_event_time()) violations.Add("transition.event_time", "is required");
  move.event_time = DecodePast(violations, "transition.event_time", record.has_event_time(),
                               record.event_time(), work_.now());
  move.external_id = item.external_id;
  if (!violations.empty()) return violations.status();
  const auto name = [&](Id id) { return NameOf("customers", work_.Resolve(*customer), "transitions", id); };
  if (const auto found = moves_.find(*item.external_id); found != moves_.end()) {
    const Move& made = found->second;
    const bool same = made.customer == work_.Resolve(move.customer) && made.stage == move.stage &&
                      made.reason == move.reason && made.event_time == move.event_time;
    if (!same) return Differs(name(made.id));
    return Taken{ImportResult::UNCHANGED, name(made.id)};
  }
  move.id = Id::New(work_.now());
  const std::vector<Move> known = work_.MovesOf(*customer);
  absl::Status status = CheckManualMove(known, move, "transition.reason");
  if (!status.ok()) return status;
  // Nobody is asked what its stage requires.
  if (IsGuarded(StepAt(known, move).direction) && !servicekit::CheckAdministrator(call_.principal).ok()) {
    return absl::PermissionDeniedError(
        "only an administrator imports a move forward or back into the lifecycle; TransitionJourney makes "
        "it");
  }
  move.id = work_.AddMove(move);
  moves_[*item.external_id] = move;
  return Taken{ImportResult::CREATED, name(move.id)};
}

}  // namespace clientele::lifecycle
