#include "lifecycle-svc/operations/change_service_project.h"
#include "lifecycle-svc/operations/operations.h"
#include "servicekit/types/error.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::ServiceProject> RateServiceProject(const Environment& environment, const CallContext& call,
                                                      const v1::RateServiceProjectRequest& request) {
  if (absl::Status status = servicekit::CheckMayWrite(call.principal); !status.ok()) return status;
  Violations violations;
  const absl::StatusOr<Id> id = servicekit::ParseName("name", "serviceProjects", request.name());
  violations.Add("name", id.status());
  if (request.satisfaction() < 1 || request.satisfaction() > 5) {
    violations.Add("satisfaction", "must lie between 1 and 5");
  }
  if (!violations.empty()) return violations.status();
  return ChangeServiceProject<v1::ServiceProject>(
      environment, call, request, *id, request.name(), request.etag(),
      [&](UnitOfWork& work, ServiceProject& project) {
        return Rate(project, request.satisfaction(), work.now());
      },
      [&](const ServiceProject& project) { return Encode(project, environment.base_currency); });
}

}  // namespace clientele::lifecycle
