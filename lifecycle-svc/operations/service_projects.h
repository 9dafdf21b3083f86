#ifndef LIFECYCLE_SVC_OPERATIONS_SERVICE_PROJECTS_H_
#define LIFECYCLE_SVC_OPERATIONS_SERVICE_PROJECTS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lifecycle-svc/domain/service_project.h"
#include "lifecycle-svc/operations/unit_of_work.h"

namespace clientele::lifecycle {

// Service projects inside a transaction: those that orders open and close, and what follows from each change.
// The customers are locked and checked by the caller.
class ServiceProjects {
 public:
  explicit ServiceProjects(UnitOfWork& work) : work_(work) {}

  // Opens a project for each delivery model among the products of a placed order that has tasks.
  absl::Status OpenFor(const Order& order);
  // A project of this model for the customer, with the template's tasks; `order` may be null.
  absl::StatusOr<ServiceProject*> Open(Id customer, const Order* order, DeliveryModel model,
                                       std::string display_name);

  // A project that is told of as it went; `order` may be null.
  absl::StatusOr<ServiceProject*> Tell(ServiceProject told, const Order* order);
  // Work on a task, which it has cost by now; FAILED_PRECONDITION and INVALID_ARGUMENT as lifecycle::Log().
  absl::Status Log(ServiceProject& project, ServiceWork work);
  // The same for work that the project has in it already.
  void Logged(const ServiceProject& project, ServiceWork work, Decimal task_cost);

  // Reads the projects of these orders. Comes before CancelFor().
  absl::Status LoadOf(const std::vector<Id>& orders);
  // Gives up the open projects of a cancelled order.
  void CancelFor(const Order& order);

  // Remembers and tells a change that was made.
  void Changed(ServiceProject& project, const ServiceProject& before);

 private:
  absl::Status LoadTemplates();
  const DeliveryTemplate& TemplateOf(DeliveryModel model) const;
  // What the order's lines of the project's model are worth.
  Decimal ValueOf(const Order& order, DeliveryModel model) const;
  ServiceProject& Keep(ServiceProject project);
  void Announce(const ServiceProject& project);

  UnitOfWork& work_;
  std::vector<DeliveryTemplate> templates_;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_OPERATIONS_SERVICE_PROJECTS_H_
