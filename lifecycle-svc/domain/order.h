#ifndef LIFECYCLE_SVC_DOMAIN_ORDER_H_
#define LIFECYCLE_SVC_DOMAIN_ORDER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "lifecycle-svc/domain/external_id.h"
#include "servicekit/types/id.h"
#include "servicekit/types/money.h"

namespace clientele::lifecycle {

using servicekit::Decimal;
using servicekit::Id;
using servicekit::Money;

struct OrderLine {
  std::optional<Id> product;
  std::string description;
  int64_t quantity = 1;
  Decimal amount;     // For the whole line, in the order's currency.
  Decimal unit_cost;  // For one piece, in the order's currency.
  int64_t returned_quantity = 0;
  Decimal returned_amount;

  friend bool operator==(const OrderLine&, const OrderLine&) = default;
};

// 10^12 pieces: keeps the cost of a line within 128 bits.
constexpr int64_t kMaxQuantity = 1'000'000'000'000;
constexpr int kMaxLines = 200;

// A part of the total with a due date of its own.
struct Instalment {
  absl::CivilDay due_date;
  Decimal amount;
  friend bool operator==(const Instalment&, const Instalment&) = default;
};
constexpr int kMaxInstalments = 60;

// A placed deal. The base amounts follow from those in the order's currency in one way whatever happens in
// which order: what is left of the order, and what we hold of what was paid, are multiplied by the rate and
// rounded once, and all else is a difference of two such. So they sum exactly, and what is held of a paid
// order is what is left of it.
struct Order {
  Id id;
  Id customer;
  std::optional<Id> opportunity;
  std::vector<OrderLine> lines;
  absl::Time order_time;
  std::optional<absl::CivilDay> due_date;  // Of the last instalment, if there are any.
  std::vector<Instalment> instalments;
  std::string currency;
  Decimal rate;  // Of `currency` into the base currency on the order's day.
  Decimal total;
  Decimal base_total;
  Decimal base_cost;
  Decimal paid;
  Decimal base_paid;
  Decimal refunded;  // Given back of what was paid.
  Decimal base_refunded;
  Decimal returned;
  Decimal base_returned;
  Decimal returned_cost;  // Of goods that can be used again, in the order's currency.
  Decimal base_returned_cost;
  std::optional<absl::Time> cancel_time;
  std::string cancel_reason;
  std::optional<ExternalId> external_id;
  absl::Time create_time;
  int64_t version = 0;

  // What is left of it after returns.
  Decimal net_total() const { return total - returned; }
  bool is_cancelled() const { return cancel_time.has_value(); }
  // What we have of what was paid.
  Decimal held() const { return paid - refunded; }
  bool is_paid() const { return !is_cancelled() && held() >= net_total(); }
  // What we have beyond what is owed.
  Decimal refund_due() const {
    const Decimal owed = is_cancelled() ? Decimal() : net_total();
    return held() > owed ? held() - owed : Decimal();
  }
  friend bool operator==(const Order&, const Order&) = default;
};

struct Payment {
  Id id;
  Id order;
  Decimal amount;       // In the order's currency.
  Decimal base_amount;  // At the rate of the order's day.
  absl::Time pay_time;
  std::optional<ExternalId> external_id;
  absl::Time create_time;

  friend bool operator==(const Payment&, const Payment&) = default;
};

// Money given back.
struct Refund {
  Id id;
  Id order;
  Decimal amount;       // In the order's currency.
  Decimal base_amount;  // At the rate of the order's day.
  absl::Time refund_time;
  std::string note;
  std::optional<ExternalId> external_id;
  absl::Time create_time;

  friend bool operator==(const Refund&, const Refund&) = default;
};

// Goods of an order that came back.
struct OrderReturn {
  struct Line {
    int line = 0;  // Of the order, counted from 0.
    int64_t quantity = 1;
    Decimal amount;
    friend bool operator==(const Line&, const Line&) = default;
  };
  Id id;
  Id order;
  std::vector<Line> lines;
  std::string reason;
  bool discarded = false;  // The goods cannot be used again: their cost does not come back.
  absl::Time return_time;
  Decimal amount;
  Decimal base_amount;
  Decimal base_cost;
  std::optional<ExternalId> external_id;
  absl::Time create_time;
  friend bool operator==(const OrderReturn&, const OrderReturn&) = default;
};

// The day whose exchange rate an order is counted at.
absl::CivilDay DayOf(absl::Time time);

// Sets total, base_total and base_cost from lines and rate. INVALID_ARGUMENT when one leaves the range of an
// amount.
absl::Status Price(Order& order);

// INVALID_ARGUMENT at `instalments` unless their dates rise and they sum to the total. Without a due date,
// the order gets that of the last.
absl::Status CheckInstalments(Order& order);
// The first day on which something is due that is not paid. Payments settle what is due first, and returns
// take from what is due last.
std::optional<absl::CivilDay> NextDueDate(const Order& order);

// FAILED_PRECONDITION when it is cancelled, or goods of it came back; INVALID_ARGUMENT at `cancel_time` when
// that lies before the order.
absl::Status Cancel(Order& order, std::string reason, absl::Time cancel_time);

// Takes goods back: what is credited for a line's last piece is what is left of the line's amount. Sets the
// amounts of the return. FAILED_PRECONDITION when it is cancelled or fewer pieces are left; INVALID_ARGUMENT
// at `lines` or `return_time`; then nothing has changed.
absl::Status TakeBack(Order& order, OrderReturn& order_return);

// Adds the payment to what is paid, and sets its base amount so that the base amounts of all payments of a
// paid order sum to its base total less its base returns, to the micro-unit. FAILED_PRECONDITION when it is
// cancelled, or more would be paid than is owed.
absl::Status Pay(Order& order, Payment& payment);

// Gives back what was paid beyond what is owed, or a part of it, and sets its base amount as Pay() does.
// FAILED_PRECONDITION when less is due; INVALID_ARGUMENT at `refund_time` when that lies before the order.
absl::Status GiveBack(Order& order, Refund& refund);

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_DOMAIN_ORDER_H_
