#include "lifecycle-svc/operations/change_service_project.h"
#include "lifecycle-svc/operations/operations.h"
#include "servicekit/types/error.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::ServiceTask> CreateServiceTask(const Environment& environment, const CallContext& call,
                                                  const v1::CreateServiceTaskRequest& request) {
  if (absl::Status status = servicekit::CheckMayWrite(call.principal); !status.ok()) return status;
  const absl::StatusOr<Id> id = servicekit::ParseName("parent", "serviceProjects", request.parent());
  if (!id.ok()) return id.status();
  Violations violations;
  const ServiceTask draft = DecodeTask(violations, "service_task", *id, request.service_task());
  if (!violations.empty()) return violations.status();
  return ChangeServiceProject<v1::ServiceTask>(
      environment, call, request, *id, request.parent(), "",
      [&](UnitOfWork& work, ServiceProject& project) {
        ServiceTask task = draft;
        task.id = Id::New(work.now());
        return servicekit::UnderField(AddTask(project, std::move(task), work.now()), "service_task.");
      },
      [&](const ServiceProject& project) {
        return EncodeTask(project, project.tasks.back(), environment.base_currency);
      });
}

}  // namespace clientele::lifecycle
