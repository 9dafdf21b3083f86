#include "customer-svc/operations/write_child.h"

#include "customer-svc/domain/version.h"
#include "customer-svc/operations/save.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::Transaction;
using servicekit::Violations;

// Where a child's fields are in the request: `contact.`, or `contacts[2].` in a list.
using PrefixOf = absl::FunctionRef<std::string(size_t)>;

// Only an interaction refers to something besides its customer.
template <typename Child>
absl::Status CheckReferences(Stores&, Transaction&, const std::vector<Child>&, PrefixOf, Violations&) {
  return absl::OkStatus();
}
absl::Status CheckReferences(Stores& stores, Transaction& tx, const std::vector<Interaction>& interactions,
                             PrefixOf prefix, Violations& violations) {
  std::vector<Id> representatives;
  for (const Interaction& interaction : interactions) {
    if (interaction.representative) representatives.push_back(*interaction.representative);
  }
  const auto teams = stores.teams.LockTeamsOfRepresentatives(tx, representatives);
  if (!teams.ok()) return teams.status();
  for (size_t i = 0; i < interactions.size(); ++i) {
    if (interactions[i].representative && !teams->contains(*interactions[i].representative)) {
      violations.Add(prefix(i) + "representative", "no such representative");
    }
  }
  return absl::OkStatus();
}

template <typename Child>
bool HasNewReference(const Child&, const Child&) {
  return false;
}
bool HasNewReference(const Interaction& before, const Interaction& after) {
  return before.representative != after.representative;
}

// Stores new ones of a locked customer.
template <typename Child>
absl::Status Create(Stores& stores, Transaction& tx, const Caller& caller, PrefixOf prefix,
                    std::vector<Child>& children) {
  Violations violations;
  for (size_t i = 0; i < children.size(); ++i) {
    SetDefaults(children[i], caller.principal.representative);
    Check(violations, prefix(i), children[i]);
    children[i].id = Id::New(caller.author.time);
  }
  const absl::Status status = CheckReferences(stores, tx, children, prefix, violations);
  if (!status.ok()) return status;
  if (!violations.empty()) return violations.status();
  return SaveNew(stores, tx, caller.author, children);
}

}  // namespace

template <typename Child>
absl::StatusOr<Child> CreateChild(Stores& stores, Transaction& tx, const Caller& caller, Child child) {
  absl::Status status = CheckMayWrite(caller.principal);
  if (!status.ok()) return status;
  const auto customer = stores.customers.Lock(tx, caller.principal, child.customer);
  if (!customer.ok()) return customer.status();
  child.customer = customer->id;  // It may have been named by an alias.
  std::vector<Child> created = {std::move(child)};
  status = Create(
      stores, tx, caller, [](size_t) { return std::string(kPrefix<Child>); }, created);
  if (!status.ok()) return status;
  return std::move(created.front());
}

template <typename Child>
absl::Status CreateChildren(Stores& stores, Transaction& tx, const Caller& caller, Id customer,
                            std::vector<Child>& children) {
  if (children.empty()) return absl::OkStatus();
  for (Child& child : children) child.customer = customer;
  return Create(
      stores, tx, caller, [](size_t i) { return servicekit::StrCat(kCollection<Child>, "[", i, "]."); },
      children);
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
  const auto prefix = [](size_t) { return std::string(kPrefix<Child>); };
  Violations violations;
  Check(violations, kPrefix<Child>, after);
  if (HasNewReference(*before, after)) {
    status = CheckReferences(stores, tx, std::vector<Child>{after}, prefix, violations);
    if (!status.ok()) return status;
  }
  if (!violations.empty()) return violations.status();
  std::vector<Change<Child>> changes = {{*std::move(before), std::move(after)}};
  status = SaveChanged(stores, tx, caller.author, changes);
  if (!status.ok()) return status;
  return std::move(changes.front().after);
}

template absl::StatusOr<Contact> CreateChild(Stores&, Transaction&, const Caller&, Contact);
template absl::StatusOr<Need> CreateChild(Stores&, Transaction&, const Caller&, Need);
template absl::StatusOr<Interaction> CreateChild(Stores&, Transaction&, const Caller&, Interaction);
template absl::Status CreateChildren(Stores&, Transaction&, const Caller&, Id, std::vector<Contact>&);
template absl::Status CreateChildren(Stores&, Transaction&, const Caller&, Id, std::vector<Need>&);
template absl::Status CreateChildren(Stores&, Transaction&, const Caller&, Id, std::vector<Interaction>&);
template absl::StatusOr<Contact> UpdateChild(Stores&, Transaction&, const Caller&, servicekit::ChildName,
                                             int64_t,
                                             absl::FunctionRef<absl::StatusOr<Contact>(const Contact&)>);
template absl::StatusOr<Need> UpdateChild(Stores&, Transaction&, const Caller&, servicekit::ChildName,
                                          int64_t, absl::FunctionRef<absl::StatusOr<Need>(const Need&)>);
template absl::StatusOr<Interaction> UpdateChild(
    Stores&, Transaction&, const Caller&, servicekit::ChildName, int64_t,
    absl::FunctionRef<absl::StatusOr<Interaction>(const Interaction&)>);

}  // namespace clientele::customer
