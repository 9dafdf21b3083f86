#ifndef VALUE_SVC_DOMAIN_STORABLE_H_
#define VALUE_SVC_DOMAIN_STORABLE_H_

#include <algorithm>

#include "servicekit/types/money.h"

namespace clientele::value {

// The nearest amount that a column of DECIMAL(20,6) holds. Sums can pass that: of a few orders in a wrong
// unit, or of everybody's in a small currency; one customer's must not keep the others from being scored.
inline servicekit::Decimal Storable(servicekit::Decimal amount) {
  using servicekit::Decimal;
  const Decimal most = Decimal::FromMicros(Decimal::kLimitMicros - 1);
  return std::clamp(amount, -most, most);
}

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_STORABLE_H_
