#ifndef LIFECYCLE_SVC_DOMAIN_CREDIT_LIMIT_H_
#define LIFECYCLE_SVC_DOMAIN_CREDIT_LIMIT_H_

#include <cstdint>
#include <optional>

#include "absl/time/time.h"
#include "servicekit/types/id.h"
#include "servicekit/types/money.h"

namespace clientele::lifecycle {

using servicekit::Decimal;
using servicekit::Id;

// What a customer may owe.
struct CreditLimit {
  Id customer;
  std::optional<Decimal> amount;  // In the base currency; none when it was lifted.
  absl::Time start_time;
  int64_t version = 0;  // 0: none was ever set.
  absl::Time update_time;

  bool SaysTheSame(const CreditLimit& other) const {
    return amount == other.amount && start_time == other.start_time;
  }
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_DOMAIN_CREDIT_LIMIT_H_
