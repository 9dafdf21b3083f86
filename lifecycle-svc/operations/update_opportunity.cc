#include "lifecycle-svc/contract/decode.h"
#include "lifecycle-svc/operations/change_opportunity.h"
#include "lifecycle-svc/operations/operations.h"
#include "servicekit/types/error.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::Opportunity> UpdateOpportunity(const Environment& environment, const CallContext& call,
                                                  const v1::UpdateOpportunityRequest& request) {
  if (absl::Status status = servicekit::CheckMayWrite(call.principal); !status.ok()) return status;
  const v1::Opportunity& change = request.opportunity();
  return ChangeOpportunity(
      environment, call, request, "opportunity.name", change.name(), change.etag(),
      [&](UnitOfWork& work, Opportunity& opportunity) -> absl::Status {
        absl::Status status = CheckOpen(opportunity);
        if (!status.ok()) return status;
        const absl::StatusOr<Opportunity> next =
            MergeOpportunity(opportunity, change, request.update_mask(), "opportunity", work.now());
        if (!next.ok()) return next.status();
        if (*next == opportunity) return absl::OkStatus();
        return servicekit::UnderField(Deals(work).Change(opportunity, *next, work.now()), "opportunity.");
      });
}

}  // namespace clientele::lifecycle
