#include "lifecycle-svc/domain/order.h"

#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {

absl::CivilDay DayOf(absl::Time time) { return absl::ToCivilDay(time, absl::UTCTimeZone()); }

absl::Status Price(Order& order) {
  Decimal total, cost;
  for (const OrderLine& line : order.lines) {
    total += line.amount;
    cost += Decimal::FromMicros(line.unit_cost.micros() * line.quantity);
    // Checked for each line, so that the sums stay within 128 bits.
    if (!total.InRange()) return servicekit::InvalidField("lines", "sum to more than an amount can hold");
    if (!cost.InRange()) return servicekit::InvalidField("lines", "cost more than an amount can hold");
  }
  order.total = total;
  order.base_total = total * order.rate;
  order.base_cost = cost * order.rate;
  if (!order.base_total.InRange() || !order.base_cost.InRange()) {
    return servicekit::InvalidField("lines", "are worth more in the base currency than an amount can hold");
  }
  return absl::OkStatus();
}

absl::Status Pay(Order& order, Payment& payment) {
  const Decimal paid = order.paid + payment.amount;
  if (paid > order.total) {
    const std::string why = servicekit::StrCat("the order has ", (order.total - order.paid).ToString(), " ",
                                               order.currency, " left to pay, less than this payment");
    return servicekit::PreconditionFailed(why, {{"OVERPAID", servicekit::NameOf("orders", order.id), why}});
  }
  const Decimal base_paid = paid * order.rate;
  payment.base_amount = base_paid - order.base_paid;
  order.paid = paid;
  order.base_paid = base_paid;
  return absl::OkStatus();
}

}  // namespace clientele::lifecycle
