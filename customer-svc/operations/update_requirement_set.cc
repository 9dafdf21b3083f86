#include "customer-svc/operations/update_requirement_set.h"

#include "customer-svc/domain/version.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {

absl::StatusOr<RequirementSet> UpdateRequirementSet(
    Stores& stores, servicekit::Transaction& tx, const Caller& caller, Stage stage, int64_t expected_version,
    absl::FunctionRef<absl::StatusOr<RequirementSet>(const RequirementSet&)> apply) {
  absl::Status status = CheckAdministrator(caller.principal);
  if (!status.ok()) return status;
  absl::StatusOr<RequirementSet> before = stores.requirements.Lock(tx, stage);
  if (!before.ok()) return before;
  status = CheckVersion(expected_version, before->version);
  if (!status.ok()) return status;

  absl::StatusOr<RequirementSet> applied = apply(*before);
  if (!applied.ok()) return applied;
  RequirementSet after = Merge(*before, *applied, ChangedFields(*before, *applied));
  if (ChangedFields(*before, after).empty()) return before;
  servicekit::Violations violations;
  Check(violations, "requirement_set.", after);
  if (!violations.empty()) return violations.status();

  after.version = before->version + 1;
  after.update_time = caller.author.time;
  status = stores.requirements.Update(tx, after);
  if (status.ok()) {
    status = stores.history.Append(tx, caller.author,
                                   {{servicekit::Id(), servicekit::StrCat("requirementSets/", IdOf(stage)),
                                     ChangesToJson(*before, after)}});
  }
  if (!status.ok()) return status;
  return after;
}

}  // namespace clientele::customer
