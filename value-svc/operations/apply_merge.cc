#include "value-svc/operations/apply_merge.h"

#include <optional>
#include <vector>

#include "value-svc/operations/family_lock.h"
#include "value-svc/operations/referrers.h"

namespace clientele::value {
namespace {

// Everybody who counts, or did so far, as one of those that the two count as; all of them locked.
struct Family {
  std::vector<Id> members;
  absl::flat_hash_map<Id, Id> before;  // Whom each counts as, without those that count as themselves.
};

absl::StatusOr<Family> LockFamily(Transaction& tx, Stores& stores, const Merge& merge) {
  auto survivors = LockWithSurvivors(tx, stores, {merge.survivor, merge.merged});
  if (!survivors.ok()) return survivors.status();
  Family family;
  for (Id customer : {merge.survivor, merge.merged}) {
    const auto found = survivors->find(customer);
    family.members.push_back(found == survivors->end() ? customer : found->second);
  }
  if (family.members[0] == family.members[1]) family.members.pop_back();
  const auto merged = stores.customers.MergedIntoForUpdate(tx, family.members);
  if (!merged.ok()) return merged.status();
  family.members.insert(family.members.end(), merged->begin(), merged->end());
  auto before = stores.customers.SurvivorsForUpdate(tx, family.members);
  if (!before.ok()) return before.status();
  family.before = *std::move(before);
  return family;
}

Id CountsAs(const absl::flat_hash_map<Id, Id>& survivors, Id customer) {
  const auto found = survivors.find(customer);
  return found == survivors.end() ? customer : found->second;
}

}  // namespace

absl::Status ApplyMerge(Transaction& tx, Stores& stores, const Merge& merge, bool undone) {
  const absl::StatusOr<Family> family = LockFamily(tx, stores, merge);
  if (!family.ok()) return family.status();
  if (absl::Status status = stores.merges.Record(tx, merge, undone); !status.ok()) return status;
  const auto merges = stores.merges.OfCustomers(tx, family->members);
  if (!merges.ok()) return merges.status();
  const absl::flat_hash_map<Id, Id> now = ResolveSurvivors(family->members, *merges);

  std::vector<RescoreQueue::Touched> touched;
  std::vector<Id> no_longer_scored;
  for (Id member : family->members) {
    const Id before = CountsAs(family->before, member), after = now.at(member);
    if (before == after) continue;
    const bool itself = after == member;
    absl::Status status =
        stores.customers.SetSurvivor(tx, member, itself ? std::nullopt : std::optional<Id>(after));
    if (status.ok()) status = stores.facts.Reassign(tx, member, before, after);
    if (!status.ok()) return status;
    if (!itself) no_longer_scored.push_back(member);
    for (Id changed : {member, before, after}) touched.push_back({changed, absl::UnixEpoch()});
  }
  absl::Status status = stores.scores.Remove(tx, no_longer_scored);
  // Together, or apart again, they may close a circle of referrals, or open one.
  if (status.ok() && !touched.empty())
    status = AddUpstream(tx, stores, family->members, absl::UnixEpoch(), touched);
  if (!status.ok()) return status;
  return stores.queue.Add(tx, std::move(touched));
}

}  // namespace clientele::value
