#include "customer-svc/operations/update_requirement_set.h"

#include "customer-svc/domain/version.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {

namespace {

// The custom attributes that the set asks for are defined, and stay so until it is written.
absl::Status CheckAttributesExist(Stores& stores, servicekit::Transaction& tx, const RequirementSet& set,
                                  servicekit::Violations& violations) {
  std::vector<std::string> ids(set.requirements.size()), asked;
  for (size_t i = 0; i < set.requirements.size(); ++i) {
    const auto* known = std::get_if<FieldKnown>(&set.requirements[i].condition);
    if (known == nullptr || !known->field.starts_with(kAttributePrefix)) continue;
    ids[i] = known->field.substr(kAttributePrefix.size());
    asked.push_back(ids[i]);
  }
  const auto definitions = stores.attributes.LockDefinitions(tx, asked);
  if (!definitions.ok()) return definitions.status();
  for (size_t i = 0; i < ids.size(); ++i) {
    if (ids[i].empty() || definitions->contains(ids[i])) continue;
    violations.Add(servicekit::StrCat("requirement_set.requirements[", i, "].field"),
                   "there is no such attribute");
  }
  return absl::OkStatus();
}

}  // namespace

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
  status = CheckAttributesExist(stores, tx, after, violations);
  if (!status.ok()) return status;
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
