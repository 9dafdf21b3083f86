#include "customer-svc/operations/erase.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "customer-svc/domain/erasure.h"
#include "customer-svc/operations/save.h"
#include "servicekit/access/row_rule.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::NameOf;
using servicekit::Transaction;

// Of one customer; more than anybody makes.
constexpr int64_t kMostMerges = 10'000;

// When the customer was part of another one, or of what that one was part of then, and is not any more.
// Merges are split from the outside in, so the times lie within each other.
absl::StatusOr<std::vector<SharedTime>> SharedTimesOf(Stores& stores, Transaction& tx,
                                                      const std::vector<Id>& names) {
  std::vector<SharedTime> shared;
  std::set<Id> seen;
  std::vector<std::pair<Id, std::optional<SharedTime>>> look;
  for (const Id name : names) look.emplace_back(name, std::nullopt);
  while (!look.empty()) {
    const auto [customer, within] = look.back();
    look.pop_back();
    const auto merges = stores.merges.List(tx, customer, Id(), kMostMerges);
    if (!merges.ok()) return merges.status();
    for (const CustomerMerge& merge : *merges) {
      if (merge.merged != customer || !merge.split_time) continue;
      if (within && (merge.merge_time < within->merge_time || merge.merge_time > within->split_time))
        continue;
      if (!seen.insert(merge.id).second) continue;
      shared.push_back({merge.id, merge.survivor, merge.merge_time, *merge.split_time});
      look.emplace_back(merge.survivor, shared.back());
    }
  }
  return shared;
}

// What was written about others while the customer was part of them. They keep what they are now.
absl::Status EraseFromOthers(Stores& stores, Transaction& tx, const Caller& caller,
                             const std::vector<Id>& names, Erased& erased) {
  const auto shared = SharedTimesOf(stores, tx, names);
  if (!shared.ok()) return shared.status();
  std::vector<Id> survivors;
  for (const SharedTime& time : *shared) survivors.push_back(time.survivor);
  const auto others = stores.customers.BatchGet(tx, caller.principal, survivors);
  if (!others.ok()) return others.status();
  for (const SharedTime& time : *shared) {
    if (const absl::Status status = stores.erasures.EraseSnapshots(tx, time); !status.ok()) return status;
    const auto changes = stores.erasures.EraseHistory(tx, time);
    if (!changes.ok()) return changes.status();
    const auto other = std::find_if(others->begin(), others->end(),
                                    [&](const Customer& one) { return one.id == time.survivor; });
    const auto entries = stores.erasures.RenameInFeed(
        tx, time, other == others->end() ? std::string(kErased) : other->display_name);
    if (!entries.ok()) return entries.status();
    erased.changes += *changes;
    erased.feed_entries += *entries;
  }
  return survivors.empty() ? absl::OkStatus() : stores.erasures.EraseAnswers(tx, survivors);
}

// Puts the next step's count where it belongs; an error stays.
void Count(const absl::StatusOr<int64_t>& counted, int64_t& count, absl::Status& status) {
  if (status.ok()) status = counted.status();
  if (counted.ok()) count = *counted;
}

}  // namespace

absl::StatusOr<Erased> EraseCustomer(Stores& stores, Transaction& tx, const Caller& caller, Id id) {
  if (const absl::Status status = CheckAdministrator(caller.principal); !status.ok()) return status;
  absl::StatusOr<Customer> before = stores.customers.Lock(tx, caller.principal, id);
  if (!before.ok()) return before.status();
  const Id customer = before->id;
  absl::StatusOr<std::vector<Id>> names = stores.customers.AliasesOf(tx, customer);
  if (!names.ok()) return names.status();
  names->push_back(customer);
  Customer after = EraseProfile(*before);

  // First the row as every write has it, so that its own trace in history and feed is erased with the rest.
  absl::Status status;
  if (!ChangedFields(*before, after).empty()) {
    std::vector<Change<Customer>> changes = {{*std::move(before), std::move(after)}};
    status = SaveChanged(stores, tx, caller.author, changes);
    if (status.ok()) status = stores.events.PublishErased(tx, *names, /*deleted=*/false, caller.author.time);
  }
  if (status.ok()) status = stores.matches.Delete(tx, {customer});
  if (!status.ok()) return status;
  Erased erased;
  Count(stores.erasures.DeleteContacts(tx, customer), erased.contacts, status);
  Count(stores.erasures.EraseNeeds(tx, customer, caller.author.time), erased.needs, status);
  Count(stores.erasures.EraseInteractions(tx, customer, caller.author.time), erased.interactions, status);
  Count(stores.erasures.EraseHistory(tx, *names, ""), erased.changes, status);
  Count(stores.erasures.EraseFeed(tx, *names), erased.feed_entries, status);
  if (status.ok()) status = EraseFromOthers(stores, tx, caller, *names, erased);
  if (status.ok()) status = stores.erasures.EraseOwnershipReasons(tx, *names);
  if (status.ok()) status = stores.erasures.EraseMerges(tx, *names);
  if (status.ok()) status = stores.erasures.EraseAnswers(tx, *names);
  if (!status.ok()) return status;
  return erased;
}

absl::Status EraseContact(Stores& stores, Transaction& tx, const Caller& caller, servicekit::ChildName name) {
  absl::Status status = CheckAdministrator(caller.principal);
  if (!status.ok()) return status;
  const absl::StatusOr<Customer> customer = stores.customers.Lock(tx, caller.principal, name.parent);
  if (!customer.ok()) return customer.status();
  const absl::StatusOr<Contact> contact = stores.contacts.Read(tx, customer->id, name.id);
  if (!contact.ok()) return contact.status();
  status = stores.erasures.DeleteContact(tx, contact->id);
  if (status.ok()) {
    status = stores.history.Append(tx, caller.author,
                                   {{customer->id, NameOf("customers", customer->id, "contacts", contact->id),
                                     ChangesToJson(*contact, Contact{})}});
  }
  if (!status.ok()) return status;
  // What was written before a merge or a split is called by the name of the other customer.
  const auto merges = stores.merges.List(tx, customer->id, Id(), kMostMerges);
  if (!merges.ok()) return merges.status();
  std::set<Id> owners = {customer->id};
  for (const CustomerMerge& merge : *merges) {
    owners.insert(merge.survivor);
    owners.insert(merge.merged);
  }
  for (const Id owner : owners) {
    const auto erased =
        stores.erasures.EraseHistory(tx, {owner}, NameOf("customers", owner, "contacts", contact->id));
    if (!erased.ok()) return erased.status();
  }
  return stores.erasures.EraseAnswers(tx, {contact->id});
}

}  // namespace clientele::customer
