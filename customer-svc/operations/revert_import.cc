#include "customer-svc/operations/revert_import.h"

#include <algorithm>
#include <set>

#include "customer-svc/domain/merge.h"
#include "customer-svc/operations/import_batch.h"
#include "customer-svc/operations/save.h"
#include "customer-svc/operations/settle_customers.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/types/resource_name.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::NameOf;
using servicekit::Transaction;
using Write = ImportStore::Write;

constexpr size_t kBatch = 200;
// More than one message of an import makes: its records may belong to each other, so it is taken back as one.
constexpr int64_t kMostOfAMessage = 1200;

// The first kBatch writes, and what is of the same message as the last of them.
void CutAtMessage(std::vector<ImportStore::Write>& writes) {
  size_t end = std::min(writes.size(), kBatch);
  while (end > 0 && end < writes.size() && writes[end].time == writes[end - 1].time) ++end;
  writes.resize(end);
}

// `customers/A` is a customer, `customers/A/contacts/B` a contact; nil for what has another collection.
template <typename Resource>
Id IdIn(const std::string& resource);
template <>
Id IdIn<Customer>(const std::string& resource) {
  const auto id = servicekit::ParseName("", "customers", resource);
  return id.ok() ? *id : Id();
}
template <BelongsToCustomer Child>
Id ChildIdIn(const std::string& resource) {
  const auto name = servicekit::ParseName("", "customers", kCollection<Child>, resource);
  return name.ok() ? name->id : Id();
}
template <>
Id IdIn<Contact>(const std::string& resource) {
  return ChildIdIn<Contact>(resource);
}
template <>
Id IdIn<Need>(const std::string& resource) {
  return ChildIdIn<Need>(resource);
}
template <>
Id IdIn<Interaction>(const std::string& resource) {
  return ChildIdIn<Interaction>(resource);
}

// The resource with the fields of a write as they were, or became.
template <typename Resource>
Resource With(Resource resource, const std::vector<FieldChange>& fields,
              std::optional<std::string> FieldChange::*value) {
  for (const FieldChange& change : fields) SetField(resource, change.field, change.*value);
  return resource;
}

// Takes one write back in `now`; the fields that were changed since stay and are named in `kept`.
Customer TakeBack(const Customer& before, const Customer& after, const Customer& now, FieldNames* kept) {
  return SplitProfile(before, after, now, kept);
}
template <BelongsToCustomer Child>
Child TakeBack(const Child& before, const Child& after, const Child& now, FieldNames* kept) {
  Child reverted = now;
  ForEachField<Child>([&](const auto& field) {
    if (before.*field.member == after.*field.member) return;
    if (now.*field.member == after.*field.member) {
      reverted.*field.member = before.*field.member;
    } else {
      kept->push_back(field.name);
    }
  });
  return reverted;
}

// One batch of writes to one kind of resource: what becomes of each, decided in memory, newest first.
template <typename Resource>
struct Undone {
  struct Entry {
    Resource before, now;
    std::string name;
    bool created = false;  // The import made it, and nobody changed it since: it goes.
  };
  absl::flat_hash_map<Id, Entry> entries;

  void Load(Resource resource) {
    const Id id = resource.id;
    entries.emplace(id, Entry{resource, std::move(resource)});
  }
  void Apply(const Write& write, Id id, std::vector<KeptWrite>& kept) {
    const auto found = entries.find(id);
    if (found == entries.end()) {
      kept.push_back({write.resource, {}, "It is not there any more, or was merged into another."});
      return;
    }
    Entry& entry = found->second;
    entry.name = write.resource;
    const Resource after = With(entry.now, write.fields, &FieldChange::new_value);
    const bool created = entry.before.create_time == write.time;
    if (created) {
      FieldNames changed = ChangedFields(With(Resource{}, write.fields, &FieldChange::new_value), entry.now);
      if (changed.empty()) {
        entry.created = true;
      } else {
        kept.push_back(
            {write.resource, {changed.begin(), changed.end()}, "It was changed since, and stays."});
      }
      return;
    }
    FieldNames fields;
    entry.now = TakeBack(With(entry.now, write.fields, &FieldChange::old_value), after, entry.now, &fields);
    if (!fields.empty()) {
      kept.push_back(
          {write.resource, {fields.begin(), fields.end()}, "These fields were changed since, and stay."});
    }
  }
  // In the order of their ids.
  std::vector<Change<Resource>> Changes() {
    std::vector<Change<Resource>> changes;
    for (auto& [id, entry] : entries) {
      if (!entry.created && !ChangedFields(entry.before, entry.now).empty()) {
        changes.push_back({entry.before, entry.now});
      }
    }
    std::sort(changes.begin(), changes.end(),
              [](const auto& a, const auto& b) { return a.after.id < b.after.id; });
    return changes;
  }
  std::vector<Entry> Created() const {
    std::vector<Entry> created;
    for (const auto& [id, entry] : entries) {
      if (entry.created) created.push_back(entry);
    }
    return created;
  }
};

class Revert {
 public:
  Revert(Stores& stores, Transaction& tx, const Author& author, std::vector<KeptWrite>& kept)
      : stores_(stores), tx_(tx), author_(author), kept_(kept) {}

  absl::Status Run(const std::vector<Write>& writes);

 private:
  // Locks the customers of everything in the batch, as every write does first.
  absl::Status LockCustomers(const std::vector<Write>& writes);
  template <BelongsToCustomer Child>
  absl::Status RevertChildren(const std::vector<Write>& writes);
  absl::Status RevertCustomers(const std::vector<Write>& writes);
  // Gives them the keys that they want, as far as those are free by now.
  absl::Status RestoreKeys(const std::vector<Customer>& wanted);
  absl::Status DeleteCustomers(std::vector<Undone<Customer>::Entry> created);
  // Nobody can ask for their erasure once they are gone.
  absl::Status EraseTraces(const std::vector<Id>& gone);
  absl::Status EraseTraces(const Contact& gone, const std::string& written);

  Stores& stores_;
  Transaction& tx_;
  const Author& author_;
  std::vector<KeptWrite>& kept_;
};

absl::Status Revert::LockCustomers(const std::vector<Write>& writes) {
  std::vector<Id> ids;
  for (const Write& write : writes) {
    const std::string customer =
        write.resource.substr(0, write.resource.find('/', write.resource.find('/') + 1));
    if (const auto id = servicekit::ParseName("", "customers", customer); id.ok()) ids.push_back(*id);
  }
  const auto lock = [&](std::vector<Id> all) { return stores_.customers.LockIds(tx_, std::move(all)); };
  return LockNamed({stores_, tx_, author_}, {.ids = std::move(ids), .external_ids = {}}, lock).status();
}

template <BelongsToCustomer Child>
absl::Status Revert::RevertChildren(const std::vector<Write>& writes) {
  std::vector<Id> ids;
  for (const Write& write : writes) {
    if (const Id id = IdIn<Child>(write.resource); !id.is_nil()) ids.push_back(id);
  }
  if (ids.empty()) return absl::OkStatus();
  auto locked = stores_.children<Child>().LockAll(tx_, ids);
  if (!locked.ok()) return locked.status();
  Undone<Child> undone;
  for (Child& child : *locked) undone.Load(std::move(child));
  for (const Write& write : writes) {
    if (const Id id = IdIn<Child>(write.resource); !id.is_nil()) undone.Apply(write, id, kept_);
  }
  auto changes = undone.Changes();
  absl::Status status = SaveChanged(stores_, tx_, author_, changes);
  if (!status.ok()) return status;
  std::vector<Id> gone;
  std::vector<HistoryStore::Entry> history;
  const auto created = undone.Created();
  for (const auto& entry : created) {
    gone.push_back(entry.now.id);
    history.push_back({entry.now.customer, entry.name, ChangesToJson(entry.now, Child{})});
  }
  status = stores_.imports.DeleteChildren<Child>(tx_, gone);
  if (status.ok()) status = stores_.history.Append(tx_, author_, history);
  if constexpr (std::is_same_v<Child, Contact>) {
    for (const auto& entry : created) {
      if (status.ok()) status = EraseTraces(entry.now, entry.name);
    }
  }
  if constexpr (std::is_same_v<Child, Interaction>) {
    // The others take back what they made of it.
    std::vector<Interaction> held;
    for (const auto& entry : created) {
      if (entry.now.state != InteractionState::kHeld) continue;
      held.push_back(entry.now);
      held.back().state = InteractionState::kNotHeld;
    }
    if (status.ok()) status = stores_.events.Publish(tx_, held);
  }
  return status;
}

absl::Status Revert::EraseTraces(const Contact& contact, const std::string& written) {
  // It may have been written under the name of a customer that was merged since.
  const auto written_of = servicekit::ParseName("", "customers", "contacts", written);
  std::set<Id> customers = {contact.customer};
  if (written_of.ok()) customers.insert(written_of->parent);
  for (const Id customer : customers) {
    for (const Id named : customers) {
      const auto erased =
          stores_.erasures.EraseHistory(tx_, {customer}, NameOf("customers", named, "contacts", contact.id));
      if (!erased.ok()) return erased.status();
    }
  }
  return absl::OkStatus();
}

absl::Status Revert::RestoreKeys(const std::vector<Customer>& wanted) {
  std::vector<Id> ids;
  for (const Customer& customer : wanted) ids.push_back(customer.id);
  auto locked = stores_.customers.LockAll(tx_, ids);
  if (!locked.ok()) return locked.status();
  std::vector<Change<Customer>> changes;
  for (Customer& now : *locked) {
    const auto found =
        std::find_if(wanted.begin(), wanted.end(), [&](const Customer& one) { return one.id == now.id; });
    Change<Customer> change{now, std::move(now)};
    change.after.registration_number = found->registration_number;
    change.after.external_ids = found->external_ids;
    changes.push_back(std::move(change));
  }
  const absl::Status status = CustomerSettler(stores_, tx_, kept_).SettleKeys(changes, nullptr);
  return status.ok() ? SaveChanged(stores_, tx_, author_, changes) : status;
}

absl::Status Revert::EraseTraces(const std::vector<Id>& gone) {
  if (gone.empty()) return absl::OkStatus();
  absl::Status status = stores_.erasures.EraseHistory(tx_, gone, "").status();
  if (status.ok()) status = stores_.erasures.EraseFeed(tx_, gone).status();
  if (status.ok()) status = stores_.erasures.EraseOwnershipReasons(tx_, gone);
  if (status.ok()) status = stores_.erasures.EraseMerges(tx_, gone);
  return status;
}

absl::Status Revert::DeleteCustomers(std::vector<Undone<Customer>::Entry> created) {
  std::vector<Id> gone;
  std::vector<HistoryStore::Entry> history;
  // Of those that belong to each other, the lowest go first; what is left when no more go is in use by
  // others.
  for (size_t before = created.size() + 1; created.size() < before && !created.empty();) {
    before = created.size();
    std::vector<Id> ids;
    for (const auto& entry : created) ids.push_back(entry.now.id);
    const auto in_use = stores_.imports.InUse(tx_, ids);
    if (!in_use.ok()) return in_use.status();
    const absl::flat_hash_set<Id> used(in_use->begin(), in_use->end());
    for (const auto& entry : created) {
      if (used.contains(entry.now.id)) continue;
      gone.push_back(entry.now.id);
      history.push_back({entry.now.id, entry.name, ChangesToJson(entry.now, Customer{})});
      const absl::Status status = stores_.customers.Delete(tx_, entry.now.id);
      if (!status.ok()) return status;
    }
    std::erase_if(created, [&](const auto& entry) { return !used.contains(entry.now.id); });
  }
  for (const auto& entry : created) {
    kept_.push_back({entry.name, {}, "Something belongs to it that the import did not make; it stays."});
  }
  absl::Status status = stores_.matches.Delete(tx_, gone);
  if (status.ok()) status = stores_.history.Append(tx_, author_, history);
  if (status.ok()) status = EraseTraces(gone);
  return status.ok() ? stores_.events.PublishErased(tx_, gone, /*deleted=*/true, author_.time) : status;
}

absl::Status Revert::RevertCustomers(const std::vector<Write>& writes) {
  std::vector<Id> ids;
  for (const Write& write : writes) {
    if (const Id id = IdIn<Customer>(write.resource); !id.is_nil()) ids.push_back(id);
  }
  if (ids.empty()) return absl::OkStatus();
  auto locked = stores_.customers.LockAll(tx_, ids);
  if (!locked.ok()) return locked.status();
  Undone<Customer> undone;
  for (Customer& customer : *locked) undone.Load(std::move(customer));
  for (const Write& write : writes) {
    if (const Id id = IdIn<Customer>(write.resource); !id.is_nil()) undone.Apply(write, id, kept_);
  }
  auto changes = undone.Changes();
  // What the import gave to its own customers is free once they are gone, but they may not go before.
  std::vector<Customer> blocked;
  CustomerSettler settler(stores_, tx_, kept_);
  absl::Status status = settler.SettleTeams(changes);
  if (status.ok()) status = settler.SettleParents(changes);
  if (status.ok()) status = settler.SettleAttributes(changes);
  if (status.ok()) status = settler.SettleKeys(changes, &blocked);
  if (status.ok()) status = SaveChanged(stores_, tx_, author_, changes);
  if (status.ok()) status = DeleteCustomers(undone.Created());
  return status.ok() ? RestoreKeys(blocked) : status;
}

absl::Status Revert::Run(const std::vector<Write>& writes) {
  absl::Status status = LockCustomers(writes);
  if (status.ok()) status = RevertChildren<Interaction>(writes);
  if (status.ok()) status = RevertChildren<Need>(writes);
  if (status.ok()) status = RevertChildren<Contact>(writes);
  if (status.ok()) status = RevertCustomers(writes);
  for (const Write& write : writes) {
    if (write.resource.starts_with("customers/")) continue;
    kept_.push_back({write.resource, {}, "Teams and representatives stay as they are."});
  }
  return status;
}

}  // namespace

absl::StatusOr<RevertProgress> RevertBatch(Stores& stores, servicekit::Pool& pool, absl::Time deadline,
                                           const Caller& caller, Id import) {
  if (const absl::Status status = CheckAdministrator(caller.principal); !status.ok()) return status;
  const auto batch = [&](Transaction& tx) -> absl::StatusOr<RevertProgress> {
    absl::StatusOr<ImportRun> run = stores.imports.Lock(tx, import);
    if (!run.ok()) return run.status();
    RevertProgress progress{*std::move(run), {}};
    if (progress.run.state == ImportRun::State::kReverted) return progress;
    auto writes = stores.imports.Writes(tx, import, progress.run.revert_before, kMostOfAMessage);
    if (!writes.ok()) return writes.status();
    const size_t found = writes->size();
    CutAtMessage(*writes);
    const absl::Status reverted = Revert(stores, tx, caller.author, progress.kept).Run(*writes);
    if (!reverted.ok()) return reverted;
    const bool done = writes->size() == found && static_cast<int64_t>(found) < kMostOfAMessage;
    progress.run.state = done ? ImportRun::State::kReverted : ImportRun::State::kReverting;
    if (!writes->empty()) progress.run.revert_before = writes->back().id;
    progress.run.kept += static_cast<int64_t>(progress.kept.size());
    progress.run.reverted += static_cast<int64_t>(writes->size());
    progress.run.update_time = caller.author.time;
    const absl::Status updated = stores.imports.Update(tx, progress.run);
    if (!updated.ok()) return updated;
    return progress;
  };
  // What is looked at after its lock was waited for must be as it is by then.
  return RunInTransaction(pool, deadline, batch, {.read_committed = true});
}

}  // namespace clientele::customer
