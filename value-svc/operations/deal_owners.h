#ifndef VALUE_SVC_OPERATIONS_DEAL_OWNERS_H_
#define VALUE_SVC_OPERATIONS_DEAL_OWNERS_H_

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

// A stored fact that turns out to belong to a deal whose first fact names somebody else.
struct Misplaced {
  FactStore::Link fact;
  Id origin;  // Whom the first names.
};

struct DealOwners {
  // None, as long as facts come in the order in which they were told.
  std::vector<Misplaced> misplaced;
  // Of each task that was worked on, when the first work was done: what a log added is the difference from
  // the one before, so one that comes late changes what the next added, however early that work was.
  absl::flat_hash_map<Id, absl::Time> task_begin;
};

// A deal is an opportunity with its orders and what became of them, a service project, or any other source.
// It is whose its first fact names: while that customer is merged into another, the feed names the survivor,
// but a split gives the whole deal back. Sets `origin` of `facts`, which are about to be added, to whom the
// deals are of; returns the stored facts for which an earlier one among `facts` makes that another.
absl::StatusOr<DealOwners> FindOwners(Transaction& tx, Stores& stores, std::vector<Fact>& facts);

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_DEAL_OWNERS_H_
