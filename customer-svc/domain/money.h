#ifndef CUSTOMER_SVC_DOMAIN_MONEY_H_
#define CUSTOMER_SVC_DOMAIN_MONEY_H_

#include <string_view>

#include "servicekit/types/error.h"
#include "servicekit/types/money.h"

namespace clientele::customer {

// Adds a violation unless the currency is well-formed and the amount is zero or more and can be stored.
inline void CheckMoney(servicekit::Violations& violations, std::string_view field,
                       const servicekit::Money& money) {
  violations.Add(field, servicekit::CheckCurrency(money.currency));
  if (!money.amount.InRange()) violations.Add(field, "must have at most 14 digits before the point");
  if (money.amount < servicekit::Decimal()) violations.Add(field, "must not be negative");
}

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_DOMAIN_MONEY_H_
