#include <algorithm>
#include <vector>

#include "lifecycle-svc/contract/values.h"
#include "lifecycle-svc/operations/customer_events.h"
#include "lifecycle-svc/operations/follow_ups.h"
#include "lifecycle-svc/operations/stall.h"
#include "lifecycle-svc/operations/unit_of_work.h"
#include "lifecycle-svc/store/alias_store.h"
#include "lifecycle-svc/store/referral_store.h"
#include "lifecycle-svc/store/stall_store.h"

namespace clientele::lifecycle {
namespace {

// Works out journeys anew whose moves were given or taken.
absl::Status Refold(const Environment& environment, const CallContext& call, Transaction& tx,
                    const std::vector<Id>& customers) {
  UnitOfWork work(environment, call, tx);
  const absl::Status status = work.Lock(customers, {});
  if (!status.ok()) return status;
  for (const Id& customer : customers) work.Refold(customer);
  return work.Flush();
}

// Those of the aliases that are part of `customer`, over however many merges.
std::vector<Id> PartsOf(Id customer, const std::vector<AliasStore::Alias>& aliases) {
  std::vector<Id> parts = {customer};
  for (size_t i = 0; i < parts.size(); ++i) {
    for (const AliasStore::Alias& alias : aliases) {
      if (alias.into == parts[i]) parts.push_back(alias.customer.id);
    }
  }
  parts.erase(parts.begin());
  return parts;
}

struct Names {
  Id merge, survivor, other;
};

absl::StatusOr<Names> Decode(const std::string& merge, const std::string& survivor,
                             const std::string& other) {
  Violations violations;
  Names names;
  const auto required = [&](std::string_view field, std::string_view collection, const std::string& name) {
    const std::optional<Id> id = DecodeName(violations, field, collection, name);
    if (name.empty()) violations.Add(field, "is required");
    return id.value_or(Id());
  };
  names.merge = required("customer_merge", "customerMerges", merge);
  names.survivor = required("survivor", "customers", survivor);
  names.other = required("merged or restored customer", "customers", other);
  if (!violations.empty()) return violations.status();
  return names;
}

}  // namespace

absl::Status MergeCustomers(const Environment& environment, const CallContext& call, Transaction& tx,
                            const customer::v1::CustomersMerged& event) {
  const auto names = Decode(event.customer_merge(), event.survivor(), event.merged_customer());
  if (!names.ok()) return names.status();
  const auto before = AliasStore::GetForUpdate(tx, names->other);
  if (!before.ok()) return before.status();
  if (before->has_value()) return absl::OkStatus();  // Heard before.
  const auto survivors = AliasStore::LockSurvivors(tx, {names->survivor});
  if (!survivors.ok()) return survivors.status();
  const auto found = survivors->find(names->survivor);
  const Id survivor = found == survivors->end() ? names->survivor : found->second;

  // Both are known by now, unless one was never told of: its own event comes later then.
  KnownCustomer nobody;
  nobody.id = survivor;
  absl::Status status = JourneyStore::InsertMissing(tx, {nobody});
  if (status.ok()) status = JourneyStore::Lock(tx, {survivor, names->other}).status();
  // A merge leads referrals to others than before: not while one is checked for cycles.
  if (status.ok()) status = ReferralStore::Lock(tx);
  if (!status.ok()) return status;
  absl::StatusOr<KnownCustomer> merged = JourneyStore::GetCustomer(tx, names->other);
  if (absl::IsNotFound(merged.status())) {
    merged = KnownCustomer();
    merged->id = names->other;
  }
  if (!merged.ok()) return merged.status();
  status = AliasStore::Merge(tx, names->merge, names->survivor, survivor, *merged);
  if (!status.ok()) return status;
  UnitOfWork work(environment, call, tx);
  FollowUps follow_ups(work);
  status = work.Lock({survivor}, {});
  if (status.ok()) status = follow_ups.Load({survivor});
  if (!status.ok()) return status;
  work.Refold(survivor);
  // Whether the customer stands still is asked of the survivor from now on.
  for (const bool reassignment : {false, true}) {
    follow_ups.Close(survivor, FollowUpKind::kStalled, StallCause(names->other, reassignment),
                     "Merged into another customer.");
  }
  return work.Flush();
}

absl::Status SplitCustomers(const Environment& environment, const CallContext& call, Transaction& tx,
                            const customer::v1::CustomersSplit& event) {
  const auto names = Decode(event.customer_merge(), event.survivor(), event.restored_customer());
  if (!names.ok()) return names.status();
  const auto alias = AliasStore::GetForUpdate(tx, names->other);
  if (!alias.ok()) return alias.status();
  if (!alias->has_value() || (*alias)->merge != names->merge) return absl::OkStatus();  // Heard before.
  const Id survivor = (*alias)->survivor;
  absl::Status status = JourneyStore::Lock(tx, {survivor}).status();
  if (!status.ok()) return status;
  const auto aliases = AliasStore::ListForUpdate(tx, survivor);
  if (!aliases.ok()) return aliases.status();
  status = AliasStore::Split(tx, survivor, names->other, PartsOf(names->other, *aliases));
  if (status.ok()) status = JourneyStore::InsertMissing(tx, {(*alias)->customer});
  if (status.ok()) {
    status = StallStore::CopyStanding(tx, survivor, names->other, environment.clock.Now());
  }
  if (!status.ok()) return status;
  return Refold(environment, call, tx, {survivor, names->other});
}

}  // namespace clientele::lifecycle
