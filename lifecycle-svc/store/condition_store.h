#ifndef LIFECYCLE_SVC_STORE_CONDITION_STORE_H_
#define LIFECYCLE_SVC_STORE_CONDITION_STORE_H_

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lifecycle-svc/domain/requirement.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::lifecycle {

using servicekit::Transaction;

// What stages ask for, and what of it customers have.
class ConditionStore {
 public:
  // All, by stage and kind.
  static absl::StatusOr<std::vector<StageCondition>> List(Transaction& tx);
  // Locks the row. NOT_FOUND.
  static absl::StatusOr<StageCondition> GetForUpdate(Transaction& tx, ConditionKind kind);
  static absl::Status Update(Transaction& tx, const StageCondition& condition);

  // Those without any deal are left out.
  static absl::StatusOr<absl::flat_hash_map<Id, DealFacts>> FindFacts(Transaction& tx,
                                                                      const std::vector<Id>& customers);
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_STORE_CONDITION_STORE_H_
