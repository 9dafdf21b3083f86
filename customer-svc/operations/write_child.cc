#include "customer-svc/operations/write_child.h"

#include "customer-svc/domain/version.h"
#include "customer-svc/operations/save.h"
#include "servicekit/access/row_rule.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::Transaction;
using servicekit::Violations;

// Only an interaction refers to something besides its customer.
template <typename Child>
absl::Status CheckReferences(Stores&, Transaction&, const Child* /*before*/, const Child&, Violations&) {
  return absl::OkStatus();
}
absl::Status CheckReferences(Stores& stores, Transaction& tx, const Interaction* before,
                             const Interaction& after, Violations& violations) {
  if (!after.representative || (before != nullptr && before->representative == after.representative)) {
    return absl::OkStatus();
  }
  const auto teams = stores.teams.LockTeamsOfRepresentatives(tx, {*after.representative});
  if (!teams.ok()) return teams.status();
  if (teams->empty()) violations.Add("interaction.representative", "no such representative");
  return absl::OkStatus();
}

template <typename Child>
absl::Status CheckAll(Stores& stores, Transaction& tx, const Child* before, const Child& after) {
  Violations violations;
  Check(violations, kPrefix<Child>, after);
  const absl::Status status = CheckReferences(stores, tx, before, after, violations);
  return status.ok() ? violations.status() : status;
}

}  // namespace

template <typename Child>
absl::StatusOr<Child> CreateChild(Stores& stores, Transaction& tx, const Caller& caller, Child child) {
  absl::Status status = CheckMayWrite(caller.principal);
  if (!status.ok()) return status;
  const auto customer = stores.customers.Lock(tx, caller.principal, child.customer);
  if (!customer.ok()) return customer.status();
  child.customer = customer->id;  // It may have been named by an alias.
  SetDefaults(child, caller.principal.representative);
  status = CheckAll<Child>(stores, tx, nullptr, child);
  if (!status.ok()) return status;
  child.id = Id::New(caller.author.time);
  std::vector<Child> created = {std::move(child)};
  status = SaveNew(stores, tx, caller.author, created);
  if (!status.ok()) return status;
  return std::move(created.front());
}

template <typename Child>
absl::StatusOr<Child> UpdateChild(Stores& stores, Transaction& tx, const Caller& caller,
                                  servicekit::ChildName name, int64_t expected_version,
                                  absl::FunctionRef<absl::StatusOr<Child>(const Child&)> apply) {
  absl::Status status = CheckMayWrite(caller.principal);
  if (!status.ok()) return status;
  const auto customer = stores.customers.Lock(tx, caller.principal, name.parent);
  if (!customer.ok()) return customer.status();
  absl::StatusOr<Child> before = stores.children<Child>().Read(tx, customer->id, name.id);
  if (!before.ok()) return before;
  status = CheckVersion(expected_version, before->version);
  if (!status.ok()) return status;

  absl::StatusOr<Child> applied = apply(*before);
  if (!applied.ok()) return applied;
  // Only the fields that can be set count, whatever else `apply` left or lost.
  Child after = Merge(*before, *applied, ChangedFields(*before, *applied));
  if (ChangedFields(*before, after).empty()) return before;
  status = CheckAll<Child>(stores, tx, &*before, after);
  if (!status.ok()) return status;
  std::vector<Change<Child>> changes = {{*std::move(before), std::move(after)}};
  status = SaveChanged(stores, tx, caller.author, changes);
  if (!status.ok()) return status;
  return std::move(changes.front().after);
}

template absl::StatusOr<Contact> CreateChild(Stores&, Transaction&, const Caller&, Contact);
template absl::StatusOr<Need> CreateChild(Stores&, Transaction&, const Caller&, Need);
template absl::StatusOr<Interaction> CreateChild(Stores&, Transaction&, const Caller&, Interaction);
template absl::StatusOr<Contact> UpdateChild(Stores&, Transaction&, const Caller&, servicekit::ChildName,
                                             int64_t,
                                             absl::FunctionRef<absl::StatusOr<Contact>(const Contact&)>);
template absl::StatusOr<Need> UpdateChild(Stores&, Transaction&, const Caller&, servicekit::ChildName,
                                          int64_t, absl::FunctionRef<absl::StatusOr<Need>(const Need&)>);
template absl::StatusOr<Interaction> UpdateChild(
    Stores&, Transaction&, const Caller&, servicekit::ChildName, int64_t,
    absl::FunctionRef<absl::StatusOr<Interaction>(const Interaction&)>);

}  // namespace clientele::customer
