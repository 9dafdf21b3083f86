#include "lifecycle-svc/operations/change_service_project.h"
#include "lifecycle-svc/operations/follow_ups.h"
#include "lifecycle-svc/operations/operations.h"
#include "servicekit/types/error.h"

namespace clientele::lifecycle {
namespace {

// The next sale begins where the service ended well.
absl::Status RaiseRepurchase(UnitOfWork& work, const ServiceProject& project) {
  FollowUps follow_ups(work);
  const absl::Status status = follow_ups.Load({project.customer});
  if (!status.ok()) return status;
  FollowUp draft;
  draft.customer = project.customer;
  draft.kind = FollowUpKind::kRepurchase;
  draft.cause = servicekit::NameOf("serviceProjects", project.id);
  draft.why = servicekit::StrCat(
      "Service is finished",
      project.display_name.empty() ? "" : servicekit::StrCat(": ", project.display_name),
      project.satisfaction == 0 ? "." : servicekit::StrCat("; satisfaction ", project.satisfaction, " of 5."),
      " Offer what the customer needs next.");
  draft.due_time = work.now() + absl::Hours(24 * 7);
  follow_ups.Raise(std::move(draft));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::ServiceProject> CompleteServiceProject(const Environment& environment,
                                                          const CallContext& call,
                                                          const v1::CompleteServiceProjectRequest& request) {
  if (absl::Status status = servicekit::CheckMayWrite(call.principal); !status.ok()) return status;
  Violations violations;
  const absl::StatusOr<Id> id = servicekit::ParseName("name", "serviceProjects", request.name());
  violations.Add("name", id.status());
  if (request.satisfaction() < 0 || request.satisfaction() > 5) {
    violations.Add("satisfaction", "must lie between 1 and 5, or be 0 when not told");
  }
  if (!violations.empty()) return violations.status();
  return ChangeServiceProject<v1::ServiceProject>(
      environment, call, request, *id, request.name(), request.etag(),
      [&](UnitOfWork& work, ServiceProject& project) {
        const absl::Status status = Complete(project, request.satisfaction(), work.now());
        return status.ok() ? RaiseRepurchase(work, project) : status;
      },
      [&](const ServiceProject& project) { return Encode(project, environment.base_currency); });
}

}  // namespace clientele::lifecycle
