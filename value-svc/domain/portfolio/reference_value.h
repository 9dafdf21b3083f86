#ifndef VALUE_SVC_DOMAIN_PORTFOLIO_REFERENCE_VALUE_H_
#define VALUE_SVC_DOMAIN_PORTFOLIO_REFERENCE_VALUE_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "servicekit/types/id.h"

namespace clientele::value {

using servicekit::Id;

// One customer's help in winning another's deal.
struct Influence {
  Id referrer;
  Id referred;  // The customer that was won.
  Id deal;
  int64_t share_micros = 0;  // Of the deal, in millionths.
  int64_t value_micros = 0;  // What the won customer brought with it.
  int64_t days_ago = 0;
};

// INVALID_ARGUMENT when the shares of one deal pass 1 or a share is negative; FAILED_PRECONDITION when
// somebody would have helped to win themselves, directly or through others: their value would count for
// itself without end.
absl::Status CheckInfluences(absl::Span<const Influence> influences);

// The business reference value of each referrer: Σ value × share ÷ (1 + rate a year)^years, so that help long
// ago counts less. In millionths.
absl::flat_hash_map<Id, int64_t> ReferenceValues(absl::Span<const Influence> influences,
                                                 double discount_rate_a_year);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_PORTFOLIO_REFERENCE_VALUE_H_
