#ifndef VALUE_SVC_OPERATIONS_REFERRERS_H_
#define VALUE_SVC_OPERATIONS_REFERRERS_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "value-svc/domain/portfolio/reference_value.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

// Adds who helped to win `customers`, and who helped to win those, and so on: whether their deals lie on a
// circle hangs on whom `customers` are, and whom they helped.
absl::Status AddUpstream(Transaction& tx, Stores& stores, std::vector<Id> customers, absl::Time since,
                         std::vector<RescoreQueue::Touched>& touched);

// What lies downstream of `graph`'s ends, as of a day. `from` are those ends; `known` are customers whose
// help is in the graph already.
absl::Status AddDownstream(Transaction& tx, Stores& stores, std::vector<Id> from, absl::Span<const Id> known,
                           absl::Time as_of, ReferralGraph& graph);

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_REFERRERS_H_
