#ifndef LIFECYCLE_SVC_OPERATIONS_CHANGE_ORDER_H_
#define LIFECYCLE_SVC_OPERATIONS_CHANGE_ORDER_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lifecycle-svc/operations/environment.h"
#include "lifecycle-svc/operations/unit_of_work.h"
#include "lifecycle-svc/store/order_store.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {

// What all writes on a placed order share: finds and locks it, checks who may, and answers with what `change`
// makes of it.
template <typename Response, typename Request, typename Change>
absl::StatusOr<Response> ChangeOrder(const Environment& environment, const CallContext& call,
                                     const Request& request, std::string_view name_field,
                                     const std::string& name, Change change) {
  const absl::StatusOr<Id> id = servicekit::ParseName(name_field, "orders", name);
  if (!id.ok()) return id.status();
  const absl::Status not_found = absl::NotFoundError(servicekit::StrCat(name, " does not exist"));
  // Before the transaction, whose first plain read must come after its locks.
  const absl::StatusOr<Id> customer = servicekit::RunReading(
      environment.pool, call.deadline, [&](Transaction& tx) { return OrderStore::FindCustomer(tx, *id); });
  if (absl::IsNotFound(customer.status())) return not_found;
  if (!customer.ok()) return customer.status();
  return servicekit::IdempotentWrite<Response>(
      environment.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<Response> {
        UnitOfWork work(environment, call, tx);
        absl::Status status = work.Lock({*customer}, {});
        if (!status.ok()) return status;
        if (work.FindJourney(*customer) == nullptr) return not_found;
        absl::StatusOr<std::vector<Order>> found = OrderStore::Find(tx, std::vector<Id>{*id});
        if (!found.ok()) return found.status();
        work.orders.Load(*std::move(found));
        Order* order = work.orders.Find(*id);
        if (order == nullptr) return not_found;
        status = work.CheckStillOf(*customer, order->customer);
        if (!status.ok()) return status;
        absl::StatusOr<Response> response = change(work, *order);
        if (!response.ok()) return response;
        status = work.Flush();
        if (!status.ok()) return status;
        return response;
      });
}

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_OPERATIONS_CHANGE_ORDER_H_
