#include "lifecycle-svc/domain/service_project.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "lifecycle-svc/domain/order.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {
namespace {

using servicekit::InvalidField;
using servicekit::PreconditionViolation;
using servicekit::StrCat;

std::string TaskName(const ServiceProject& project, const ServiceTask& task) {
  return servicekit::NameOf("serviceProjects", project.id, "tasks", task.id);
}

absl::Status Refused(const ServiceProject& project, std::string_view type, const std::string& why) {
  return servicekit::PreconditionFailed(
      why, {{std::string(type), servicekit::NameOf("serviceProjects", project.id), why}});
}

absl::Status CheckDependencies(const ServiceProject& project) {
  absl::flat_hash_map<Id, size_t> places;
  for (size_t i = 0; i < project.tasks.size(); ++i) places[project.tasks[i].id] = i;
  std::vector<std::vector<size_t>> depends_on(project.tasks.size());
  for (size_t i = 0; i < project.tasks.size(); ++i) {
    for (const Id& id : project.tasks[i].depends_on) {
      const auto found = places.find(id);
      if (found == places.end()) return InvalidField("depends_on", "names a task that is not in the project");
      depends_on[i].push_back(found->second);
    }
  }
  if (HasCycle(depends_on)) return InvalidField("depends_on", "leads back to the task itself");
  return absl::OkStatus();
}

// Whether `task`, as it is in the project, may be in its state given the others.
absl::Status CheckState(const ServiceProject& project, const ServiceTask& task) {
  std::vector<PreconditionViolation> waits;
  if (task.state != TaskState::kToDo) {
    for (const ServiceTask& other : project.tasks) {
      const bool needed =
          std::find(task.depends_on.begin(), task.depends_on.end(), other.id) != task.depends_on.end();
      if (needed && !IsFinished(other.state)) {
        waits.push_back(
            {"TASK_BLOCKED", TaskName(project, other), StrCat("`", other.title, "` is not finished")});
      }
    }
    if (!waits.empty()) return servicekit::PreconditionFailed("the task waits for others", waits);
  }
  if (IsFinished(task.state)) return absl::OkStatus();
  for (const ServiceTask& other : project.tasks) {
    const bool needs =
        std::find(other.depends_on.begin(), other.depends_on.end(), task.id) != other.depends_on.end();
    if (needs && other.state != TaskState::kToDo) {
      waits.push_back({"TASK_NEEDED", TaskName(project, other),
                       StrCat("`", other.title, "`, which depends on it, was begun")});
    }
  }
  if (waits.empty()) return absl::OkStatus();
  return servicekit::PreconditionFailed("others were begun because the task was finished", waits);
}

}  // namespace

ServiceTask* ServiceProject::FindTask(Id task_id) {
  const auto found =
      std::find_if(tasks.begin(), tasks.end(), [&](const ServiceTask& task) { return task.id == task_id; });
  return found == tasks.end() ? nullptr : &*found;
}

std::optional<absl::CivilDay> ServiceProject::due_date() const {
  std::optional<absl::CivilDay> last;
  for (const ServiceTask& task : tasks) last = std::max(last, task.due_date);
  return last;
}

int ServiceProject::finished_tasks() const {
  return static_cast<int>(std::count_if(tasks.begin(), tasks.end(),
                                        [](const ServiceTask& task) { return IsFinished(task.state); }));
}

int64_t ServiceProject::planned_minutes() const {
  int64_t sum = 0;
  for (const ServiceTask& task : tasks) sum += task.planned_minutes;
  return sum;
}

int64_t ServiceProject::logged_minutes() const {
  int64_t sum = 0;
  for (const ServiceTask& task : tasks) sum += task.logged_minutes;
  return sum;
}

Decimal ServiceProject::base_cost() const {
  Decimal sum;
  for (const ServiceTask& task : tasks) sum += task.base_cost;
  return sum;
}

void AddTasks(const DeliveryTemplate& delivery_template, absl::FunctionRef<Id()> new_id,
              ServiceProject& project) {
  absl::flat_hash_map<std::string, Id> ids;
  for (const DeliveryStep& step : delivery_template.tasks) ids[step.key] = new_id();
  const absl::CivilDay day = DayOf(project.open_time);
  for (const DeliveryStep& step : delivery_template.tasks) {
    ServiceTask& task = project.tasks.emplace_back();
    task.id = ids[step.key];
    task.title = step.title;
    task.department = step.department;
    task.due_date = day + step.due_days;
    task.planned_minutes = step.planned_minutes;
    for (const std::string& key : step.depends_on) task.depends_on.push_back(ids[key]);
  }
}

absl::Status CheckTold(const ServiceProject& project, absl::Time now) {
  for (size_t i = 0; i < project.tasks.size(); ++i) {
    const ServiceTask& task = project.tasks[i];
    const auto wrong = [&](std::string_view field, std::string_view why) {
      return InvalidField(StrCat("tasks[", i, "].", field), why);
    };
    if (IsFinished(task.state)) {
      if (!task.finish_time.has_value()) return wrong("finish_time", "is required with DONE and SKIPPED");
      if (*task.finish_time < project.open_time)
        return wrong("finish_time", "lies before the project was opened");
      if (*task.finish_time > now) return wrong("finish_time", "lies in the future");
      if (project.complete_time.has_value() && *task.finish_time > *project.complete_time) {
        return InvalidField("complete_time", StrCat("lies before `", task.title, "` was finished"));
      }
    } else if (task.finish_time.has_value()) {
      return wrong("finish_time", "is told with DONE and SKIPPED only");
    } else if (project.state == ProjectState::kCompleted) {
      return InvalidField("state",
                          StrCat("cannot be COMPLETED while `", task.title, "` is neither done nor skipped"));
    }
    if (const absl::Status status = CheckState(project, task); !status.ok()) {
      return wrong("state", servicekit::ToStd(status.message()));
    }
  }
  const absl::Status status = CheckDependencies(project);
  return status.ok() ? status : servicekit::UnderField(status, "tasks.");
}

absl::Status CheckOpen(const ServiceProject& project) {
  switch (project.state) {
    case ProjectState::kOpen:
      return absl::OkStatus();
    case ProjectState::kCompleted:
      return Refused(project, "PROJECT_COMPLETED", "the service project is completed");
    case ProjectState::kCancelled:
      break;
  }
  return Refused(project, "PROJECT_CANCELLED", "the service project is cancelled");
}

absl::Status ChangeTask(ServiceProject& project, ServiceTask next, absl::Time now) {
  if (absl::Status status = CheckOpen(project); !status.ok()) return status;
  ServiceProject after = project;
  ServiceTask& task = *after.FindTask(next.id);
  if (!IsFinished(next.state)) {
    next.finish_time.reset();
  } else if (!IsFinished(task.state)) {
    next.finish_time = now;
  }
  task = std::move(next);
  absl::Status status = CheckDependencies(after);
  if (status.ok()) status = CheckState(after, task);
  if (!status.ok()) return status;
  after.update_time = now;
  project = std::move(after);
  return absl::OkStatus();
}

absl::Status AddTask(ServiceProject& project, ServiceTask task, absl::Time now) {
  if (absl::Status status = CheckOpen(project); !status.ok()) return status;
  if (project.tasks.size() >= kMaxTasks) {
    return Refused(project, "TOO_MANY_TASKS",
                   StrCat("the service project has ", kMaxTasks, " tasks already"));
  }
  ServiceProject after = project;
  ServiceTask added = task;
  added.state = TaskState::kToDo;
  after.tasks.push_back(std::move(added));
  const absl::Status status = ChangeTask(after, std::move(task), now);
  if (status.ok()) project = std::move(after);
  return status;
}

absl::Status Complete(ServiceProject& project, int satisfaction, absl::Time now) {
  if (absl::Status status = CheckOpen(project); !status.ok()) return status;
  std::vector<PreconditionViolation> open;
  for (const ServiceTask& task : project.tasks) {
    if (IsFinished(task.state)) continue;
    open.push_back(
        {"TASK_OPEN", TaskName(project, task), StrCat("`", task.title, "` is neither done nor skipped")});
  }
  if (!open.empty()) return servicekit::PreconditionFailed("tasks of the service project are open", open);
  project.state = ProjectState::kCompleted;
  project.satisfaction = satisfaction;
  project.complete_time = project.update_time = now;
  return absl::OkStatus();
}

absl::Status Rate(ServiceProject& project, int satisfaction, absl::Time now) {
  if (project.state != ProjectState::kCompleted) {
    return Refused(project, "PROJECT_NOT_COMPLETED", "the service project is not completed");
  }
  if (project.satisfaction == satisfaction) return absl::OkStatus();
  project.satisfaction = satisfaction;
  project.update_time = now;
  return absl::OkStatus();
}

absl::Status Cancel(ServiceProject& project, std::string reason, absl::Time now) {
  if (absl::Status status = CheckOpen(project); !status.ok()) return status;
  project.state = ProjectState::kCancelled;
  project.cancel_reason = std::move(reason);
  project.update_time = now;
  return absl::OkStatus();
}

absl::Status Log(ServiceProject& project, const ServiceWork& work, absl::Time now) {
  if (project.state == ProjectState::kCancelled) return CheckOpen(project);
  ServiceTask& task = *project.FindTask(work.task);
  const Decimal cost = task.base_cost + work.base_cost;
  if (!cost.InRange()) return InvalidField("cost", "sums to more than an amount can hold");
  task.base_cost = cost;
  task.logged_minutes += work.minutes;
  project.update_time = now;
  return absl::OkStatus();
}

}  // namespace clientele::lifecycle
