#ifndef LIFECYCLE_SVC_CONTRACT_FOLLOW_UP_H_
#define LIFECYCLE_SVC_CONTRACT_FOLLOW_UP_H_

#include <optional>
#include <string_view>

#include "clientele/lifecycle/v1/follow_up_service.pb.h"
#include "lifecycle-svc/contract/values.h"
#include "lifecycle-svc/domain/follow_up.h"

namespace clientele::lifecycle {

// `owner` is whoever owns the customer at the moment; the state is that at `now`.
v1::FollowUp Encode(const FollowUp& follow_up, std::optional<Id> owner, absl::Time now);

// A reminder, without the customer.
FollowUp DecodeFollowUp(Violations& violations, std::string_view field, const v1::FollowUp& message,
                        absl::Time now);

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_CONTRACT_FOLLOW_UP_H_
