#include "lifecycle-svc/domain/order.h"

#include <algorithm>
#include <utility>

#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {

namespace {

using servicekit::InvalidField;
using servicekit::StrCat;

absl::Status Refused(const Order& order, std::string_view type, const std::string& why) {
  return servicekit::PreconditionFailed(why,
                                        {{std::string(type), servicekit::NameOf("orders", order.id), why}});
}

absl::Status CheckNotCancelled(const Order& order) {
  return order.is_cancelled() ? Refused(order, "ORDER_CANCELLED", "the order is cancelled")
                              : absl::OkStatus();
}

// `part` of `whole` pieces of `amount`, rounded half up. Both counts are above 0.
Decimal Share(Decimal amount, int64_t part, int64_t whole) {
  return Decimal::FromMicros((amount.micros() * part * 2 + whole) / (absl::int128(whole) * 2));
}

Decimal CostOf(const Order& order) {
  Decimal cost;
  for (const OrderLine& line : order.lines) {
    cost += Decimal::FromMicros(line.unit_cost.micros() * line.quantity);
  }
  return cost;
}

}  // namespace

absl::CivilDay DayOf(absl::Time time) { return absl::ToCivilDay(time, absl::UTCTimeZone()); }

absl::Status Price(Order& order) {
  Decimal total, cost;
  for (const OrderLine& line : order.lines) {
    total += line.amount;
    cost += Decimal::FromMicros(line.unit_cost.micros() * line.quantity);
    // Checked for each line, so that the sums stay within 128 bits.
    if (!total.InRange()) return InvalidField("lines", "sum to more than an amount can hold");
    if (!cost.InRange()) return InvalidField("lines", "cost more than an amount can hold");
  }
  order.total = total;
  order.base_total = total * order.rate;
  order.base_cost = cost * order.rate;
  if (!order.base_total.InRange() || !order.base_cost.InRange()) {
    return InvalidField("lines", "are worth more in the base currency than an amount can hold");
  }
  return absl::OkStatus();
}

absl::Status CheckInstalments(Order& order) {
  if (order.instalments.empty()) return absl::OkStatus();
  Decimal sum;
  for (size_t i = 0; i < order.instalments.size(); ++i) {
    const Instalment& instalment = order.instalments[i];
    const std::string field = StrCat("instalments[", i, "]");
    if (instalment.amount <= Decimal()) return InvalidField(field + ".amount", "must be above 0");
    if (i > 0 && instalment.due_date <= order.instalments[i - 1].due_date) {
      return InvalidField(field + ".due_date", "must lie after the one before it");
    }
    sum += instalment.amount;
  }
  if (sum != order.total) {
    return InvalidField("instalments",
                        StrCat("sum to ", sum.ToString(), ", not to the total, ", order.total.ToString()));
  }
  const absl::CivilDay last = order.instalments.back().due_date;
  if (order.due_date.value_or(last) != last) {
    return InvalidField("due_date", "must be that of the last instalment, or empty");
  }
  order.due_date = last;
  return absl::OkStatus();
}

std::optional<absl::CivilDay> NextDueDate(const Order& order) {
  if (order.is_cancelled() || order.is_paid()) return std::nullopt;
  Decimal due;
  for (const Instalment& instalment : order.instalments) {
    due += instalment.amount;
    if (std::min(due, order.net_total()) > order.held()) return instalment.due_date;
  }
  return order.due_date;
}

absl::Status Cancel(Order& order, std::string reason, absl::Time cancel_time) {
  if (absl::Status status = CheckNotCancelled(order); !status.ok()) return status;
  for (const OrderLine& line : order.lines) {
    if (line.returned_quantity > 0) {
      return Refused(order, "GOODS_RETURNED", "goods of the order came back; return the rest instead");
    }
  }
  if (cancel_time < order.order_time) return InvalidField("cancel_time", "lies before the order");
  order.cancel_time = cancel_time;
  order.cancel_reason = std::move(reason);
  return absl::OkStatus();
}

absl::Status TakeBack(Order& order, OrderReturn& order_return) {
  if (absl::Status status = CheckNotCancelled(order); !status.ok()) return status;
  if (order_return.return_time < order.order_time)
    return InvalidField("return_time", "lies before the order");
  Order after = order;
  OrderReturn credited = order_return;
  credited.amount = Decimal();
  for (size_t i = 0; i < credited.lines.size(); ++i) {
    OrderReturn::Line& taken = credited.lines[i];
    const std::string field = StrCat("lines[", i, "]");
    if (taken.line < 0 || taken.line >= static_cast<int>(after.lines.size())) {
      return InvalidField(field + ".line", StrCat("must be 1 to ", after.lines.size()));
    }
    OrderLine& line = after.lines[static_cast<size_t>(taken.line)];
    if (taken.quantity < 1) return InvalidField(field + ".quantity", "must be 1 or more");
    const int64_t left = line.quantity - line.returned_quantity;
    if (taken.quantity > left) {
      return Refused(order, "FEWER_LEFT",
                     StrCat("of line ", taken.line + 1, " only ", left, " pieces are left to come back"));
    }
    taken.amount = Share(line.amount - line.returned_amount, taken.quantity, left);
    line.returned_quantity += taken.quantity;
    line.returned_amount += taken.amount;
    credited.amount += taken.amount;
    if (!credited.discarded) {
      after.returned_cost += Decimal::FromMicros(line.unit_cost.micros() * taken.quantity);
    }
  }
  after.returned += credited.amount;
  after.base_returned = after.base_total - after.net_total() * after.rate;
  after.base_returned_cost = after.base_cost - (CostOf(after) - after.returned_cost) * after.rate;
  credited.base_amount = after.base_returned - order.base_returned;
  credited.base_cost = after.base_returned_cost - order.base_returned_cost;
  order = std::move(after);
  order_return = std::move(credited);
  return absl::OkStatus();
}

absl::Status Pay(Order& order, Payment& payment) {
  if (absl::Status status = CheckNotCancelled(order); !status.ok()) return status;
  const Decimal held = order.held() + payment.amount;
  if (held > order.net_total()) {
    const Decimal left = std::max(order.net_total() - order.held(), Decimal());
    return Refused(order, "OVERPAID",
                   StrCat("the order has ", left.ToString(), " ", order.currency,
                          " left to pay, less than this payment"));
  }
  payment.base_amount = held * order.rate - order.held() * order.rate;
  order.paid += payment.amount;
  order.base_paid += payment.base_amount;
  return absl::OkStatus();
}

absl::Status GiveBack(Order& order, Refund& refund) {
  if (refund.refund_time < order.order_time) return InvalidField("refund_time", "lies before the order");
  if (refund.amount > order.refund_due()) {
    return Refused(order, "MORE_THAN_DUE",
                   StrCat("of the order ", order.refund_due().ToString(), " ", order.currency,
                          " are to be given back, less than this refund"));
  }
  const Decimal held = order.held() - refund.amount;
  refund.base_amount = order.held() * order.rate - held * order.rate;
  order.refunded += refund.amount;
  order.base_refunded += refund.base_amount;
  return absl::OkStatus();
}

}  // namespace clientele::lifecycle
