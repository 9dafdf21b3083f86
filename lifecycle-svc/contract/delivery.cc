#include "lifecycle-svc/contract/delivery.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "lifecycle-svc/contract/encode.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/field_mask.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {
namespace {

using servicekit::EtagOf;
using servicekit::NameOf;
using servicekit::StrCat;
using servicekit::ToProto;

constexpr std::string_view kTemplateNames[] = {"deliveryTemplates/professional", "deliveryTemplates/general",
                                               "deliveryTemplates/process"};

v1::DeliveryTemplate::Step Encode(const DeliveryStep& step) {
  v1::DeliveryTemplate::Step message;
  message.set_key(step.key);
  message.set_title(step.title);
  message.set_department(static_cast<type::v1::Department>(step.department));
  message.set_due_days(step.due_days);
  message.set_planned_minutes(step.planned_minutes);
  for (const std::string& key : step.depends_on) message.add_depends_on(key);
  return message;
}

Department DecodeDepartment(Violations& violations, std::string_view field, type::v1::Department department) {
  CheckEnum(violations, field, type::v1::Department_descriptor(), department);
  return static_cast<Department>(department);
}

void CheckMinutes(Violations& violations, std::string_view field, int minutes) {
  if (minutes < 0 || minutes > kMaxMinutes) violations.Add(field, "must lie between 0 and 100,000");
}

template <typename Steps>
std::vector<DeliveryStep> DecodeSteps(Violations& violations, const std::string& field,
                                      const Steps& messages) {
  std::vector<DeliveryStep> steps;
  if (messages.size() > kMaxTemplateSteps) {
    violations.Add(field, "must be at most 50");
    return steps;
  }
  for (int i = 0; i < messages.size(); ++i) {
    const v1::DeliveryTemplate::Step& message = messages.Get(i);
    const std::string prefix = StrCat(field, "[", i, "]");
    DeliveryStep& step = steps.emplace_back();
    step.key = message.key();
    if (message.title().empty()) violations.Add(StrCat(prefix, ".title"), "is required");
    CheckText(violations, StrCat(prefix, ".title"), message.title(), 255);
    step.title = message.title();
    if (message.department() == type::v1::DEPARTMENT_UNSPECIFIED) {
      violations.Add(StrCat(prefix, ".department"), "is required");
    }
    step.department = DecodeDepartment(violations, StrCat(prefix, ".department"), message.department());
    if (message.due_days() < 0 || message.due_days() > kMaxDueDays) {
      violations.Add(StrCat(prefix, ".due_days"), "must lie between 0 and 1,825");
    }
    step.due_days = message.due_days();
    CheckMinutes(violations, StrCat(prefix, ".planned_minutes"), message.planned_minutes());
    step.planned_minutes = message.planned_minutes();
    step.depends_on.assign(message.depends_on().begin(), message.depends_on().end());
  }
  violations.Add(field, CheckSteps(field, steps));
  return steps;
}

}  // namespace

v1::DeliveryMatrix Encode(const DeliveryMatrix& matrix) {
  v1::DeliveryMatrix message;
  for (const Level value : kLevels) {
    for (const Level standardization : kLevels) {
      v1::DeliveryMatrix::Cell& cell = *message.add_cells();
      cell.set_value_level(static_cast<v1::Level>(value));
      cell.set_standardization_level(static_cast<v1::Level>(standardization));
      cell.set_delivery_model(static_cast<v1::DeliveryModel>(matrix.At(value, standardization)));
    }
  }
  message.set_etag(EtagOf(matrix.version));
  return message;
}

DeliveryMatrix MergeMatrix(Violations& violations, const DeliveryMatrix& current,
                           const v1::UpdateDeliveryMatrixRequest& request) {
  DeliveryMatrix matrix = current;
  absl::flat_hash_set<int> seen;
  if (request.cells_size() > 9) violations.Add("cells", "must be 1 to 9");
  for (int i = 0; i < std::min(request.cells_size(), 9); ++i) {
    const v1::DeliveryMatrix::Cell& cell = request.cells(i);
    const std::string prefix = StrCat("cells[", i, "]");
    const auto known = [&](std::string_view name, int number, int last) {
      if (number >= 1 && number <= last) return true;
      violations.Add(StrCat(prefix, ".", name), number == 0 ? "is required" : "is not a known value");
      return false;
    };
    const bool value = known("value_level", cell.value_level(), v1::HIGH);
    const bool standardization = known("standardization_level", cell.standardization_level(), v1::HIGH);
    const bool model = known("delivery_model", cell.delivery_model(), v1::PROCESS);
    if (!value || !standardization || !model) continue;
    if (!seen.insert(cell.value_level() * 10 + cell.standardization_level()).second) {
      violations.Add(prefix, "is given twice");
    }
    matrix.Set(static_cast<Level>(cell.value_level()), static_cast<Level>(cell.standardization_level()),
               static_cast<DeliveryModel>(cell.delivery_model()));
  }
  return matrix;
}

std::string TemplateName(DeliveryModel model) {
  return std::string(kTemplateNames[static_cast<int>(model) - 1]);
}

absl::StatusOr<DeliveryModel> ParseTemplateName(std::string_view field, std::string_view name) {
  for (int i = 0; i < 3; ++i) {
    if (name == kTemplateNames[i]) return static_cast<DeliveryModel>(i + 1);
  }
  return servicekit::InvalidField(field,
                                  "must be deliveryTemplates/professional, deliveryTemplates/general or"
                                  " deliveryTemplates/process");
}

v1::DeliveryTemplate Encode(const DeliveryTemplate& t) {
  v1::DeliveryTemplate message;
  message.set_name(TemplateName(t.model));
  message.set_delivery_model(static_cast<v1::DeliveryModel>(t.model));
  for (const DeliveryStep& step : t.pre_sale_steps) *message.add_pre_sale_steps() = Encode(step);
  for (const DeliveryStep& task : t.tasks) *message.add_tasks() = Encode(task);
  message.set_repurchase_days(t.repurchase_days);
  *message.mutable_update_time() = ToProto(t.update_time);
  message.set_etag(EtagOf(t.version));
  return message;
}

absl::StatusOr<DeliveryTemplate> MergeTemplate(const DeliveryTemplate& current,
                                               const v1::DeliveryTemplate& change,
                                               const google::protobuf::FieldMask& mask,
                                               std::string_view field) {
  v1::DeliveryTemplate merged = Encode(current);
  const absl::Status status = servicekit::ApplyMask(mask, change, &merged);
  if (!status.ok()) return status;
  Violations violations;
  DeliveryTemplate next = current;
  next.pre_sale_steps = DecodeSteps(violations, StrCat(field, ".pre_sale_steps"), merged.pre_sale_steps());
  next.tasks = DecodeSteps(violations, StrCat(field, ".tasks"), merged.tasks());
  if (merged.repurchase_days() < 1 || merged.repurchase_days() > kMaxDueDays) {
    violations.Add(StrCat(field, ".repurchase_days"), "must lie between 1 and 1,825");
  }
  next.repurchase_days = merged.repurchase_days();
  if (!violations.empty()) return violations.status();
  return next;
}

std::string TaskName(Id project, Id task) { return NameOf("serviceProjects", project, "tasks", task); }

v1::ServiceProject Encode(const ServiceProject& p, const std::string& base_currency) {
  v1::ServiceProject message;
  message.set_name(NameOf("serviceProjects", p.id));
  message.set_customer(NameOf("customers", p.customer));
  if (p.order.has_value()) message.set_order(NameOf("orders", *p.order));
  message.set_delivery_model(static_cast<v1::DeliveryModel>(p.model));
  message.set_display_name(p.display_name);
  message.set_state(static_cast<v1::ServiceProject::State>(p.state));
  *message.mutable_open_time() = ToProto(p.open_time);
  if (const auto due = p.due_date()) *message.mutable_due_date() = ToProto(*due);
  if (p.complete_time.has_value()) *message.mutable_complete_time() = ToProto(*p.complete_time);
  message.set_satisfaction(p.satisfaction);
  message.set_cancel_reason(p.cancel_reason);
  message.set_task_count(static_cast<int>(p.tasks.size()));
  message.set_finished_task_count(p.finished_tasks());
  message.set_planned_minutes(p.planned_minutes());
  message.set_logged_minutes(p.logged_minutes());
  *message.mutable_base_cost() = EncodeMoney(base_currency, p.base_cost());
  *message.mutable_base_total() = EncodeMoney(base_currency, p.base_total);
  if (p.external_id.has_value()) *message.mutable_external_id() = EncodeExternalId(*p.external_id);
  *message.mutable_create_time() = ToProto(p.create_time);
  *message.mutable_update_time() = ToProto(p.update_time);
  message.set_etag(EtagOf(p.version));
  return message;
}

v1::ServiceTask EncodeTask(Id project, Id customer, int64_t version, const ServiceTask& t,
                           const std::string& base_currency) {
  v1::ServiceTask message;
  message.set_name(TaskName(project, t.id));
  message.set_title(t.title);
  message.set_department(static_cast<type::v1::Department>(t.department));
  if (t.assignee.has_value()) message.set_assignee(NameOf("representatives", *t.assignee));
  if (t.due_date.has_value()) *message.mutable_due_date() = ToProto(*t.due_date);
  message.set_state(static_cast<v1::ServiceTask::State>(t.state));
  for (const Id& needed : t.depends_on) message.add_depends_on(TaskName(project, needed));
  message.set_planned_minutes(t.planned_minutes);
  message.set_logged_minutes(t.logged_minutes);
  *message.mutable_base_cost() = EncodeMoney(base_currency, t.base_cost);
  if (t.finish_time.has_value()) *message.mutable_finish_time() = ToProto(*t.finish_time);
  message.set_customer(NameOf("customers", customer));
  message.set_etag(EtagOf(version));
  return message;
}

v1::ServiceTask EncodeTask(const ServiceProject& project, const ServiceTask& task,
                           const std::string& base_currency) {
  return EncodeTask(project.id, project.customer, project.version, task, base_currency);
}

ServiceTask DecodeTask(Violations& violations, std::string_view field, Id project,
                       const v1::ServiceTask& message) {
  const auto at = [&](std::string_view name) { return StrCat(field, ".", name); };
  ServiceTask task;
  if (message.title().empty()) violations.Add(at("title"), "is required");
  CheckText(violations, at("title"), message.title(), 255);
  task.title = message.title();
  task.department = DecodeDepartment(violations, at("department"), message.department());
  if (task.department == Department::kNone) task.department = Department::kService;
  task.assignee = DecodeName(violations, at("assignee"), "representatives", message.assignee());
  if (message.has_due_date()) task.due_date = DecodeDate(violations, at("due_date"), message.due_date());
  CheckEnum(violations, at("state"), v1::ServiceTask::State_descriptor(), message.state());
  task.state = message.state() == v1::ServiceTask::STATE_UNSPECIFIED
                   ? TaskState::kToDo
                   : static_cast<TaskState>(message.state());
  if (message.depends_on_size() > static_cast<int>(kMaxTasks))
    violations.Add(at("depends_on"), "must be at most 200");
  for (int i = 0; i < std::min(message.depends_on_size(), static_cast<int>(kMaxTasks)); ++i) {
    const std::string place = StrCat(field, ".depends_on[", i, "]");
    const auto name = servicekit::ParseName(place, "serviceProjects", "tasks", message.depends_on(i));
    violations.Add(place, name.status());
    if (!name.ok()) continue;
    if (name->parent != project) violations.Add(place, "is a task of another project");
    task.depends_on.push_back(name->id);
  }
  std::sort(task.depends_on.begin(), task.depends_on.end());
  task.depends_on.erase(std::unique(task.depends_on.begin(), task.depends_on.end()), task.depends_on.end());
  CheckMinutes(violations, at("planned_minutes"), message.planned_minutes());
  task.planned_minutes = message.planned_minutes();
  return task;
}

absl::StatusOr<ServiceTask> MergeTask(const ServiceProject& project, const ServiceTask& current,
                                      const v1::ServiceTask& change, const google::protobuf::FieldMask& mask,
                                      std::string_view field) {
  v1::ServiceTask merged = EncodeTask(project, current, "");
  const absl::Status status = servicekit::ApplyMask(mask, change, &merged);
  if (!status.ok()) return status;
  Violations violations;
  ServiceTask next = DecodeTask(violations, field, project.id, merged);
  if (!violations.empty()) return violations.status();
  next.id = current.id;
  next.logged_minutes = current.logged_minutes;
  next.base_cost = current.base_cost;
  next.finish_time = current.finish_time;
  return next;
}

}  // namespace clientele::lifecycle
