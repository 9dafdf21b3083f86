#ifndef LIFECYCLE_SVC_OPERATIONS_SALES_TARGETS_H_
#define LIFECYCLE_SVC_OPERATIONS_SALES_TARGETS_H_

#include "absl/status/status.h"
#include "lifecycle-svc/store/sales_target_store.h"
#include "servicekit/access/row_rule.h"

namespace clientele::lifecycle {

// Which targets the caller sees, as a condition over sales_targets t: for representatives their own only,
// since of their team they see a part only.
inline Sql ReadableTargets(servicekit::Principal principal) {
  if (principal.role == servicekit::Role::kRepresentative) principal.teams.clear();
  return servicekit::MayRead(principal, SalesTargetStore::RuleColumns());
}

// PERMISSION_DENIED unless administrator, or a manager of the team or of one above it.
inline absl::Status CheckMaySetTarget(Transaction& tx, const servicekit::Principal& principal, Id team) {
  if (servicekit::CheckAdministrator(principal).ok()) return absl::OkStatus();
  const absl::Status refused =
      absl::PermissionDeniedError("only an administrator or a manager of the team sets its targets");
  if (principal.role != servicekit::Role::kManager) return refused;
  const absl::StatusOr<bool> below = SalesTargetStore::IsBelow(tx, team, principal.teams);
  if (!below.ok()) return below.status();
  return *below ? absl::OkStatus() : refused;
}

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_OPERATIONS_SALES_TARGETS_H_
