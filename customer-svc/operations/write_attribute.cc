#include "customer-svc/operations/write_attribute.h"

#include <algorithm>

#include "customer-svc/domain/version.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

using servicekit::StrCat;
using servicekit::Transaction;

absl::Status Record(Stores& stores, Transaction& tx, const Author& author, const Attribute& before,
                    const Attribute& after) {
  const std::string& id = after.id.empty() ? before.id : after.id;
  return stores.history.Append(tx, author,
                               {{servicekit::Id(), StrCat("attributes/", id), ChangesToJson(before, after)}});
}

absl::Status InUse(std::string_view message) {
  return servicekit::WithReason(absl::FailedPreconditionError(servicekit::ToAbsl(message)),
                                "ATTRIBUTE_IN_USE");
}

// A stage that asks for what can no longer be given could never be entered, and a filter would be none any
// more.
absl::Status CheckNotNamed(Stores& stores, Transaction& tx, const std::string& id) {
  const auto sets = stores.requirements.List(tx);
  if (!sets.ok()) return sets.status();
  const std::string field = StrCat(kAttributePrefix, id);
  for (const RequirementSet& set : *sets) {
    for (const Requirement& requirement : set.requirements) {
      const auto* known = std::get_if<FieldKnown>(&requirement.condition);
      if (known != nullptr && known->field == field) {
        return InUse(StrCat("the stage ", IdOf(set.stage), " asks for it: ", requirement.id));
      }
    }
  }
  const auto markets = stores.target_markets.List(tx);
  if (!markets.ok()) return markets.status();
  for (const TargetMarket& market : *markets) {
    if (!NamesAttribute(market.filter, id)) continue;
    return InUse(StrCat("the target market ", market.display_name, " is defined by it"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Attribute> CreateAttribute(Stores& stores, Transaction& tx, const Caller& caller,
                                          Attribute attribute) {
  absl::Status status = CheckAdministrator(caller.principal);
  if (!status.ok()) return status;
  servicekit::Violations violations;
  if (!IsAttributeId(attribute.id)) {
    violations.Add("attribute_id", "must be a letter, then up to 62 of a to z, 0 to 9 and _");
  }
  Check(violations, "attribute.", attribute);
  if (!violations.empty()) return violations.status();
  const auto existing = stores.attributes.List(tx);
  if (!existing.ok()) return existing.status();
  if (existing->size() >= kMaxAttributes) {
    return absl::ResourceExhaustedError(absl::StrCat("there are ", kMaxAttributes, " attributes already"));
  }
  attribute.version = 1;
  attribute.create_time = attribute.update_time = caller.author.time;
  status = stores.attributes.Insert(tx, attribute);
  if (status.ok()) status = Record(stores, tx, caller.author, Attribute{}, attribute);
  if (!status.ok()) return status;
  return attribute;
}

absl::StatusOr<Attribute> UpdateAttribute(
    Stores& stores, Transaction& tx, const Caller& caller, const std::string& id, int64_t expected_version,
    absl::FunctionRef<absl::StatusOr<Attribute>(const Attribute&)> apply) {
  absl::Status status = CheckAdministrator(caller.principal);
  if (!status.ok()) return status;
  absl::StatusOr<Attribute> before = stores.attributes.Lock(tx, id);
  if (!before.ok()) return before;
  status = CheckVersion(expected_version, before->version);
  if (!status.ok()) return status;
  absl::StatusOr<Attribute> applied = apply(*before);
  if (!applied.ok()) return applied;
  Attribute after = Merge(*before, *applied, ChangedFields(*before, *applied));
  if (ChangedFields(*before, after).empty()) return before;
  servicekit::Violations violations;
  Check(violations, "attribute.", after);
  if (!violations.empty()) return violations.status();

  std::vector<std::string> gone;
  for (const std::string& choice : before->choices) {
    if (std::find(after.choices.begin(), after.choices.end(), choice) == after.choices.end()) {
      gone.push_back(choice);
    }
  }
  const absl::StatusOr<bool> chosen = stores.attributes.IsChosen(tx, id, gone);
  if (!chosen.ok()) return chosen.status();
  if (*chosen) return InUse("a customer has a choice that would go");
  after.version = before->version + 1;
  after.update_time = caller.author.time;
  status = stores.attributes.Update(tx, after);
  if (status.ok()) status = Record(stores, tx, caller.author, *before, after);
  if (!status.ok()) return status;
  return after;
}

absl::Status DeleteAttribute(Stores& stores, Transaction& tx, const Caller& caller, const std::string& id,
                             int64_t expected_version) {
  absl::Status status = CheckAdministrator(caller.principal);
  if (!status.ok()) return status;
  // No target market comes to name it meanwhile.
  status = stores.target_markets.LockDefinitions(tx);
  if (!status.ok()) return status;
  const absl::StatusOr<Attribute> before = stores.attributes.Lock(tx, id);
  if (!before.ok()) return before.status();
  status = CheckVersion(expected_version, before->version);
  if (!status.ok()) return status;
  const absl::StatusOr<bool> used = stores.attributes.IsUsed(tx, id);
  if (!used.ok()) return used.status();
  if (*used) return InUse("a customer has a value of it");
  status = CheckNotNamed(stores, tx, id);
  if (status.ok()) status = stores.attributes.Delete(tx, id);
  if (status.ok()) status = Record(stores, tx, caller.author, *before, Attribute{});
  return status;
}

}  // namespace clientele::customer
