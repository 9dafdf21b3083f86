#ifndef LIFECYCLE_SVC_DOMAIN_SALES_TARGET_H_
#define LIFECYCLE_SVC_DOMAIN_SALES_TARGET_H_

#include <algorithm>
#include <optional>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "servicekit/types/id.h"
#include "servicekit/types/money.h"

namespace clientele::lifecycle {

using servicekit::Decimal;
using servicekit::Id;

// What a team, or one representative of it, should sell in a period.
struct SalesTarget {
  Id id;
  Id team;
  std::optional<Id> owner;  // nullopt: the whole team.
  absl::CivilDay start_date;
  absl::CivilDay end_date;  // The last day.
  Decimal amount;           // In the base currency.
  absl::Time create_time;

  friend bool operator==(const SalesTarget&, const SalesTarget&) = default;
};

// The part of the period that is over at the end of `day`, 0 to 1.
inline double ElapsedAt(const SalesTarget& target, absl::CivilDay day) {
  const double days = static_cast<double>(target.end_date - target.start_date + 1);
  return std::clamp(static_cast<double>(day - target.start_date + 1) / days, 0.0, 1.0);
}

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_DOMAIN_SALES_TARGET_H_
