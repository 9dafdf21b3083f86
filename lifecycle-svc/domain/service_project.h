#ifndef LIFECYCLE_SVC_DOMAIN_SERVICE_PROJECT_H_
#define LIFECYCLE_SVC_DOMAIN_SERVICE_PROJECT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "lifecycle-svc/domain/delivery.h"
#include "lifecycle-svc/domain/external_id.h"
#include "servicekit/types/id.h"
#include "servicekit/types/money.h"

// The numbers of the enums are those of the contract, and are stored.
namespace clientele::lifecycle {

using servicekit::Decimal;
using servicekit::Id;

enum class TaskState : uint8_t { kToDo = 1, kInProgress = 2, kDone = 3, kSkipped = 4 };
enum class ProjectState : uint8_t { kOpen = 1, kCompleted = 2, kCancelled = 3 };

constexpr bool IsFinished(TaskState state) {
  return state == TaskState::kDone || state == TaskState::kSkipped;
}

struct ServiceTask {
  Id id;
  std::string title;
  Department department = Department::kService;
  std::optional<Id> assignee;
  std::optional<absl::CivilDay> due_date;
  TaskState state = TaskState::kToDo;
  std::vector<Id> depends_on;
  int planned_minutes = 0;
  int64_t logged_minutes = 0;
  Decimal base_cost;
  std::optional<absl::Time> finish_time;

  friend bool operator==(const ServiceTask&, const ServiceTask&) = default;
};

constexpr size_t kMaxTasks = 200;

// The work after an order, with its tasks in order. One aggregate: what a task may do depends on the others.
struct ServiceProject {
  Id id;
  Id customer;
  std::optional<Id> order;
  DeliveryModel model = DeliveryModel::kGeneral;
  std::string display_name;
  ProjectState state = ProjectState::kOpen;
  absl::Time open_time;
  std::optional<absl::Time> complete_time;
  int satisfaction = 0;       // 1 to 5; 0 when not told.
  int repurchase_days = 365;  // The template's when it was opened, so that the measure stays.
  Decimal base_total;         // What the order's lines of this model are worth.
  std::string cancel_reason;
  std::vector<ServiceTask> tasks;
  std::optional<ExternalId> external_id;  // Of an imported one.
  absl::Time create_time;
  absl::Time update_time;
  int64_t version = 0;

  ServiceTask* FindTask(Id task_id);
  std::optional<absl::CivilDay> due_date() const;
  int finished_tasks() const;
  int64_t planned_minutes() const;
  int64_t logged_minutes() const;
  Decimal base_cost() const;

  friend bool operator==(const ServiceProject&, const ServiceProject&) = default;
};

// Work that was done, with what it cost.
struct ServiceWork {
  Id id;
  Id task;
  int minutes = 0;
  Decimal base_cost;
  absl::Time event_time;
  std::string note;
  std::string actor;
};

// The tasks of the template, due from the day on which the project was opened.
void AddTasks(const DeliveryTemplate& delivery_template, absl::FunctionRef<Id()> new_id,
              ServiceProject& project);

// Whether a project as somebody tells of it can have been: INVALID_ARGUMENT at `tasks.depends_on` for cycles,
// at `tasks[i].state` when tasks were begun before those that they depend on, at `tasks[i].finish_time` when
// that is missing, too early or in the future, and at `state` and `complete_time` when it was completed
// before its tasks.
absl::Status CheckTold(const ServiceProject& project, absl::Time now);

// FAILED_PRECONDITION unless the project is open.
absl::Status CheckOpen(const ServiceProject& project);
// Replaces the task with the same id. INVALID_ARGUMENT at `depends_on` for one that is not there, for itself
// and for cycles; FAILED_PRECONDITION when its state cannot be reached yet, naming each task that it waits
// for, or when it is reopened though one that depends on it was begun. Then nothing has changed.
absl::Status ChangeTask(ServiceProject& project, ServiceTask next, absl::Time now);
// FAILED_PRECONDITION when there are too many; otherwise as ChangeTask.
absl::Status AddTask(ServiceProject& project, ServiceTask task, absl::Time now);
// FAILED_PRECONDITION unless open, and naming each task that is not finished.
absl::Status Complete(ServiceProject& project, int satisfaction, absl::Time now);
// FAILED_PRECONDITION unless completed.
absl::Status Rate(ServiceProject& project, int satisfaction, absl::Time now);
// FAILED_PRECONDITION unless open.
absl::Status Cancel(ServiceProject& project, std::string reason, absl::Time now);
// FAILED_PRECONDITION when the project is cancelled; INVALID_ARGUMENT at `cost` when the sum would be more
// than an amount can hold.
absl::Status Log(ServiceProject& project, const ServiceWork& work, absl::Time now);

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_DOMAIN_SERVICE_PROJECT_H_
