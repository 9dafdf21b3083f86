#include "lifecycle-svc/contract/decode.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/operations/change_order.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/operations/order_corrections.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::OrderReturn> CreateOrderReturn(const Environment& environment, const CallContext& call,
                                                  const v1::CreateOrderReturnRequest& request) {
  if (absl::Status status = servicekit::CheckMayWrite(call.principal); !status.ok()) return status;
  Violations violations;
  const ReturnDraft draft =
      DecodeReturn(violations, "order_return", request.order_return(), environment.clock.Now());
  if (!violations.empty()) return violations.status();
  return ChangeOrder<v1::OrderReturn>(environment, call, request, "parent", request.parent(),
                                      [&](UnitOfWork& work, Order& order) -> absl::StatusOr<v1::OrderReturn> {
                                        OrderReturn taken = draft.order_return;
                                        if (!draft.has_return_time) taken.return_time = work.now();
                                        const absl::StatusOr<OrderReturn> back =
                                            OrderCorrections(work).TakeBack(order, taken);
                                        if (!back.ok())
                                          return servicekit::UnderField(back.status(), "order_return.");
                                        return Encode(*back, order.currency, environment.base_currency);
                                      });
}

}  // namespace clientele::lifecycle
