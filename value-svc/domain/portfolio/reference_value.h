#ifndef VALUE_SVC_DOMAIN_PORTFOLIO_REFERENCE_VALUE_H_
#define VALUE_SVC_DOMAIN_PORTFOLIO_REFERENCE_VALUE_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "servicekit/types/id.h"

namespace clientele::value {

using servicekit::Id;

// Business reference value: what customers brought whom somebody helped to win, by share of influence. Help
// counts less the longer ago the deal was won.
inline constexpr double kReferenceDiscountRate = 0.1;  // A year.

// What is left of the whole after so many days: 1 ÷ (1 + rate)^years, in millionths.
int64_t FadingMicros(int64_t days_ago, double discount_rate_a_year);

// Who helped to win whom.
class ReferralGraph {
 public:
  void Add(Id referrer, Id referred) { helped_[referrer].insert(referred); }
  // Whether `referred` in turn helped, themselves or through others, to win `referrer`, or is the same: then
  // the deal counts for nobody, as its value would count for itself without end.
  bool IsCircle(Id referrer, Id referred) const;

 private:
  absl::flat_hash_map<Id, absl::flat_hash_set<Id>> helped_;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_PORTFOLIO_REFERENCE_VALUE_H_
