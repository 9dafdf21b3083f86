#include "lifecycle-svc/contract/decode.h"
#include "lifecycle-svc/contract/encode.h"
#include "lifecycle-svc/operations/deals.h"
#include "lifecycle-svc/operations/known_customers.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/operations/service_projects.h"
#include "lifecycle-svc/operations/unit_of_work.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/resource_name.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::Order> CreateOrder(const Environment& environment, const CallContext& call,
                                      const v1::CreateOrderRequest& request) {
  if (absl::Status status = servicekit::CheckMayWrite(call.principal); !status.ok()) return status;
  Violations violations;
  const OrderDraft draft = DecodeOrder(violations, "order", request.order(), environment.clock.Now());
  const absl::StatusOr<Id> customer =
      servicekit::ParseName("order.customer", "customers", request.order().customer());
  violations.Add("order.customer", customer.status());
  if (!violations.empty()) return violations.status();
  const auto heard = HearOfMissing(environment, call, {*customer});
  if (!heard.ok()) return heard.status();

  return servicekit::IdempotentWrite<v1::Order>(
      environment.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::Order> {
        UnitOfWork work(environment, call, tx);
        absl::Status status = work.Lock({*customer}, *heard);
        if (status.ok()) status = work.CheckCustomer(*customer);
        if (!status.ok()) return status;
        OrderDraft placed = draft;
        if (!placed.has_order_time) placed.order_time = work.now();
        const absl::StatusOr<Order*> order = Deals(work).Place(*customer, placed);
        if (!order.ok()) return order.status();
        status = ServiceProjects(work).OpenFor(**order);
        if (status.ok()) status = work.Flush();
        if (!status.ok()) return status;
        return Encode(**order, environment.base_currency);
      });
}

}  // namespace clientele::lifecycle
