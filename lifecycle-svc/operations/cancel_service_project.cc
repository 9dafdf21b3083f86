#include "lifecycle-svc/contract/decode.h"
#include "lifecycle-svc/operations/change_service_project.h"
#include "lifecycle-svc/operations/operations.h"

namespace clientele::lifecycle {

absl::StatusOr<v1::ServiceProject> CancelServiceProject(const Environment& environment,
                                                        const CallContext& call,
                                                        const v1::CancelServiceProjectRequest& request) {
  if (absl::Status status = servicekit::CheckMayWrite(call.principal); !status.ok()) return status;
  Violations violations;
  const absl::StatusOr<Id> id = servicekit::ParseName("name", "serviceProjects", request.name());
  violations.Add("name", id.status());
  const std::string reason = DecodeReason(violations, "reason", request.reason());
  if (!violations.empty()) return violations.status();
  return ChangeServiceProject<v1::ServiceProject>(
      environment, call, request, *id, request.name(), request.etag(),
      [&](UnitOfWork& work, ServiceProject& project) { return Cancel(project, reason, work.now()); },
      [&](const ServiceProject& project) { return Encode(project, environment.base_currency); });
}

}  // namespace clientele::lifecycle
