#include "lifecycle-svc/contract/decode.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/operations/deals.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/operations/unit_of_work.h"
#include "lifecycle-svc/store/order_store.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::Payment> CreatePayment(const Environment& environment, const CallContext& call,
                                          const v1::CreatePaymentRequest& request) {
  if (absl::Status status = servicekit::CheckMayWrite(call.principal); !status.ok()) return status;
  Violations violations;
  const PaymentDraft draft = DecodePayment(violations, "payment", request.payment(), environment.clock.Now());
  const absl::StatusOr<Id> id = servicekit::ParseName("parent", "orders", request.parent());
  violations.Add("parent", id.status());
  if (!violations.empty()) return violations.status();
  const absl::Status not_found = absl::NotFoundError(servicekit::StrCat(request.parent(), " does not exist"));
  // Before the transaction, whose first plain read must come after its locks.
  const absl::StatusOr<Id> customer = servicekit::RunReading(
      environment.pool, call.deadline, [&](Transaction& tx) { return OrderStore::FindCustomer(tx, *id); });
  if (absl::IsNotFound(customer.status())) return not_found;
  if (!customer.ok()) return customer.status();

  return servicekit::IdempotentWrite<v1::Payment>(
      environment.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::Payment> {
        UnitOfWork work(environment, call, tx);
        absl::Status status = work.Lock({*customer}, {});
        if (!status.ok()) return status;
        if (work.FindJourney(*customer) == nullptr) return not_found;
        absl::StatusOr<std::vector<Order>> found = OrderStore::Find(tx, std::vector<Id>{*id});
        if (!found.ok()) return found.status();
        work.orders.Load(*std::move(found));
        Order* order = work.orders.Find(*id);
        if (order == nullptr) return not_found;
        PaymentDraft received = draft;
        if (!received.has_pay_time) received.pay_time = work.now();
        const absl::StatusOr<Payment> payment = Deals(work).Pay(*order, received);
        if (!payment.ok()) return payment.status();
        status = work.Flush();
        if (!status.ok()) return status;
        return Encode(*payment, order->currency);
      });
}

}  // namespace clientele::lifecycle
