#include "lifecycle-svc/contract/decode.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/operations/change_order.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/operations/order_corrections.h"
#include "lifecycle-svc/operations/service_projects.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::Order> CancelOrder(const Environment& environment, const CallContext& call,
                                      const v1::CancelOrderRequest& request) {
  if (absl::Status status = servicekit::CheckMayWrite(call.principal); !status.ok()) return status;
  Violations violations;
  const std::string reason = DecodeReason(violations, "reason", request.reason());
  const absl::Time cancel_time = DecodePast(violations, "cancel_time", request.has_cancel_time(),
                                            request.cancel_time(), environment.clock.Now());
  if (!violations.empty()) return violations.status();
  const auto cancel = [&](UnitOfWork& work, Order& order) -> absl::StatusOr<v1::Order> {
    absl::Status status = CheckEtag(request.etag(), order.version);
    const absl::Time time = request.has_cancel_time() ? cancel_time : work.now();
    if (status.ok()) status = ServiceProjects(work).LoadOf({order.id});
    if (status.ok()) status = OrderCorrections(work).Cancel(order, reason, time);
    if (!status.ok()) return status;
    return Encode(order, environment.base_currency);
  };
  return ChangeOrder<v1::Order>(environment, call, request, "name", request.name(), cancel);
}

}  // namespace clientele::lifecycle
