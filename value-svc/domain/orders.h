#ifndef VALUE_SVC_DOMAIN_ORDERS_H_
#define VALUE_SVC_DOMAIN_ORDERS_H_

#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/types/span.h"
#include "value-svc/domain/fact.h"

namespace clientele::value {

// Of each source the newest of the facts up to `as_of`, by time; of the same time by source.
std::vector<const Fact*> CountingFacts(absl::Span<const Fact> facts, absl::Time as_of);

// Orders as they stand after cancellations and returns.
struct NetOrders {
  std::vector<Fact> orders;  // In the order of `counting`; amount and cost are less by what came back.
  absl::flat_hash_set<Id> cancelled;
};

// `counting` are facts that count; those that are not about orders have no effect.
NetOrders NetOfReturns(absl::Span<const Fact* const> counting);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_ORDERS_H_
