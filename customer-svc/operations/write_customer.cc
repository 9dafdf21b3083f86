#include "customer-svc/operations/write_customer.h"

#include "customer-svc/domain/version.h"
#include "customer-svc/operations/assigner.h"
#include "customer-svc/operations/save.h"
#include "servicekit/access/row_rule.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::Transaction;
using servicekit::Violations;

// What `after` refers to must be there; its team follows from its owner. `before` is null for a new customer.
absl::Status ResolveReferences(Stores& stores, Transaction& tx, const servicekit::Principal& principal,
                               const Customer* before, Customer& after, Violations& violations) {
  if (after.owner && (before == nullptr || before->owner != after.owner)) {
    const absl::StatusOr<Representative> owner = stores.teams.ShareRepresentative(tx, *after.owner);
    if (absl::IsNotFound(owner.status())) {
      violations.Add("customer.owner", "no such representative");
    } else if (!owner.ok()) {
      return owner.status();
    } else {
      after.team = owner->team;
      if (owner->state == RepresentativeState::kInactive) {
        violations.Add("customer.owner", "is not active any more");
      }
    }
  } else if (after.owner) {
    // Asked even when the owner stays: the team could have been set in this update.
    const auto teams = stores.teams.LockTeamsOfRepresentatives(tx, {*after.owner});
    if (!teams.ok()) return teams.status();
    if (const auto team = teams->find(*after.owner); team != teams->end()) after.team = team->second;
  } else if (after.team && (before == nullptr || before->team != after.team)) {
    const auto existing = stores.teams.ExistingTeams(tx, {*after.team});
    if (!existing.ok()) return existing.status();
    if (existing->empty()) violations.Add("customer.team", "no such team");
  }
  if (after.parent && (before == nullptr || before->parent != after.parent)) {
    // Held, or it could become part of another customer before this one is there.
    const absl::StatusOr<Id> parent = stores.customers.ResolveForShare(tx, principal, *after.parent);
    if (absl::IsNotFound(parent.status())) {
      violations.Add("customer.parent", "no such customer");
    } else if (!parent.ok()) {
      return parent.status();
    } else {
      after.parent = *parent;  // It may have been named by an alias.
    }
    if (parent.ok() && before != nullptr) {
      const auto ancestors = stores.customers.LockAncestors(tx, *after.parent);
      if (!ancestors.ok()) return ancestors.status();
      violations.Add("customer.parent", CheckParents("customer.parent", after.id, *ancestors));
    }
  }
  return absl::OkStatus();
}

// Whose number a merged customer had is who it belongs to, though it is free by the table's key.
absl::Status CheckFormerNumber(Stores& stores, Transaction& tx, const Customer* before,
                               const Customer& after) {
  const std::string& number = after.registration_number;
  if (number.empty() || (before != nullptr && before->registration_number == number)) return absl::OkStatus();
  const auto former = stores.customers.FindByFormerNumbers(tx, {number});
  if (!former.ok()) return former.status();
  if (const auto survivor = former->find(number); survivor != former->end() && survivor->second != after.id) {
    return absl::AlreadyExistsError(
        "the registration number belongs to a customer that was merged into another one");
  }
  return absl::OkStatus();
}

// The values of custom attributes that are new or changed. `before` is null for a new customer.
absl::Status CheckNewAttributes(Stores& stores, Transaction& tx, const Customer* before,
                                const Customer& after, Violations& violations) {
  AttributeValues changed = after.attributes;
  if (before != nullptr) {
    std::erase_if(changed, [&](const auto& item) {
      const auto was = before->attributes.find(item.first);
      return was != before->attributes.end() && was->second == item.second;
    });
  }
  std::vector<std::string> ids;
  for (const auto& [id, value] : changed) ids.push_back(id);
  const absl::StatusOr<AttributeDefinitions> definitions = stores.attributes.LockDefinitions(tx, ids);
  if (!definitions.ok()) return definitions.status();
  CheckAttributes(violations, "customer.attributes", changed, *definitions);
  return absl::OkStatus();
}

// Checks everything about `after` and completes it.
absl::Status Settle(Stores& stores, Transaction& tx, const Assigner& assigner,
                    const servicekit::Principal& principal, const Customer* before, Customer& after) {
  Violations violations;
  Check(violations, "customer.", after);
  absl::Status status = ResolveReferences(stores, tx, principal, before, after, violations);
  if (status.ok()) status = CheckNewAttributes(stores, tx, before, after, violations);
  if (!status.ok()) return status;
  if (!violations.empty()) return violations.status();
  status = CheckFormerNumber(stores, tx, before, after);
  return status.ok() ? CheckAssignment(assigner, before, after) : status;
}

}  // namespace

absl::StatusOr<Customer> CreateCustomer(Stores& stores, Transaction& tx, const Caller& caller,
                                        Customer customer) {
  if (const absl::Status status = CheckMayWrite(caller.principal); !status.ok()) return status;
  const absl::StatusOr<Assigner> assigner = AssignerFor(stores, tx, caller.principal);
  if (!assigner.ok()) return assigner.status();
  SetDefaultOwner(*assigner, customer);
  customer.id = Id::New(caller.author.time);
  absl::Status status = Settle(stores, tx, *assigner, caller.principal, nullptr, customer);
  if (!status.ok()) return status;
  std::vector<Customer> created = {std::move(customer)};
  status = SaveNew(stores, tx, caller.author, created);
  if (!status.ok()) return status;
  return std::move(created.front());
}

absl::StatusOr<Customer> UpdateCustomer(Stores& stores, Transaction& tx, const Caller& caller, Id id,
                                        int64_t expected_version,
                                        absl::FunctionRef<absl::StatusOr<Customer>(const Customer&)> apply) {
  absl::Status status = CheckMayWrite(caller.principal);
  if (!status.ok()) return status;
  absl::StatusOr<Customer> before = stores.customers.Lock(tx, caller.principal, id);
  if (!before.ok()) return before;
  status = CheckVersion(expected_version, before->version);
  if (!status.ok()) return status;

  absl::StatusOr<Customer> applied = apply(*before);
  if (!applied.ok()) return applied;
  // Only the fields that can be set count, whatever else `apply` left or lost.
  Customer after = Merge(*before, *applied, ChangedFields(*before, *applied));
  if (ChangedFields(*before, after).empty()) return before;
  const absl::StatusOr<Assigner> assigner = AssignerFor(stores, tx, caller.principal);
  if (!assigner.ok()) return assigner.status();
  status = Settle(stores, tx, *assigner, caller.principal, &*before, after);
  if (!status.ok()) return status;
  // Once more: a team that was asked for gives way to the owner's.
  if (ChangedFields(*before, after).empty()) return before;
  std::vector<Change<Customer>> changes = {{*std::move(before), std::move(after)}};
  status = SaveChanged(stores, tx, caller.author, changes);
  const Change<Customer>& change = changes.front();
  if (const std::string& number = change.before.registration_number;
      status.ok() && !number.empty() && number != change.after.registration_number) {
    // Who takes a number away says that it is nobody's, also when it came from a merge.
    status = stores.customers.ForgetFormerNumber(tx, id, number);
  }
  if (!status.ok()) return status;
  return std::move(changes.front().after);
}

}  // namespace clientele::customer
