#include "lifecycle-svc/operations/change_follow_up.h"
#include "lifecycle-svc/operations/operations.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::FollowUp> CompleteFollowUp(const Environment& environment, const CallContext& call,
                                              const v1::CompleteFollowUpRequest& request) {
  Violations violations;
  CheckText(violations, "note", request.note(), 1000);
  if (!violations.empty()) return violations.status();
  return ChangeFollowUp(environment, call, request, [&](UnitOfWork& work, FollowUp& follow_up) {
    return Complete(follow_up, request.note(), work.actor(), work.now());
  });
}

}  // namespace clientele::lifecycle
