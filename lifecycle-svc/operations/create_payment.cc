#include "lifecycle-svc/contract/decode.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/operations/change_order.h"
#include "lifecycle-svc/operations/deals.h"
#include "lifecycle-svc/operations/operations.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::Payment> CreatePayment(const Environment& environment, const CallContext& call,
                                          const v1::CreatePaymentRequest& request) {
  if (absl::Status status = servicekit::CheckMayWrite(call.principal); !status.ok()) return status;
  Violations violations;
  const PaymentDraft draft = DecodePayment(violations, "payment", request.payment(), environment.clock.Now());
  if (!violations.empty()) return violations.status();
  return ChangeOrder<v1::Payment>(environment, call, request, "parent", request.parent(),
                                  [&](UnitOfWork& work, Order& order) -> absl::StatusOr<v1::Payment> {
                                    PaymentDraft received = draft;
                                    if (!received.has_pay_time) received.pay_time = work.now();
                                    const absl::StatusOr<Payment> payment = Deals(work).Pay(order, received);
                                    if (!payment.ok()) return payment.status();
                                    return Encode(*payment, order.currency);
                                  });
}

}  // namespace clientele::lifecycle
