#ifndef VALUE_SVC_OPERATIONS_DEAL_OWNERS_H_
#define VALUE_SVC_OPERATIONS_DEAL_OWNERS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

// A stored fact that turns out to belong to a deal whose first fact names somebody else.
struct Misplaced {
  FactStore::Link fact;
  Id origin;  // Whom the first names.
};

// A deal is an opportunity with its orders and what became of them, a service project, or any other source.
// It is whose its first fact names: while that customer is merged into another, the feed names the survivor,
// but a split gives the whole deal back. Sets `origin` of `facts`, which are about to be added, to whom the
// deals are of; returns the stored facts for which an earlier one among `facts` makes that another: none, as
// long as facts come in the order in which they were told.
absl::StatusOr<std::vector<Misplaced>> FindOwners(Transaction& tx, Stores& stores, std::vector<Fact>& facts);

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_DEAL_OWNERS_H_
