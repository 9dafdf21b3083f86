#include "lifecycle-svc/rpc/order_rpc.h"

#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/store/order_store.h"
#include "lifecycle-svc/store/referral_store.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {
namespace {

using servicekit::FilterField;

const std::vector<FilterField>& Fields() {
  using Type = FilterField::Type;
  static const auto& fields = *new std::vector<FilterField>{
      {"customer", Type::kName, "o.customer_id", nullptr, "customers"},
      {"order_time", Type::kTime, "o.order_time", nullptr, ""},
      // A DATE compares with a time as its midnight, so that a day can be written as either.
      {"due_date", Type::kTime, "o.due_date", nullptr, ""},
      {"state", Type::kEnum, "o.state", v1::Order::State_descriptor(), ""},
      {"currency", Type::kText, "o.currency", nullptr, ""},
      {"owner", Type::kName, "j.owner_id", nullptr, "representatives"},
      {"team", Type::kName, "j.team_id", nullptr, "teams"},
  };
  return fields;
}

const std::vector<FilterField>& ReferralFields() {
  using Type = FilterField::Type;
  static const auto& fields = *new std::vector<FilterField>{
      {"referrer", Type::kName, "r.referrer_id", nullptr, "customers"},
      {"referred", Type::kName, "r.referred_id", nullptr, "customers"},
      {"opportunity", Type::kName, "r.opportunity_id", nullptr, "opportunities"},
      {"event_time", Type::kTime, "r.event_time", nullptr, ""},
      {"cancel_time", Type::kTime, "r.cancel_time", nullptr, ""},
  };
  return fields;
}

const servicekit::OrderFields& OrderByFields() {
  using Type = servicekit::OrderFields::Type;
  static const auto& fields = *new servicekit::OrderFields{
      "o.id", {{"name", Type::kId, "o.id"}, {"order_time", Type::kTime, "o.order_time"}}};
  return fields;
}

// The place in a list by time that a page begins after.
struct TimeKey {
  absl::Time time;
  Id id;
};
absl::StatusOr<TimeKey> AfterTime(const Page& page) {
  if (page.after.empty()) return TimeKey{};
  const absl::StatusOr<absl::Time> time = page.after.Time(0);
  const absl::StatusOr<Id> id = page.after.GetId(1);
  if (!time.ok()) return time.status();
  if (!id.ok()) return id.status();
  return TimeKey{*time, *id};
}

absl::Status NotFound(const std::string& name) {
  return absl::NotFoundError(servicekit::StrCat(name, " does not exist"));
}

}  // namespace

OrderRpc::OrderRpc(Backend backend) : backend_(backend) {}
OrderRpc::~OrderRpc() = default;

absl::StatusOr<v1::Order> OrderRpc::GetOrder(const CallContext& call, const v1::GetOrderRequest& request) {
  const absl::StatusOr<Id> id = servicekit::ParseName("name", "orders", request.name());
  if (!id.ok()) return id.status();
  const auto found = servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
    return OrderStore::Get(tx, *id, Readable(call));
  });
  if (absl::IsNotFound(found.status())) return NotFound(request.name());
  if (!found.ok()) return found.status();
  return Encode(*found, backend_.environment.base_currency);
}

absl::StatusOr<v1::ListOrdersResponse> OrderRpc::ListOrders(const CallContext& call,
                                                            const v1::ListOrdersRequest& request) {
  const auto order_by = ListOrder::Parse(request.order_by(), OrderByFields());
  if (!order_by.ok()) return order_by.status();
  const absl::StatusOr<Page> page =
      Page::Of(request.page_size(), request.page_token(), {"orders", request.filter(), request.order_by()});
  if (!page.ok()) return page.status();
  const absl::StatusOr<Sql> after = AndAfter(*order_by, *page);
  if (!after.ok()) return after.status();
  const absl::StatusOr<Sql> condition = AndFilter(backend_, call, request.filter(), Fields());
  if (!condition.ok()) return condition.status();
  auto orders = servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
    return OrderStore::List(tx, Readable(call), *condition + *after, order_by->OrderBy(), page->limit());
  });
  if (!orders.ok()) return orders.status();
  v1::ListOrdersResponse response;
  response.set_next_page_token(
      page->Cut(*orders, [&](const Order& last) { return order_by->KeyOf(last.id, last.order_time); }));
  for (const Order& order : *orders)
    *response.add_orders() = Encode(order, backend_.environment.base_currency);
  return response;
}

absl::StatusOr<v1::ListPaymentsResponse> OrderRpc::ListPayments(const CallContext& call,
                                                                const v1::ListPaymentsRequest& request) {
  const absl::StatusOr<Id> id = servicekit::ParseName("parent", "orders", request.parent());
  if (!id.ok()) return id.status();
  const absl::StatusOr<Page> page =
      Page::Of(request.page_size(), request.page_token(), {"payments", request.parent()});
  if (!page.ok()) return page.status();
  const absl::StatusOr<TimeKey> after = AfterTime(*page);
  if (!after.ok()) return after.status();
  std::string currency;
  auto payments = servicekit::RunReading(
      backend_.environment.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<std::vector<Payment>> {
        const auto order = OrderStore::Get(tx, *id, Readable(call));
        if (!order.ok()) return order.status();
        currency = order->currency;
        return OrderStore::ListPayments(tx, *id, after->time, after->id, page->limit());
      });
  if (absl::IsNotFound(payments.status())) return NotFound(request.parent());
  if (!payments.ok()) return payments.status();
  v1::ListPaymentsResponse response;
  response.set_next_page_token(page->Cut(
      *payments, [](const Payment& last) { return servicekit::PageKey().Add(last.pay_time).Add(last.id); }));
  for (const Payment& payment : *payments) *response.add_payments() = Encode(payment, currency);
  return response;
}

absl::StatusOr<v1::ListRefundsResponse> OrderRpc::ListRefunds(const CallContext& call,
                                                              const v1::ListRefundsRequest& request) {
  const absl::StatusOr<Id> id = servicekit::ParseName("parent", "orders", request.parent());
  if (!id.ok()) return id.status();
  const absl::StatusOr<Page> page =
      Page::Of(request.page_size(), request.page_token(), {"refunds", request.parent()});
  if (!page.ok()) return page.status();
  const absl::StatusOr<TimeKey> after = AfterTime(*page);
  if (!after.ok()) return after.status();
  std::string currency;
  auto refunds = servicekit::RunReading(
      backend_.environment.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<std::vector<Refund>> {
        const auto order = OrderStore::Get(tx, *id, Readable(call));
        if (!order.ok()) return order.status();
        currency = order->currency;
        return OrderStore::ListRefunds(tx, *id, after->time, after->id, page->limit());
      });
  if (absl::IsNotFound(refunds.status())) return NotFound(request.parent());
  if (!refunds.ok()) return refunds.status();
  v1::ListRefundsResponse response;
  response.set_next_page_token(page->Cut(
      *refunds, [](const Refund& last) { return servicekit::PageKey().Add(last.refund_time).Add(last.id); }));
  for (const Refund& refund : *refunds) {
    *response.add_refunds() = Encode(refund, currency, backend_.environment.base_currency);
  }
  return response;
}

absl::StatusOr<v1::ListOrderReturnsResponse> OrderRpc::ListOrderReturns(
    const CallContext& call, const v1::ListOrderReturnsRequest& request) {
  const absl::StatusOr<Id> id = servicekit::ParseName("parent", "orders", request.parent());
  if (!id.ok()) return id.status();
  const absl::StatusOr<Page> page =
      Page::Of(request.page_size(), request.page_token(), {"returns", request.parent()});
  if (!page.ok()) return page.status();
  const absl::StatusOr<TimeKey> after = AfterTime(*page);
  if (!after.ok()) return after.status();
  std::string currency;
  auto returns =
      servicekit::RunReading(backend_.environment.pool, call.deadline,
                             [&](Transaction& tx) -> absl::StatusOr<std::vector<OrderReturn>> {
                               const auto order = OrderStore::Get(tx, *id, Readable(call));
                               if (!order.ok()) return order.status();
                               currency = order->currency;
                               return OrderStore::ListReturns(tx, *id, after->time, after->id, page->limit());
                             });
  if (absl::IsNotFound(returns.status())) return NotFound(request.parent());
  if (!returns.ok()) return returns.status();
  v1::ListOrderReturnsResponse response;
  response.set_next_page_token(page->Cut(*returns, [](const OrderReturn& last) {
    return servicekit::PageKey().Add(last.return_time).Add(last.id);
  }));
  for (const OrderReturn& order_return : *returns) {
    *response.add_order_returns() = Encode(order_return, currency, backend_.environment.base_currency);
  }
  return response;
}

absl::StatusOr<v1::Referral> OrderRpc::GetReferral(const CallContext& call,
                                                   const v1::GetReferralRequest& request) {
  const absl::StatusOr<Id> id = servicekit::ParseName("name", "referrals", request.name());
  if (!id.ok()) return id.status();
  const auto found = servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
    return ReferralStore::Get(tx, *id, Readable(call));
  });
  if (absl::IsNotFound(found.status())) return NotFound(request.name());
  if (!found.ok()) return found.status();
  return Encode(*found);
}

absl::StatusOr<v1::ListReferralsResponse> OrderRpc::ListReferrals(const CallContext& call,
                                                                  const v1::ListReferralsRequest& request) {
  const absl::StatusOr<Page> page =
      Page::Of(request.page_size(), request.page_token(), {"referrals", request.filter()});
  if (!page.ok()) return page.status();
  const absl::StatusOr<Id> after = page->AfterId();
  if (!after.ok()) return after.status();
  const absl::StatusOr<Sql> condition = AndFilter(backend_, call, request.filter(), ReferralFields());
  if (!condition.ok()) return condition.status();
  auto referrals = servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
    return ReferralStore::List(tx, Readable(call), *condition, *after, page->limit());
  });
  if (!referrals.ok()) return referrals.status();
  v1::ListReferralsResponse response;
  response.set_next_page_token(
      page->Cut(*referrals, [](const Referral& last) { return servicekit::PageKey().Add(last.id); }));
  for (const Referral& referral : *referrals) *response.add_referrals() = Encode(referral);
  return response;
}

absl::StatusOr<v1::SummarizeOrdersResponse> OrderRpc::SummarizeOrders(
    const CallContext& call, const v1::SummarizeOrdersRequest& request) {
  const absl::StatusOr<Sql> condition = AndFilter(backend_, call, request.filter(), Fields());
  if (!condition.ok()) return condition.status();
  // One snapshot, so that the totals by currency are those of the same orders.
  const auto summary = servicekit::RunInTransaction(
      backend_.environment.pool, call.deadline,
      [&](Transaction& tx) { return OrderStore::Summarize(tx, Readable(call), *condition); },
      {.read_only = true});
  if (!summary.ok()) return summary.status();
  const std::string& base = backend_.environment.base_currency;
  v1::SummarizeOrdersResponse response;
  response.set_order_count(summary->order_count);
  response.set_customer_count(summary->customer_count);
  *response.mutable_base_total() = EncodeMoney(base, summary->base_total);
  *response.mutable_base_cost() = EncodeMoney(base, summary->base_cost);
  *response.mutable_base_paid() = EncodeMoney(base, summary->base_paid);
  *response.mutable_base_returned() = EncodeMoney(base, summary->base_returned);
  *response.mutable_base_returned_cost() = EncodeMoney(base, summary->base_returned_cost);
  *response.mutable_base_net_total() = EncodeMoney(base, summary->base_total - summary->base_returned);
  response.set_cancelled_count(summary->cancelled_count);
  *response.mutable_base_cancelled() = EncodeMoney(base, summary->base_cancelled);
  *response.mutable_base_cancelled_paid() = EncodeMoney(base, summary->base_cancelled_paid);
  *response.mutable_base_refunded() = EncodeMoney(base, summary->base_refunded);
  for (const Money& total : summary->totals) *response.add_totals() = servicekit::ToProto(total);
  return response;
}

}  // namespace clientele::lifecycle
