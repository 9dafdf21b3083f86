#ifndef LIFECYCLE_SVC_OPERATIONS_CHANGE_SERVICE_PROJECT_H_
#define LIFECYCLE_SVC_OPERATIONS_CHANGE_SERVICE_PROJECT_H_

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

// What all writes on an existing project share: finds and locks it, checks who may and the etag, lets
// `change` work on it, and answers with what `answer` makes of it. `name` is what the caller called it or its
// task.
template <typename Response, typename Request, typename Change, typename Answer>
absl::StatusOr<Response> ChangeServiceProject(const Environment& environment, const CallContext& call,
                                              const Request& request, Id id, const std::string& name,
                                              const std::string& etag, Change change, Answer answer) {
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
                                                 if (work.FindJourney(*customer) == nullptr) return not_found;
                                                 absl::StatusOr<std::vector<ServiceProject>> found =
                                                     ServiceProjectStore::Find(tx, std::vector<Id>{id});
                                                 if (!found.ok()) return found.status();
                                                 work.service_projects.Load(*std::move(found));
                                                 ServiceProject* project = work.service_projects.Find(id);
                                                 if (project == nullptr) return not_found;
                                                 status = CheckEtag(etag, project->version);
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
