#include "lifecycle-svc/domain/referral.h"

#include <utility>
#include <vector>

#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {

absl::Status Cancel(Referral& referral, std::string reason, absl::Time now) {
  if (referral.cancel_time.has_value()) {
    const std::string why = "the referral was taken back already";
    return servicekit::PreconditionFailed(
        why, {{"REFERRAL_CANCELLED", servicekit::NameOf("referrals", referral.id), why}});
  }
  referral.cancel_time = now;
  referral.cancel_reason = std::move(reason);
  return absl::OkStatus();
}

absl::Status CheckShares(const Referral& referral, int percent_so_far) {
  if (percent_so_far + referral.influence_percent <= 100) return absl::OkStatus();
  const std::string why = servicekit::StrCat("the shares given for the opportunity sum to ", percent_so_far,
                                             " percent, so that at most ", 100 - percent_so_far, " are left");
  return servicekit::PreconditionFailed(
      why, {{"SHARES_EXCEEDED", servicekit::NameOf("opportunities", referral.opportunity), why}});
}

absl::Status CheckNoCycle(const Referral& referral, const ReferralGraph& graph) {
  std::vector<Id> pending = {referral.referred};
  absl::flat_hash_set<Id> seen = {referral.referred};
  while (!pending.empty()) {
    const Id customer = pending.back();
    pending.pop_back();
    if (customer == referral.referrer) {
      const std::string why = "the referrer was won, directly or through others, by the customer referred";
      return servicekit::PreconditionFailed(
          why, {{"REFERRAL_CYCLE", servicekit::NameOf("customers", referral.referrer), why}});
    }
    const auto found = graph.find(customer);
    if (found == graph.end()) continue;
    for (const Id& next : found->second) {
      if (seen.insert(next).second) pending.push_back(next);
    }
  }
  return absl::OkStatus();
}

}  // namespace clientele::lifecycle
