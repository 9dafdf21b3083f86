#include "customer-svc/operations/merge_customers.h"

#include <algorithm>

#include "customer-svc/domain/merge.h"
#include "customer-svc/domain/version.h"
#include "customer-svc/operations/assigner.h"
#include "customer-svc/operations/restored_attributes.h"
#include "customer-svc/operations/save.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::Transaction;

struct Both {
  Customer survivor, merged;
};

// Both locked, in the order of their ids, as every writer of several. NOT_FOUND for either.
absl::StatusOr<Both> LockBoth(Stores& stores, Transaction& tx, const Caller& caller,
                              const MergeCommand& command) {
  // Nothing is read before both are locked, or the rest would see what was before the lock was waited for.
  Id survivor = command.survivor, merged = command.merged;
  const auto lock = [&] {
    return stores.customers.LockWhere(tx, caller.principal, {survivor, merged}, servicekit::Sql());
  };
  auto locked = lock();
  if (locked.ok() && locked->size() != 2) {
    const auto aliases = stores.customers.Aliases(tx, {survivor, merged});
    if (!aliases.ok()) return aliases.status();
    for (Id* id : {&survivor, &merged}) {
      if (const auto alias = aliases->find(*id); alias != aliases->end()) *id = alias->second;
    }
    locked = lock();
  }
  if (!locked.ok()) return locked.status();
  if (survivor == merged && locked->size() == 1) {
    return servicekit::InvalidField("merged_customer", "must be another customer than the survivor");
  }
  if (locked->size() != 2) return absl::NotFoundError("no such customer");
  if (locked->front().id != survivor) std::swap(locked->front(), locked->back());
  Both both{std::move(locked->front()), std::move(locked->back())};
  absl::Status status = CheckVersion(command.survivor_version, both.survivor.version);
  if (status.ok()) status = CheckVersion(command.merged_version, both.merged.version);
  if (!status.ok()) return status;
  return both;
}

// The subsidiaries with `parent` as their parent, as changes; `keep` says which of them.
template <typename Keep>
std::vector<Change<Customer>> Reparented(std::vector<Customer> subsidiaries, std::optional<Id> parent,
                                         Keep keep) {
  std::vector<Change<Customer>> changes;
  for (Customer& subsidiary : subsidiaries) {
    if (!keep(subsidiary)) continue;
    Change<Customer> change{subsidiary, std::move(subsidiary)};
    change.after.parent = parent;
    changes.push_back(std::move(change));
  }
  return changes;
}

// A parent that is the merged one's must not lie below the survivor: when it was chosen, it is refused, else
// the survivor does without.
absl::Status CheckParentAfterMerge(Stores& stores, Transaction& tx, const Both& both, bool chosen,
                                   Customer& after) {
  if (!after.parent || after.parent == both.survivor.parent) return absl::OkStatus();
  const auto ancestors = stores.customers.LockAncestors(tx, *after.parent);
  if (!ancestors.ok()) return ancestors.status();
  const absl::Status status = CheckParents("fields_from_merged", both.survivor.id, *ancestors);
  if (status.ok() || chosen) return status;
  after.parent.reset();
  return absl::OkStatus();
}

// The survivor's parent as it can stay: what lies above it may be a subsidiary of the merged one, and would
// become its own grandparent; then the survivor takes the merged one's place.
absl::Status BreakCircle(Stores& stores, Transaction& tx, const Both& both, Customer& after) {
  if (!after.parent || after.parent != both.survivor.parent) return absl::OkStatus();
  const auto ancestors = stores.customers.LockAncestors(tx, *after.parent);
  if (!ancestors.ok()) return ancestors.status();
  if (CheckParents("", both.merged.id, *ancestors).ok()) return absl::OkStatus();
  after.parent = both.merged.parent;
  return absl::OkStatus();
}

absl::Status CheckOwner(Stores& stores, Transaction& tx, const Caller& caller, const Customer& before,
                        const Customer& after) {
  const absl::StatusOr<Assigner> assigner = AssignerFor(stores, tx, caller.principal);
  if (!assigner.ok()) return assigner.status();
  return CheckAssignment(*assigner, &before, after);
}

CustomerMerge NewMerge(const Caller& caller, const Both& both, const Customer& after) {
  return {.id = Id::New(caller.author.time),
          .survivor = both.survivor.id,
          .merged = both.merged.id,
          .actor = caller.author.subject,
          .merge_time = caller.author.time,
          .survivor_before = both.survivor,
          .survivor_after = after,
          .merged_before = both.merged};
}

}  // namespace

absl::StatusOr<MergeResult> MergeCustomers(Stores& stores, Transaction& tx, const Caller& caller,
                                           const MergeCommand& command) {
  absl::Status status = CheckMayWrite(caller.principal);
  if (status.ok()) status = CheckTakenFields("fields_from_merged", command.fields_from_merged);
  if (!status.ok()) return status;
  const absl::StatusOr<Both> both = LockBoth(stores, tx, caller, command);
  if (!both.ok()) return both.status();
  absl::StatusOr<Customer> after = MergeProfiles(both->survivor, both->merged, command.fields_from_merged);
  if (!after.ok()) return after.status();
  const auto& chosen = command.fields_from_merged;
  const bool parent_chosen = std::find(chosen.begin(), chosen.end(), "parent") != chosen.end();
  status = BreakCircle(stores, tx, *both, *after);
  if (status.ok()) status = CheckParentAfterMerge(stores, tx, *both, parent_chosen, *after);
  if (status.ok()) status = CheckOwner(stores, tx, caller, both->survivor, *after);
  if (!status.ok()) return status;

  auto subsidiaries = stores.customers.LockSubsidiaries(tx, both->merged.id);
  if (!subsidiaries.ok()) return subsidiaries.status();
  const auto not_survivor = [&](const Customer& one) { return one.id != both->survivor.id; };
  std::vector<Change<Customer>> moved = Reparented(*std::move(subsidiaries), both->survivor.id, not_survivor);
  std::vector<Id> moved_ids;
  for (const Change<Customer>& change : moved) moved_ids.push_back(change.after.id);

  CustomerMerge merge = NewMerge(caller, *both, *after);
  status = stores.merges.MoveAll(tx, merge, moved_ids);
  if (status.ok()) status = stores.matches.MoveContacts(tx, merge.merged, merge.survivor);
  if (status.ok()) status = stores.matches.Delete(tx, {merge.merged});
  // First the old row: the survivor takes over what only one may have.
  if (status.ok()) status = stores.target_markets.Forget(tx, merge.merged);
  if (status.ok()) status = stores.target_markets.Rename(tx, merge.merged);
  if (status.ok()) status = stores.customers.Delete(tx, merge.merged);
  if (status.ok()) status = stores.merges.Insert(tx, merge);
  if (status.ok()) status = stores.history.AppendMerge(tx, caller.author, merge.merged, merge.survivor);
  if (status.ok()) status = stores.events.PublishMerge(tx, merge);
  if (status.ok()) status = SaveChanged(stores, tx, caller.author, moved);
  if (!status.ok()) return status;
  // Written in any case, so that its version rises and the feed tells of it.
  std::vector<Change<Customer>> survivor = {{both->survivor, *std::move(after)}};
  status = SaveChanged(stores, tx, caller.author, survivor);
  if (!status.ok()) return status;
  return MergeResult{std::move(merge), std::move(survivor.front().after)};
}

namespace {

// A split at work: decides what of both can be restored, then does it.
class Split {
 public:
  Split(Stores& stores, Transaction& tx, const Caller& caller) : stores_(stores), tx_(tx), caller_(caller) {}

  absl::StatusOr<SplitResult> Run(Id id, int64_t survivor_version);

 private:
  absl::Status Load(Id id, int64_t survivor_version);
  // Each drops from `restored` what it cannot have any more, and says so.
  absl::Status SettleKeys();
  absl::Status SettleOwner();
  absl::Status SettleParent();
  absl::Status SettleAttributes();
  absl::Status LoadSubsidiaries();
  absl::Status TellWhatStays();
  absl::Status Write();
  void Remains(Id customer, std::string_view field, std::string description) {
    result_.remainders.push_back({customer, std::string(field), std::move(description)});
  }

  Stores& stores_;
  Transaction& tx_;
  const Caller& caller_;
  CustomerMerge merge_;
  Customer now_;  // The survivor as it is.
  std::vector<Change<Customer>> subsidiaries_;
  SplitResult result_;
};

absl::Status Refused(const char* message, const char* reason) {
  return servicekit::WithReason(absl::FailedPreconditionError(message), reason);
}

absl::Status Split::Load(Id id, int64_t survivor_version) {
  // The survivor's row first, as every write; its id never changes.
  const absl::StatusOr<CustomerMerge> found = stores_.merges.Get(tx_, id);
  if (!found.ok()) return found.status();
  absl::StatusOr<Customer> survivor = stores_.customers.Lock(tx_, caller_.principal, found->survivor);
  if (absl::IsNotFound(survivor.status())) return absl::NotFoundError("no such merge");
  if (!survivor.ok()) return survivor.status();
  now_ = *std::move(survivor);
  absl::StatusOr<CustomerMerge> merge = stores_.merges.Lock(tx_, id);
  if (!merge.ok()) return merge.status();
  merge_ = *std::move(merge);
  if (merge_.state == CustomerMerge::State::kSplit) return Refused("it was split already", "ALREADY_SPLIT");
  if (merge_.state == CustomerMerge::State::kErased) {
    return Refused("its data was erased, so nothing is left to restore", "ERASED");
  }
  if (now_.id != merge_.survivor) {
    return Refused("the survivor was merged into another customer since; split that merge first",
                   "MERGED_SINCE");
  }
  return CheckVersion(survivor_version, now_.version);
}

absl::Status Split::SettleKeys() {
  Customer& restored = result_.restored;
  const auto by_external_id = stores_.customers.FindByExternalIds(tx_, restored.external_ids);
  if (!by_external_id.ok()) return by_external_id.status();
  const auto taken = [&](const ExternalId& id) {
    const auto owner = by_external_id->find(id);
    if (owner == by_external_id->end()) return false;
    if (owner->second != now_.id) return true;
    const auto& kept = result_.survivor.external_ids;
    return std::find(kept.begin(), kept.end(), id) != kept.end();
  };
  for (auto id = restored.external_ids.begin(); id != restored.external_ids.end();) {
    if (!taken(*id)) {
      ++id;
      continue;
    }
    Remains(
        restored.id, "external_ids",
        servicekit::StrCat("The external id ", id->system, ":", id->id, " belongs to another customer now."));
    id = restored.external_ids.erase(id);
  }
  if (restored.registration_number.empty()) return absl::OkStatus();
  const auto by_number = stores_.customers.FindByRegistrationNumbers(tx_, {restored.registration_number});
  if (!by_number.ok()) return by_number.status();
  const auto owner = by_number->find(restored.registration_number);
  const bool elsewhere = owner != by_number->end() && owner->second != now_.id;
  if (elsewhere || restored.registration_number == result_.survivor.registration_number) {
    Remains(restored.id, "registration_number", "The registration number belongs to another customer now.");
    restored.registration_number.clear();
  }
  return absl::OkStatus();
}

absl::Status Split::SettleOwner() {
  // Customers follow their owner; who changed teams since has them there.
  for (Customer* customer : {&result_.survivor, &result_.restored}) {
    if (!customer->owner) continue;
    const auto teams = stores_.teams.LockTeamsOfRepresentatives(tx_, {*customer->owner});
    if (!teams.ok()) return teams.status();
    const auto team = teams->find(*customer->owner);
    if (team == teams->end() || customer->team == team->second) continue;
    customer->team = team->second;
    Remains(customer->id, "team", "The owner belongs to another team now.");
  }
  return absl::OkStatus();
}

absl::Status Split::SettleAttributes() {
  struct Side {
    AttributeValues now;
    Customer* customer;
  };
  for (const Side& side : {Side{now_.attributes, &result_.survivor}, Side{{}, &result_.restored}}) {
    const auto refused = SettleRestoredAttributes(stores_, tx_, side.now, side.customer->attributes);
    if (!refused.ok()) return refused.status();
    for (const std::string& id : *refused) {
      Remains(side.customer->id, servicekit::StrCat(kAttributePrefix, id),
              "Its former value is not allowed any more.");
    }
  }
  return absl::OkStatus();
}

absl::Status Split::LoadSubsidiaries() {
  const auto moved = stores_.merges.Moved(tx_, merge_.id, MovedKind::kSubsidiary);
  if (!moved.ok()) return moved.status();
  auto locked = stores_.customers.LockAll(tx_, *moved);
  if (!locked.ok()) return locked.status();
  subsidiaries_ = Reparented(*std::move(locked), merge_.merged,
                             [&](const Customer& one) { return one.parent == now_.id; });
  if (subsidiaries_.size() < moved->size()) {
    Remains(merge_.merged, "parent", "Some of its subsidiaries belong to others now, or were merged.");
  }
  return absl::OkStatus();
}

absl::Status Split::SettleParent() {
  Customer& restored = result_.restored;
  if (!restored.parent) return absl::OkStatus();
  const auto aliases = stores_.customers.Aliases(tx_, {*restored.parent});
  if (!aliases.ok()) return aliases.status();
  if (const auto alias = aliases->find(*restored.parent); alias != aliases->end()) {
    restored.parent = alias->second;
    Remains(restored.id, "parent", "The parent was merged into another customer, which is the parent now.");
  }
  const auto ancestors = stores_.customers.LockAncestors(tx_, *restored.parent);
  if (!ancestors.ok()) return ancestors.status();
  const auto above = [&](Id id) {
    return std::find(ancestors->begin(), ancestors->end(), id) != ancestors->end();
  };
  bool circle = result_.survivor.parent == restored.id && above(now_.id);
  for (const Change<Customer>& change : subsidiaries_) circle = circle || above(change.after.id);
  if (ancestors->empty() || circle) {
    restored.parent.reset();
    Remains(restored.id, "parent", "The parent is not there any more, or lies below it now.");
  }
  return absl::OkStatus();
}

absl::Status Split::TellWhatStays() {
  const absl::StatusOr<int64_t> added = stores_.merges.CountAddedSince(tx_, merge_);
  if (!added.ok()) return added.status();
  if (*added > 0) {
    Remains(merge_.survivor, "interactions",
            servicekit::StrCat(*added,
                               " contacts, needs or interactions were added since the merge; they stay."));
  }
  return absl::OkStatus();
}

absl::Status Split::Write() {
  merge_.state = CustomerMerge::State::kSplit;
  merge_.split_actor = caller_.author.subject;
  merge_.split_time = caller_.author.time;
  Customer& restored = result_.restored;
  restored.version = merge_.merged_before.version + 1;
  restored.create_time = merge_.merged_before.create_time;
  restored.update_time = caller_.author.time;

  // First the survivor, which gives back what only one may have.
  std::vector<Change<Customer>> survivor = {{now_, result_.survivor}};
  absl::Status status = stores_.events.PublishSplit(tx_, merge_, caller_.author.time);
  if (status.ok()) status = SaveChanged(stores_, tx_, caller_.author, survivor);
  if (status.ok()) status = SaveRestored(stores_, tx_, caller_.author, merge_, restored);
  if (!status.ok()) return status;
  result_.survivor = survivor.front().after;
  const auto contacts = stores_.merges.Moved(tx_, merge_.id, MovedKind::kContact);
  if (!contacts.ok()) return contacts.status();
  status = stores_.merges.MoveBack(tx_, merge_);
  if (status.ok()) status = stores_.matches.MoveContacts(tx_, *contacts, merge_.merged);
  if (status.ok()) status = stores_.target_markets.Rename(tx_, merge_.merged);
  if (status.ok()) status = SaveChanged(stores_, tx_, caller_.author, subsidiaries_);
  if (status.ok()) status = stores_.merges.MarkSplit(tx_, merge_);
  return status;
}

absl::StatusOr<SplitResult> Split::Run(Id id, int64_t survivor_version) {
  absl::Status status = Load(id, survivor_version);
  if (!status.ok()) return status;
  FieldNames kept;
  result_.survivor = SplitProfile(merge_.survivor_before, merge_.survivor_after, now_, &kept);
  result_.restored = merge_.merged_before;
  for (const std::string_view field : kept) {
    Remains(merge_.survivor, field, "It was changed since the merge and stays as it is.");
  }
  status = LoadSubsidiaries();
  if (status.ok()) status = SettleKeys();
  if (status.ok()) status = SettleOwner();
  if (status.ok()) status = SettleParent();
  if (status.ok()) status = SettleAttributes();
  if (status.ok()) status = TellWhatStays();
  if (status.ok()) status = Write();
  if (!status.ok()) return status;
  return std::move(result_);
}

}  // namespace

absl::StatusOr<SplitResult> SplitCustomers(Stores& stores, Transaction& tx, const Caller& caller, Id merge,
                                           int64_t survivor_version) {
  if (const absl::Status status = CheckMayWrite(caller.principal); !status.ok()) return status;
  return Split(stores, tx, caller).Run(merge, survivor_version);
}

}  // namespace clientele::customer
