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

  friend bool operator==(const OrderLine&, const OrderLine&) = default;
};

// 10^12 pieces: keeps the cost of a line within 128 bits.
constexpr int64_t kMaxQuantity = 1'000'000'000'000;
constexpr int kMaxLines = 200;

// A placed deal.
struct Order {
  Id id;
  Id customer;
  std::optional<Id> opportunity;
  std::vector<OrderLine> lines;
  absl::Time order_time;
  std::optional<absl::CivilDay> due_date;
  std::string currency;
  Decimal rate;  // Of `currency` into the base currency on the order's day.
  Decimal total;
  Decimal base_total;
  Decimal base_cost;
  Decimal paid;
  Decimal base_paid;
  std::optional<ExternalId> external_id;
  absl::Time create_time;
  int64_t version = 0;

  bool is_paid() const { return paid >= total; }
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

// The day whose exchange rate an order is counted at.
absl::CivilDay DayOf(absl::Time time);

// Sets total, base_total and base_cost from lines and rate. INVALID_ARGUMENT when one leaves the range of an
// amount.
absl::Status Price(Order& order);

// Adds the payment to what is paid, and sets its base amount so that the base amounts of all payments of a
// paid order sum to its base total, to the micro-unit. FAILED_PRECONDITION when more than the total would be
// paid.
absl::Status Pay(Order& order, Payment& payment);

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_DOMAIN_ORDER_H_
