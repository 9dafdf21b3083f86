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
  if (status.ok()) status = stores.events.Publish(tx, customers);
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
  if (status.ok()) status = stores.events.Publish(tx, Afters(changes));
  return status;
}

template <BelongsToCustomer Child>
absl::Status SaveNew(Stores& stores, Transaction& tx, const Author& author, std::vector<Child>& children) {
  if (children.empty()) return absl::OkStatus();
  StampNew(author, children);
  absl::Status status = stores.children<Child>().Insert(tx, children);
  if (status.ok()) status = AppendCreations(stores, tx, author, children);
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
  for (Team& team : teams) team.create_time = author.time;
  absl::Status status = stores.teams.InsertTeams(tx, teams);
  if (status.ok()) status = AppendCreations(stores, tx, author, teams);
  if (status.ok()) status = stores.events.Publish(tx, teams, author.time);
  return status;
}

absl::Status SaveChanged(Stores& stores, Transaction& tx, const Author& author,
                         const std::vector<Change<Team>>& changes) {
  if (changes.empty()) return absl::OkStatus();
  for (const Change<Team>& change : changes) {
    const absl::Status status = stores.teams.UpdateTeam(tx, change.after);
    if (!status.ok()) return status;
  }
  absl::Status status = AppendChanges(stores, tx, author, changes);
  if (status.ok()) status = stores.events.Publish(tx, Afters(changes), author.time);
  return status;
}

absl::Status SaveNew(Stores& stores, Transaction& tx, const Author& author,
                     std::vector<Representative>& representatives) {
  if (representatives.empty()) return absl::OkStatus();
  for (Representative& representative : representatives) representative.create_time = author.time;
  absl::Status status = stores.teams.InsertRepresentatives(tx, representatives);
  if (status.ok()) status = AppendCreations(stores, tx, author, representatives);
  if (status.ok()) status = stores.events.Publish(tx, representatives, author.time);
  return status;
}

absl::Status SaveChanged(Stores& stores, Transaction& tx, const Author& author,
                         const std::vector<Change<Representative>>& changes) {
  if (changes.empty()) return absl::OkStatus();
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
