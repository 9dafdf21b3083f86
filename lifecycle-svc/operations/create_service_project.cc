#include "lifecycle-svc/contract/decode.h"
#include "lifecycle-svc/contract/delivery.h"
#include "lifecycle-svc/operations/known_customers.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/operations/service_projects.h"
#include "lifecycle-svc/operations/unit_of_work.h"
#include "lifecycle-svc/store/order_store.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {
namespace {

// The customer's order with its products; null for none. NOT_FOUND, or FAILED_PRECONDITION when it is
// cancelled or has such a project.
absl::StatusOr<const Order*> LoadOrder(UnitOfWork& work, Id customer, std::optional<Id> id,
                                       DeliveryModel model) {
  if (!id.has_value()) return static_cast<const Order*>(nullptr);
  const std::string name = servicekit::NameOf("orders", *id);
  absl::StatusOr<std::vector<Order>> found = OrderStore::Find(work.tx(), std::vector<Id>{*id});
  if (!found.ok()) return found.status();
  work.orders.Load(*std::move(found));
  const Order* order = work.orders.Find(*id);
  if (order == nullptr || order->customer != work.Resolve(customer)) {
    return absl::NotFoundError(servicekit::StrCat(name, " does not exist"));
  }
  const auto refused = [&](std::string_view type, const std::string& why) {
    return servicekit::PreconditionFailed(why, {{std::string(type), name, why}});
  };
  if (order->is_cancelled()) return refused("ORDER_CANCELLED", "the order is cancelled");
  absl::Status status = ServiceProjects(work).LoadOf({*id});
  if (!status.ok()) return status;
  for (const ServiceProject* project : work.service_projects.all()) {
    if (project->model == model)
      return refused("PROJECT_EXISTS", "the order has a project of this delivery model");
  }
  std::vector<Id> products;
  for (const OrderLine& line : order->lines) {
    if (line.product.has_value()) products.push_back(*line.product);
  }
  status = work.LoadProducts(products);
  if (!status.ok()) return status;
  return order;
}

}  // namespace

absl::StatusOr<v1::ServiceProject> CreateServiceProject(const Environment& environment,
                                                        const CallContext& call,
                                                        const v1::CreateServiceProjectRequest& request) {
  if (absl::Status status = servicekit::CheckMayWrite(call.principal); !status.ok()) return status;
  const v1::ServiceProject& message = request.service_project();
  Violations violations;
  const absl::StatusOr<Id> customer =
      servicekit::ParseName("service_project.customer", "customers", message.customer());
  violations.Add("service_project.customer", customer.status());
  const std::optional<Id> order = DecodeName(violations, "service_project.order", "orders", message.order());
  CheckEnum(violations, "service_project.delivery_model", v1::DeliveryModel_descriptor(),
            message.delivery_model());
  CheckText(violations, "service_project.display_name", message.display_name(), 255);
  if (!violations.empty()) return violations.status();
  const DeliveryModel model = static_cast<DeliveryModel>(message.delivery_model());
  const auto heard = HearOfMissing(environment, call, {*customer});
  if (!heard.ok()) return heard.status();

  return servicekit::IdempotentWrite<v1::ServiceProject>(
      environment.pool, call, request, [&](Transaction& tx) -> absl::StatusOr<v1::ServiceProject> {
        UnitOfWork work(environment, call, tx);
        absl::Status status = work.Lock({*customer}, *heard);
        if (status.ok()) status = work.CheckCustomer(*customer);
        if (!status.ok()) return status;
        const absl::StatusOr<const Order*> of = LoadOrder(work, *customer, order, model);
        if (!of.ok()) return of.status();
        const auto project = ServiceProjects(work).Open(*customer, *of, model, message.display_name());
        if (!project.ok()) return project.status();
        status = work.Flush();
        if (!status.ok()) return status;
        return Encode(**project, environment.base_currency);
      });
}

}  // namespace clientele::lifecycle
