#include <algorithm>
#include <utility>

#include "lifecycle-svc/contract/delivery.h"
#include "lifecycle-svc/operations/import_batch.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

// The records of service work.
namespace clientele::lifecycle {
namespace {

using servicekit::InvalidField;
using servicekit::NameOf;
using servicekit::StrCat;
using type::v1::ImportResult;

constexpr int64_t kMaxLoggedMinutes = 100'000'000;

absl::Status Refused(const Order& order, std::string_view type, const std::string& why) {
  return servicekit::PreconditionFailed(why, {{std::string(type), NameOf("orders", order.id), why}});
}

// What is told of a task, but for its id, assignee and cost.
ServiceTask DecodeTold(Violations& violations, const std::string& field,
                       const v1::ServiceProjectRecord::Task& message, absl::Span<const Id> ids) {
  const auto at = [&](std::string_view name) { return StrCat(field, ".", name); };
  ServiceTask task;
  if (message.title().empty()) violations.Add(at("title"), "is required");
  CheckText(violations, at("title"), message.title(), 255);
  task.title = message.title();
  CheckEnum(violations, at("department"), type::v1::Department_descriptor(), message.department());
  if (message.department() != type::v1::DEPARTMENT_UNSPECIFIED) {
    task.department = static_cast<Department>(message.department());
  }
  if (message.has_due_date()) task.due_date = DecodeDate(violations, at("due_date"), message.due_date());
  CheckEnum(violations, at("state"), v1::ServiceTask::State_descriptor(), message.state());
  if (message.state() != v1::ServiceTask::STATE_UNSPECIFIED) {
    task.state = static_cast<TaskState>(message.state());
  }
  if (message.planned_minutes() < 0 || message.planned_minutes() > kMaxMinutes) {
    violations.Add(at("planned_minutes"), "must lie between 0 and 100,000");
  }
  task.planned_minutes = message.planned_minutes();
  if (message.logged_minutes() < 0 || message.logged_minutes() > kMaxLoggedMinutes) {
    violations.Add(at("logged_minutes"), "must lie between 0 and 100,000,000");
  }
  task.logged_minutes = message.logged_minutes();
  if (message.has_finish_time()) {
    task.finish_time = DecodeTime(violations, at("finish_time"), message.finish_time());
  }
  for (int i = 0; i < message.depends_on_size(); ++i) {
    const int place = message.depends_on(i);
    if (place < 1 || place > static_cast<int>(ids.size())) {
      violations.Add(StrCat(field, ".depends_on[", i, "]"), StrCat("must be 1 to ", ids.size()));
      continue;
    }
    task.depends_on.push_back(ids[static_cast<size_t>(place) - 1]);
  }
  std::sort(task.depends_on.begin(), task.depends_on.end());
  task.depends_on.erase(std::unique(task.depends_on.begin(), task.depends_on.end()), task.depends_on.end());
  return task;
}

}  // namespace

absl::StatusOr<ServiceProject> ImportBatch::DecodeProject(const ImportItem& item, const Order* order,
                                                          const ServiceProject& current) {
  const v1::ServiceProjectRecord& record = item.record->service_project();
  const auto at = [](std::string_view name) { return StrCat("service_project.", name); };
  Violations violations;
  ServiceProject told = current;
  CheckText(violations, at("display_name"), record.display_name(), 255);
  told.display_name = record.display_name();
  if (record.has_open_time()) {
    told.open_time = DecodePast(violations, at("open_time"), true, record.open_time(), work_.now());
  } else if (order != nullptr) {
    told.open_time = order->order_time;
  } else {
    violations.Add(at("open_time"), "is required without an order");
  }
  CheckEnum(violations, at("state"), v1::ServiceProject::State_descriptor(), record.state());
  told.state = record.state() == v1::ServiceProject::STATE_UNSPECIFIED
                   ? ProjectState::kOpen
                   : static_cast<ProjectState>(record.state());
  const bool completed = told.state == ProjectState::kCompleted;
  if (completed != record.has_complete_time()) {
    violations.Add(at("complete_time"),
                   completed ? "is required with COMPLETED" : "is told with COMPLETED only");
  } else if (completed) {
    told.complete_time =
        DecodePast(violations, at("complete_time"), true, record.complete_time(), work_.now());
    if (*told.complete_time < told.open_time) {
      violations.Add(at("complete_time"), "lies before the project was opened");
    }
  }
  if (record.satisfaction() < 0 || record.satisfaction() > 5 || (record.satisfaction() != 0 && !completed)) {
    violations.Add(at("satisfaction"), "must lie between 1 and 5, with COMPLETED, or be 0 when not told");
  }
  told.satisfaction = record.satisfaction();
  if ((told.state == ProjectState::kCancelled) == record.cancel_reason().empty()) {
    violations.Add(at("cancel_reason"), "is told with CANCELLED, and required then");
  }
  CheckText(violations, at("cancel_reason"), record.cancel_reason(), 1000);
  told.cancel_reason = record.cancel_reason();
  if (record.tasks_size() > static_cast<int>(kMaxTasks)) {
    violations.Add(at("tasks"), "must be at most 200");
    return violations.status();
  }
  // Tasks that the project has beyond those that are told of were added by hand, and stay.
  const size_t told_tasks = static_cast<size_t>(record.tasks_size());
  told.tasks.resize(std::max(told.tasks.size(), told_tasks));
  std::vector<Id> ids;
  for (size_t i = 0; i < told_tasks; ++i) {
    ids.push_back(i < current.tasks.size() ? current.tasks[i].id : Id::New(work_.now()));
  }
  for (size_t i = 0; i < told_tasks; ++i) {
    const v1::ServiceProjectRecord::Task& message = record.tasks(static_cast<int>(i));
    const std::string field = StrCat("service_project.tasks[", i, "]");
    ServiceTask task = DecodeTold(violations, field, message, ids);
    task.id = ids[i];
    if (i < item.assignees.size() && item.assignees[i].has_value()) {
      task.assignee = references_.FindRepresentative(*item.assignees[i]);
      if (!task.assignee.has_value()) {
        violations.Add(StrCat("service_project.assignees[", i, "]"), "there is no such representative");
      }
    }
    if (message.has_cost()) {
      const Money cost = DecodeMoney(violations, field + ".cost", message.cost());
      if (cost.amount > Decimal()) {
        // At the rate of the day it was opened, so that the same record always comes to the same cost.
        const absl::Status loaded = work_.LoadRates({cost.currency});
        if (!loaded.ok()) return loaded;
        const absl::StatusOr<Decimal> rate = work_.RateAt(cost.currency, DayOf(told.open_time));
        if (!rate.ok()) return rate.status();
        task.base_cost = cost.amount * *rate;
        if (!task.base_cost.InRange()) violations.Add(field + ".cost", "is more than an amount can hold");
      }
    }
    if (i < current.tasks.size()) {
      if (task.logged_minutes < current.tasks[i].logged_minutes) {
        violations.Add(field + ".logged_minutes", "is less than is known already");
      }
      if (task.base_cost < current.tasks[i].base_cost) {
        violations.Add(field + ".cost", "is less than is known already");
      }
    }
    told.tasks[i] = std::move(task);
  }
  if (!violations.empty()) return violations.status();
  const absl::Status can_be = CheckTold(told, work_.now());
  if (!can_be.ok()) return servicekit::UnderField(can_be, "service_project.");
  return told;
}

absl::StatusOr<ImportBatch::Taken> ImportBatch::TakeServiceProject(const ImportItem& item) {
  const v1::ServiceProjectRecord& record = item.record->service_project();
  const Order* order = nullptr;
  Id customer;
  if (item.customer.has_value()) {
    const absl::StatusOr<Id> found = Customer("service_project.customer", *item.customer);
    if (!found.ok()) return found.status();
    customer = *found;
  } else {
    const absl::StatusOr<Order*> target = TargetOrder("service_project", item);
    if (!target.ok()) return target.status();
    order = *target;
    customer = order->customer;
  }
  if (record.delivery_model() < v1::PROFESSIONAL || record.delivery_model() > v1::PROCESS) {
    return InvalidField("service_project.delivery_model",
                        record.delivery_model() == 0 ? "is required" : "is not a known value");
  }
  const auto model = static_cast<DeliveryModel>(record.delivery_model());
  ServiceProject* existing = work_.service_projects.Find(*item.external_id);
  ServiceProject current;
  if (existing != nullptr) {
    current = *existing;
    const bool same_work = existing->customer == work_.Resolve(customer) && existing->model == model &&
                           existing->order == (order == nullptr ? std::nullopt : std::optional(order->id));
    if (!same_work) return Differs(NameOf("serviceProjects", existing->id));
  } else {
    current.customer = customer;
    current.model = model;
    current.external_id = item.external_id;
  }
  const absl::StatusOr<ServiceProject> told = DecodeProject(item, order, current);
  if (!told.ok()) return told.status();
  if (existing != nullptr) {
    const std::string name = NameOf("serviceProjects", existing->id);
    if (*told == current) return Taken{ImportResult::UNCHANGED, name};
    if (current.state != ProjectState::kOpen) return Differs(name);
    *existing = *told;
    existing->update_time = work_.now();
    projects_.Changed(*existing, current);
    LogTold(*existing, current);
    return Taken{ImportResult::UPDATED, name};
  }
  if (order != nullptr) {
    if (order->is_cancelled() && told->state != ProjectState::kCancelled) {
      return Refused(*order, "ORDER_CANCELLED", "the order is cancelled");
    }
    for (const ServiceProject* other : work_.service_projects.all()) {
      if (other->order == order->id && other->model == model) {
        return Refused(*order, "PROJECT_EXISTS", "the order has a project of this delivery model");
      }
    }
  }
  const absl::StatusOr<ServiceProject*> project = projects_.Tell(*told, order);
  if (!project.ok()) return project.status();
  LogTold(**project, {});
  return Taken{ImportResult::CREATED, NameOf("serviceProjects", (*project)->id)};
}

void ImportBatch::LogTold(const ServiceProject& project, const ServiceProject& before) {
  for (size_t i = 0; i < project.tasks.size(); ++i) {
    const ServiceTask& task = project.tasks[i];
    const ServiceTask was = i < before.tasks.size() ? before.tasks[i] : ServiceTask();
    ServiceWork work;
    work.task = task.id;
    work.minutes = static_cast<int>(task.logged_minutes - was.logged_minutes);
    work.base_cost = task.base_cost - was.base_cost;
    if (work.minutes == 0 && work.base_cost == Decimal()) continue;
    work.event_time = task.finish_time.value_or(work_.now());
    projects_.Logged(project, std::move(work), task.base_cost);
  }
}

}  // namespace clientele::lifecycle
