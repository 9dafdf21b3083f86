#include <utility>

#include "lifecycle-svc/operations/change_service_project.h"
#include "lifecycle-svc/operations/operations.h"

namespace clientele::lifecycle {
namespace {

absl::Status LogWork(UnitOfWork& work, ServiceProject& project, ServiceWork logged, const Money& cost) {
  if (project.FindTask(logged.task) == nullptr) return absl::NotFoundError("");
  if (cost.amount > Decimal()) {
    if (absl::Status status = work.LoadRates({cost.currency}); !status.ok()) return status;
    const absl::StatusOr<Decimal> rate = work.RateAt(cost.currency, DayOf(logged.event_time));
    if (!rate.ok()) return rate.status();
    logged.base_cost = cost.amount * *rate;
  }
  return ServiceProjects(work).Log(project, std::move(logged));
}

}  // namespace

absl::StatusOr<v1::ServiceTask> LogServiceWork(const Environment& environment, const CallContext& call,
                                               const v1::LogServiceWorkRequest& request) {
  if (absl::Status status = servicekit::CheckMayWrite(call.principal); !status.ok()) return status;
  Violations violations;
  const auto name = servicekit::ParseName("name", "serviceProjects", "tasks", request.name());
  violations.Add("name", name.status());
  if (request.minutes() < 0 || request.minutes() > kMaxMinutes) {
    violations.Add("minutes", "must lie between 0 and 100,000");
  }
  Money cost;
  if (request.has_cost()) cost = DecodeMoney(violations, "cost", request.cost());
  if (request.minutes() == 0 && cost.amount == Decimal())
    violations.Add("minutes", "or cost must be above 0");
  ServiceWork draft;
  draft.event_time = DecodePast(violations, "event_time", request.has_event_time(), request.event_time(),
                                environment.clock.Now());
  CheckText(violations, "note", request.note(), 1000);
  if (!violations.empty()) return violations.status();
  draft.task = name->id;
  draft.minutes = request.minutes();
  draft.note = request.note();
  return ChangeServiceProject<v1::ServiceTask>(
      environment, call, request, name->parent, request.name(), "",
      [&](UnitOfWork& work, ServiceProject& project) {
        ServiceWork logged = draft;
        if (!request.has_event_time()) logged.event_time = work.now();
        return LogWork(work, project, std::move(logged), cost);
      },
      [&](ServiceProject& project) {
        return EncodeTask(project, *project.FindTask(name->id), environment.base_currency);
      },
      name->id);
}

}  // namespace clientele::lifecycle
