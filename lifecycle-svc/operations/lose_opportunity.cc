#include "lifecycle-svc/contract/decode.h"
#include "lifecycle-svc/operations/change_opportunity.h"
#include "lifecycle-svc/operations/operations.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::Opportunity> LoseOpportunity(const Environment& environment, const CallContext& call,
                                                const v1::LoseOpportunityRequest& request) {
  if (absl::Status status = servicekit::CheckMayWrite(call.principal); !status.ok()) return status;
  Violations violations;
  const absl::Time close_time = DecodePast(violations, "close_time", request.has_close_time(),
                                           request.close_time(), environment.clock.Now());
  const LostDetails details =
      DecodeLost(violations, "", request.lost_reason(), request.lost_note(), request.lost_to());
  if (!violations.empty()) return violations.status();
  return ChangeOpportunity(environment, call, request, "name", request.name(), request.etag(),
                           [&](UnitOfWork& work, Opportunity& opportunity) {
                             return Deals(work).Lose(opportunity, details,
                                                     request.has_close_time() ? close_time : work.now());
                           });
}

}  // namespace clientele::lifecycle
