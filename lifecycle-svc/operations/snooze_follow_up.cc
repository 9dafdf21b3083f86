#include "lifecycle-svc/operations/change_follow_up.h"
#include "lifecycle-svc/operations/operations.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::FollowUp> SnoozeFollowUp(const Environment& environment, const CallContext& call,
                                            const v1::SnoozeFollowUpRequest& request) {
  Violations violations;
  const absl::Time until = DecodeTime(violations, "snooze_until", request.snooze_until());
  if (!violations.empty()) return violations.status();
  return ChangeFollowUp(environment, call, request, [&](UnitOfWork& work, FollowUp& follow_up) {
    return Snooze(follow_up, until, work.now());
  });
}

}  // namespace clientele::lifecycle
