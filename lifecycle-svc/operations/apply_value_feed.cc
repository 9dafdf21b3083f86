#include <map>

#include "clientele/value/v1/value_feed.pb.h"
#include "lifecycle-svc/contract/values.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/store/alias_store.h"
#include "lifecycle-svc/store/stall_store.h"

namespace clientele::lifecycle {

absl::Status ApplyValueFeed(const Environment&, Transaction& tx, const type::v1::ReadFeedResponse& batch) {
  // The newest tier counts. In order of customer, as everyone locks.
  std::map<Id, Tier> tiers;
  for (const type::v1::FeedEntry& entry : batch.entries()) {
    value::v1::TierChanged event;
    if (!entry.event().UnpackTo(&event)) continue;  // What else the feed tells changes nothing here.
    Violations violations;
    const std::optional<Id> customer = DecodeName(violations, "customer", "customers", event.customer());
    if (!customer.has_value()) violations.Add("customer", "is required");
    if (!violations.empty()) return violations.status();
    tiers[*customer] = static_cast<Tier>(event.to_tier());
  }
  for (const auto& [customer, tier] : tiers) {
    const absl::StatusOr<bool> known = StallStore::SetTier(tx, customer, tier);
    if (!known.ok()) return known.status();
    if (*known) continue;
    const auto survivors = AliasStore::LockSurvivors(tx, {customer});
    if (!survivors.ok()) return survivors.status();
    // Of one that was merged meanwhile the survivor's own tier counts. One that customer-svc's feed has not
    // told of yet is waited for: the batch is tried again.
    if (survivors->empty()) return absl::UnavailableError("a customer with a tier is not known here yet");
  }
  return absl::OkStatus();
}

}  // namespace clientele::lifecycle
