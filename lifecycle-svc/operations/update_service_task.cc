#include "lifecycle-svc/operations/change_service_project.h"
#include "lifecycle-svc/operations/operations.h"
#include "servicekit/types/error.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::ServiceTask> UpdateServiceTask(const Environment& environment, const CallContext& call,
                                                  const v1::UpdateServiceTaskRequest& request) {
  if (absl::Status status = servicekit::CheckMayWrite(call.principal); !status.ok()) return status;
  const v1::ServiceTask& change = request.service_task();
  const auto name = servicekit::ParseName("service_task.name", "serviceProjects", "tasks", change.name());
  if (!name.ok()) return name.status();
  return ChangeServiceProject<v1::ServiceTask>(
      environment, call, request, name->parent, change.name(), change.etag(),
      [&](UnitOfWork& work, ServiceProject& project) -> absl::Status {
        const ServiceTask* task = project.FindTask(name->id);
        if (task == nullptr) return absl::NotFoundError("");
        absl::StatusOr<ServiceTask> next =
            MergeTask(project, *task, change, request.update_mask(), "service_task");
        if (!next.ok()) return next.status();
        if (absl::Status status = CheckOnlyState(work, project, *task, *next); !status.ok()) return status;
        if (*next == *task) return CheckOpen(project);
        return servicekit::UnderField(ChangeTask(project, *std::move(next), work.now()), "service_task.");
      },
      [&](ServiceProject& project) {
        return EncodeTask(project, *project.FindTask(name->id), environment.base_currency);
      },
      name->id);
}

}  // namespace clientele::lifecycle
