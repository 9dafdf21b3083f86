#ifndef LIFECYCLE_SVC_OPERATIONS_CHANGE_SERVICE_PROJECT_H_
#define LIFECYCLE_SVC_OPERATIONS_CHANGE_SERVICE_PROJECT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lifecycle-svc/contract/delivery.h"
#include "lifecycle-svc/operations/environment.h"
#include "lifecycle-svc/operations/service_projects.h"
#include "lifecycle-svc/operations/unit_of_work.h"
#include "lifecycle-svc/store/service_project_store.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/rpc/write.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {

// Whether the caller is who does a task.
inline bool IsAssigned(ServiceProject& project, Id task_id, const servicekit::Principal& principal) {
  const ServiceTask* task = project.FindTask(task_id);
  return task != nullptr && principal.representative.has_value() &&
         task->assignee == principal.representative;
}

// PERMISSION_DENIED when more than the state of a task would change, for those whom only the task belongs to.
inline absl::Status CheckOnlyState(UnitOfWork& work, const ServiceProject& project, ServiceTask task,
                                   const ServiceTask& next) {
  if (work.FindJourney(project.customer) != nullptr) return absl::OkStatus();
  task.state = next.state;
  if (task == next) return absl::OkStatus();
  return absl::PermissionDeniedError(
      "whoever a task is assigned to may change its state; the rest is for those whose customer it is");
}

// What all writes on an existing project share: finds and locks it, checks who may and the etag, lets
// `change` work on it, and answers with what `answer` makes of it. `name` is what the caller called it or its
// task; whoever `task` is assigned to may do it, too, though they may not change anything else of that
// customer (CheckOnlyState).
template <typename Response, typename Request, typename Change, typename Answer>
absl::StatusOr<Response> ChangeServiceProject(const Environment& environment, const CallContext& call,
                                              const Request& request, Id id, const std::string& name,
                                              const std::string& etag, Change change, Answer answer,
                                              std::optional<Id> task = std::nullopt) {
  const absl::Status not_found = absl::NotFoundError(servicekit::StrCat(name, " does not exist"));
  // Before the transaction, whose first plain read must come after its locks.
  const absl::StatusOr<Id> customer =
      servicekit::RunReading(environment.pool, call.deadline,
                             [&](Transaction& tx) { return ServiceProjectStore::FindCustomer(tx, id); });
  if (absl::IsNotFound(customer.status())) return not_found;
  if (!customer.ok()) return customer.status();
  return servicekit::IdempotentWrite<Response>(environment.pool, call, request,
                                               [&](Transaction& tx) -> absl::StatusOr<Response> {
                                                 UnitOfWork work(environment, call, tx);
                                                 absl::Status status = work.Lock({*customer}, {});
                                                 if (!status.ok()) return status;
                                                 const bool whole = work.FindJourney(*customer) != nullptr;
                                                 if (!whole && !task.has_value()) return not_found;
                                                 absl::StatusOr<std::vector<ServiceProject>> found =
                                                     ServiceProjectStore::Find(tx, std::vector<Id>{id});
                                                 if (!found.ok()) return found.status();
                                                 work.service_projects.Load(*std::move(found));
                                                 ServiceProject* project = work.service_projects.Find(id);
                                                 if (project == nullptr) return not_found;
                                                 if (!whole && !IsAssigned(*project, *task, call.principal))
                                                   return not_found;
                                                 status = work.CheckStillOf(*customer, project->customer);
                                                 if (status.ok()) status = CheckEtag(etag, project->version);
                                                 const ServiceProject before = *project;
                                                 if (status.ok()) status = change(work, *project);
                                                 if (absl::IsNotFound(status)) return not_found;
                                                 if (!status.ok()) return status;
                                                 if (*project != before)
                                                   ServiceProjects(work).Changed(*project, before);
                                                 status = work.Flush();
                                                 if (!status.ok()) return status;
                                                 return answer(*project);
                                               });
}

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_OPERATIONS_CHANGE_SERVICE_PROJECT_H_
