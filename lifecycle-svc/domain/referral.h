#ifndef LIFECYCLE_SVC_DOMAIN_REFERRAL_H_
#define LIFECYCLE_SVC_DOMAIN_REFERRAL_H_

#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "lifecycle-svc/domain/external_id.h"
#include "servicekit/types/id.h"

namespace clientele::lifecycle {

using servicekit::Id;

// One customer helped to win another.
struct Referral {
  Id id;
  Id referrer;
  Id opportunity;
  Id referred;  // The opportunity's customer.
  int influence_percent = 0;
  absl::Time event_time;
  std::optional<ExternalId> external_id;
  absl::Time create_time;
  std::optional<absl::Time> cancel_time;
  std::string cancel_reason;

  friend bool operator==(const Referral&, const Referral&) = default;
};

// FAILED_PRECONDITION when it was taken back already.
absl::Status Cancel(Referral& referral, std::string reason, absl::Time now);

// Who referred whom.
using ReferralGraph = absl::flat_hash_map<Id, absl::flat_hash_set<Id>>;

// FAILED_PRECONDITION when the shares given for its opportunity so far leave no room for it.
absl::Status CheckShares(const Referral& referral, int percent_so_far);
// FAILED_PRECONDITION when someone would end up having helped to win themselves. `graph` holds at least what
// can be reached from the one referred.
absl::Status CheckNoCycle(const Referral& referral, const ReferralGraph& graph);

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_DOMAIN_REFERRAL_H_
