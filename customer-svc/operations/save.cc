#include "customer-svc/operations/save.h"

#include "customer-svc/store/json.h"
#include "servicekit/types/resource_name.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::NameOf;
using servicekit::Transaction;

HistoryStore::Entry Record(const Customer& before, const Customer& after) {
  return {after.id, NameOf("customers", after.id), ChangesToJson(before, after)};
}
HistoryStore::Entry Record(const Team& before, const Team& after) {
  return {Id(), NameOf("teams", after.id), ChangesToJson(before, after)};
}
HistoryStore::Entry Record(const Representative& before, const Representative& after) {
  return {Id(), NameOf("representatives", after.id), ChangesToJson(before, after)};
}
template <typename Child>
HistoryStore::Entry Record(const Child& before, const Child& after) {
  return {after.customer, NameOf("customers", after.customer, kCollection<Child>, after.id),
          ChangesToJson(before, after)};
}

Id CustomerOf(const Customer& customer) { return customer.id; }
Id CustomerOf(const Contact& contact) { return contact.customer; }

// A new owner or team begins a time of its own.
absl::Status AppendOwnerships(Stores& stores, Transaction& tx, const Author& author,
                              const std::vector<Change<Customer>>& changes) {
  std::vector<Customer> given;
  for (const Change<Customer>& change : changes) {
    if (change.before.owner != change.after.owner || change.before.team != change.after.team) {
      given.push_back(change.after);
    }
  }
  return stores.ownerships.Append(tx, author, given);
}

// By what these are recognized as the same as others.
template <typename Resource>
absl::Status InsertMatchKeys(Stores& stores, Transaction& tx, const std::vector<Resource>& resources) {
  std::vector<MatchStore::Source> sources;
  for (const Resource& resource : resources) {
    sources.push_back({CustomerOf(resource), resource.id, MatchKeysOf(resource)});
  }
  return stores.matches.Insert(tx, sources);
}
template <typename Resource>
absl::Status ReplaceMatchKeys(Stores& stores, Transaction& tx, const std::vector<Change<Resource>>& changes) {
  for (const auto& [before, after] : changes) {
    const absl::Status status =
        stores.matches.Replace(tx, {CustomerOf(after), after.id, MatchKeysOf(after)}, MatchKeysOf(before));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}
// Needs and interactions say nothing about who a customer is.
absl::Status InsertMatchKeys(Stores&, Transaction&, const std::vector<Need>&) { return absl::OkStatus(); }
absl::Status InsertMatchKeys(Stores&, Transaction&, const std::vector<Interaction>&) {
  return absl::OkStatus();
}
absl::Status ReplaceMatchKeys(Stores&, Transaction&, const std::vector<Change<Need>>&) {
  return absl::OkStatus();
}
absl::Status ReplaceMatchKeys(Stores&, Transaction&, const std::vector<Change<Interaction>>&) {
  return absl::OkStatus();
}

// Creation is a change from nothing.
template <typename Resource>
absl::Status AppendCreations(Stores& stores, Transaction& tx, const Author& author,
                             const std::vector<Resource>& resources) {
  std::vector<HistoryStore::Entry> entries;
  entries.reserve(resources.size());
  for (const Resource& resource : resources) entries.push_back(Record(Resource{}, resource));
  return stores.history.Append(tx, author, entries);
}

template <typename Resource>
absl::Status AppendChanges(Stores& stores, Transaction& tx, const Author& author,
                           const std::vector<Change<Resource>>& changes) {
  std::vector<HistoryStore::Entry> entries;
  entries.reserve(changes.size());
  for (const Change<Resource>& change : changes) entries.push_back(Record(change.before, change.after));
  return stores.history.Append(tx, author, entries);
}

template <typename Resource>
std::vector<Resource> Afters(const std::vector<Change<Resource>>& changes) {
  std::vector<Resource> afters;
  afters.reserve(changes.size());
  for (const Change<Resource>& change : changes) afters.push_back(change.after);
  return afters;
}

template <typename Resource>
void StampNew(const Author& author, std::vector<Resource>& resources) {
  for (Resource& resource : resources) {
    resource.version = 1;
    resource.create_time = resource.update_time = author.time;
  }
}

template <typename Resource>
void StampChanged(const Author& author, std::vector<Change<Resource>>& changes) {
  for (Change<Resource>& change : changes) {
    change.after.version = change.before.version + 1;
    change.after.update_time = author.time;
  }
}

// The end of a write of customers: their target markets follow, and all of it is told.
absl::Status PlaceAndPublish(Stores& stores, Transaction& tx, const std::vector<Customer>& customers) {
  std::vector<Id> ids;
  ids.reserve(customers.size());
  for (const Customer& customer : customers) ids.push_back(customer.id);
  const auto memberships = stores.target_markets.Place(tx, ids);
  if (!memberships.ok()) return memberships.status();
  return stores.events.Publish(tx, customers, *memberships);
}

absl::Status MoveTeam(Stores& stores, Transaction& tx, const Team& team) {
  if (const absl::Status locked = stores.teams.LockTree(tx); !locked.ok()) return locked;
  if (team.parent) {
    const auto below = stores.teams.TeamsBelow(tx, {team.id});
    if (!below.ok()) return below.status();
    const absl::Status status = CheckTeamParent("team.parent", *team.parent, *below);
    if (!status.ok()) return status;
  }
  return stores.teams.Move(tx, team.id, team.parent);
}

absl::Status MoveOwnedCustomers(Stores& stores, Transaction& tx, const Author& author,
                                const Representative& representative) {
  absl::StatusOr<std::vector<Customer>> owned = stores.customers.LockOwnedBy(tx, representative.id);
  if (!owned.ok()) return owned.status();
  std::vector<Change<Customer>> changes;
  for (Customer& customer : *owned) {
    if (customer.team == representative.team) continue;
    Change<Customer> change{customer, std::move(customer)};
    change.after.team = representative.team;
    changes.push_back(std::move(change));
  }
  return SaveChanged(stores, tx, author, changes);
}

}  // namespace

absl::Status SaveNew(Stores& stores, Transaction& tx, const Author& author,
                     std::vector<Customer>& customers) {
  if (customers.empty()) return absl::OkStatus();
  StampNew(author, customers);
  absl::Status status = stores.customers.Insert(tx, customers);
  if (status.ok()) status = AppendCreations(stores, tx, author, customers);
  if (status.ok()) status = stores.ownerships.Append(tx, author, customers);
  if (status.ok()) status = InsertMatchKeys(stores, tx, customers);
  if (status.ok()) status = PlaceAndPublish(stores, tx, customers);
  return status;
}

absl::Status SaveChanged(Stores& stores, Transaction& tx, const Author& author,
                         std::vector<Change<Customer>>& changes) {
  if (changes.empty()) return absl::OkStatus();
  StampChanged(author, changes);
  for (const Change<Customer>& change : changes) {
    const absl::Status status = stores.customers.Update(tx, change.before, change.after);
    if (!status.ok()) return status;
  }
  absl::Status status = AppendChanges(stores, tx, author, changes);
  if (status.ok()) status = AppendOwnerships(stores, tx, author, changes);
  if (status.ok()) status = ReplaceMatchKeys(stores, tx, changes);
  if (status.ok()) status = PlaceAndPublish(stores, tx, Afters(changes));
  return status;
}

absl::Status SaveRestored(Stores& stores, Transaction& tx, const Author& author, const CustomerMerge& merge,
                          const Customer& restored) {
  const std::vector<Customer> rows = {restored};
  absl::Status status = stores.customers.Insert(tx, rows);
  if (status.ok()) status = stores.history.AppendSplit(tx, author, merge.merged, merge.survivor);
  if (status.ok()) status = AppendOwnerships(stores, tx, author, {{merge.merged_before, restored}});
  if (status.ok()) status = InsertMatchKeys(stores, tx, rows);
  if (status.ok()) status = PlaceAndPublish(stores, tx, rows);
  return status;
}

template <BelongsToCustomer Child>
absl::Status SaveNew(Stores& stores, Transaction& tx, const Author& author, std::vector<Child>& children) {
  if (children.empty()) return absl::OkStatus();
  StampNew(author, children);
  absl::Status status = stores.children<Child>().Insert(tx, children);
  if (status.ok()) status = AppendCreations(stores, tx, author, children);
  if (status.ok()) status = InsertMatchKeys(stores, tx, children);
  if (status.ok()) status = stores.events.Publish(tx, children);
  return status;
}

template <BelongsToCustomer Child>
absl::Status SaveChanged(Stores& stores, Transaction& tx, const Author& author,
                         std::vector<Change<Child>>& changes) {
  if (changes.empty()) return absl::OkStatus();
  StampChanged(author, changes);
  for (const Change<Child>& change : changes) {
    const absl::Status status = stores.children<Child>().Update(tx, change.after);
    if (!status.ok()) return status;
  }
  absl::Status status = AppendChanges(stores, tx, author, changes);
  if (status.ok()) status = ReplaceMatchKeys(stores, tx, changes);
  if (status.ok()) status = stores.events.Publish(tx, Afters(changes));
  return status;
}

template absl::Status SaveNew(Stores&, Transaction&, const Author&, std::vector<Contact>&);
template absl::Status SaveNew(Stores&, Transaction&, const Author&, std::vector<Need>&);
template absl::Status SaveNew(Stores&, Transaction&, const Author&, std::vector<Interaction>&);
template absl::Status SaveChanged(Stores&, Transaction&, const Author&, std::vector<Change<Contact>>&);
template absl::Status SaveChanged(Stores&, Transaction&, const Author&, std::vector<Change<Need>>&);
template absl::Status SaveChanged(Stores&, Transaction&, const Author&, std::vector<Change<Interaction>>&);

absl::Status SaveNew(Stores& stores, Transaction& tx, const Author& author, std::vector<Team>& teams) {
  if (teams.empty()) return absl::OkStatus();
  StampNew(author, teams);
  absl::Status status = stores.teams.InsertTeams(tx, teams);
  if (status.ok()) status = AppendCreations(stores, tx, author, teams);
  if (status.ok()) status = stores.events.Publish(tx, teams, author.time);
  return status;
}

absl::Status SaveChanged(Stores& stores, Transaction& tx, const Author& author,
                         std::vector<Change<Team>>& changes) {
  if (changes.empty()) return absl::OkStatus();
  StampChanged(author, changes);
  for (const Change<Team>& change : changes) {
    absl::Status status = stores.teams.UpdateTeam(tx, change.after);
    if (status.ok() && change.before.parent != change.after.parent)
      status = MoveTeam(stores, tx, change.after);
    if (!status.ok()) return status;
  }
  absl::Status status = AppendChanges(stores, tx, author, changes);
  if (status.ok()) status = stores.events.Publish(tx, Afters(changes), author.time);
  return status;
}

absl::Status SaveNew(Stores& stores, Transaction& tx, const Author& author,
                     std::vector<Representative>& representatives) {
  if (representatives.empty()) return absl::OkStatus();
  StampNew(author, representatives);
  absl::Status status = stores.teams.InsertRepresentatives(tx, representatives);
  if (status.ok()) status = AppendCreations(stores, tx, author, representatives);
  if (status.ok()) status = stores.events.Publish(tx, representatives, author.time);
  return status;
}

absl::Status SaveChanged(Stores& stores, Transaction& tx, const Author& author,
                         std::vector<Change<Representative>>& changes) {
  if (changes.empty()) return absl::OkStatus();
  StampChanged(author, changes);
  for (const Change<Representative>& change : changes) {
    absl::Status status = stores.teams.UpdateRepresentative(tx, change.after);
    if (status.ok() && change.before.team != change.after.team) {
      status = MoveOwnedCustomers(stores, tx, author, change.after);
    }
    if (!status.ok()) return status;
  }
  absl::Status status = AppendChanges(stores, tx, author, changes);
  if (status.ok()) status = stores.events.Publish(tx, Afters(changes), author.time);
  return status;
}

}  // namespace clientele::customer
