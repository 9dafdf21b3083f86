#ifndef VALUE_SVC_OPERATIONS_PLAN_ACTION_H_
#define VALUE_SVC_OPERATIONS_PLAN_ACTION_H_

#include <optional>

#include "absl/status/statusor.h"
#include "servicekit/mysql/sql.h"
#include "value-svc/domain/action.h"
#include "value-svc/operations/change_policy.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

// The time until which days count in conditions: the one that scores go by. NOT_FOUND before the first
// publication.
absl::StatusOr<absl::Time> StandingAsOf(Transaction& tx, Stores& stores, absl::Time now);

// Chooses the customers that meet `condition` and that the author may change, and by `action.seed` those who
// are held out; stores both with the action. PERMISSION_DENIED for an analyst, FAILED_PRECONDITION when both
// groups cannot have a customer, INVALID_ARGUMENT for too many.
absl::StatusOr<Action> PlanAction(Transaction& tx, Stores& stores, const Author& author, Action action,
                                  const servicekit::Sql& condition);

// Sets what an action cost, for its author and administrators. ABORTED when `expected_version` is given and
// not the current one, NOT_FOUND when the author may see none of its customers.
absl::StatusOr<ActionStore::Seen> RecordActionCost(Transaction& tx, Stores& stores, const Author& author,
                                                   Id id, Decimal cost,
                                                   std::optional<int64_t> expected_version);

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_PLAN_ACTION_H_
