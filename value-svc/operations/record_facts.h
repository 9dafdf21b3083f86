#ifndef VALUE_SVC_OPERATIONS_RECORD_FACTS_H_
#define VALUE_SVC_OPERATIONS_RECORD_FACTS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

// Adds facts of one feed, in any order, to the customers that those which they name count as, and marks for
// rescoring those whose value they change: the customers themselves, and who helped to win the orders.
// `base_currency` is empty when none of them has an amount.
absl::Status RecordFacts(Transaction& tx, Stores& stores, std::vector<Fact> facts,
                         const std::string& base_currency);

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_RECORD_FACTS_H_
