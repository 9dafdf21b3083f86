#ifndef VALUE_SVC_OPERATIONS_FAMILY_LOCK_H_
#define VALUE_SVC_OPERATIONS_FAMILY_LOCK_H_

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

// Locks `customers`, making rows for those not heard of yet, and those that they count as; returns the latter
// for customers that were merged.
absl::StatusOr<absl::flat_hash_map<Id, Id>> LockWithSurvivors(Transaction& tx, Stores& stores,
                                                              std::vector<Id> customers);

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_FAMILY_LOCK_H_
