#include "lifecycle-svc/contract/decode.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/operations/change_order.h"
#include "lifecycle-svc/operations/deals.h"
#include "lifecycle-svc/operations/operations.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::Refund> CreateRefund(const Environment& environment, const CallContext& call,
                                        const v1::CreateRefundRequest& request) {
  if (absl::Status status = servicekit::CheckMayWrite(call.principal); !status.ok()) return status;
  Violations violations;
  const RefundDraft draft = DecodeRefund(violations, "refund", request.refund(), environment.clock.Now());
  if (!violations.empty()) return violations.status();
  return ChangeOrder<v1::Refund>(environment, call, request, "parent", request.parent(),
                                 [&](UnitOfWork& work, Order& order) -> absl::StatusOr<v1::Refund> {
                                   RefundDraft given = draft;
                                   if (!given.has_refund_time) given.refund_time = work.now();
                                   const absl::StatusOr<Refund> refund = Deals(work).GiveBack(order, given);
                                   if (!refund.ok()) return refund.status();
                                   return Encode(*refund, order.currency, environment.base_currency);
                                 });
}

}  // namespace clientele::lifecycle
