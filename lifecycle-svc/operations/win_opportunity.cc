#include "lifecycle-svc/contract/decode.h"
#include "lifecycle-svc/operations/change_opportunity.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/operations/service_projects.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::Opportunity> WinOpportunity(const Environment& environment, const CallContext& call,
                                               const v1::WinOpportunityRequest& request) {
  if (absl::Status status = servicekit::CheckMayWrite(call.principal); !status.ok()) return status;
  Violations violations;
  Deals::Winning winning;
  winning.close_time = DecodePast(violations, "close_time", request.has_close_time(), request.close_time(),
                                  environment.clock.Now());
  if (request.has_amount()) winning.amount = DecodeMoney(violations, "amount", request.amount());
  if (request.has_due_date()) winning.due_date = DecodeDate(violations, "due_date", request.due_date());
  winning.instalments =
      DecodeInstalments(violations, "instalments", request.instalments(), winning.instalment_currency);
  winning.lines = DecodeLines(violations, "lines", request.lines());
  if (!violations.empty()) return violations.status();
  return ChangeOpportunity(environment, call, request, "name", request.name(), request.etag(),
                           [&](UnitOfWork& work, Opportunity& opportunity) {
                             Deals::Winning now = winning;
                             if (!request.has_close_time()) now.close_time = work.now();
                             const absl::Status status = Deals(work).Win(opportunity, now);
                             if (!status.ok()) return status;
                             return ServiceProjects(work).OpenFor(*work.orders.Find(*opportunity.order));
                           });
}

}  // namespace clientele::lifecycle
