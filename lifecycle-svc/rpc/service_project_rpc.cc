#include "lifecycle-svc/contract/delivery.h"
#include "lifecycle-svc/rpc/delivery_rpc.h"
#include "lifecycle-svc/store/service_project_store.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {
namespace {

using servicekit::FilterField;
using servicekit::PageKey;

const std::vector<FilterField>& Fields() {
  using Type = FilterField::Type;
  static const auto& fields = *new std::vector<FilterField>{
      {"customer", Type::kName, "p.customer_id", nullptr, "customers"},
      {"order", Type::kName, "p.order_id", nullptr, "orders"},
      {"delivery_model", Type::kEnum, "p.delivery_model", v1::DeliveryModel_descriptor(), ""},
      {"state", Type::kEnum, "p.state", v1::ServiceProject::State_descriptor(), ""},
      {"open_time", Type::kTime, "p.open_time", nullptr, ""},
      {"due_date", Type::kTime, "p.due_date", nullptr, ""},
      {"owner", Type::kName, "j.owner_id", nullptr, "representatives"},
      {"team", Type::kName, "j.team_id", nullptr, "teams"},
  };
  return fields;
}

const std::vector<FilterField>& TaskFields() {
  using Type = FilterField::Type;
  static const auto& fields = *new std::vector<FilterField>{
      {"assignee", Type::kName, "t.assignee_id", nullptr, "representatives"},
      {"state", Type::kEnum, "t.state", v1::ServiceTask::State_descriptor(), ""},
      {"due_date", Type::kTime, "t.due_date", nullptr, ""},
      {"department", Type::kEnum, "t.department", type::v1::Department_descriptor(), ""},
      {"customer", Type::kName, "p.customer_id", nullptr, "customers"},
  };
  return fields;
}

absl::Status NotFound(const std::string& name) {
  return absl::NotFoundError(servicekit::StrCat(name, " does not exist"));
}

// The place in a list by due date that a page begins after.
struct TaskKey {
  std::optional<absl::CivilDay> date;
  Id id;
};
absl::StatusOr<TaskKey> AfterTask(const Page& page) {
  TaskKey key;
  if (page.after.empty()) return key;
  const absl::StatusOr<std::string> date = page.after.Text(0);
  const absl::StatusOr<Id> id = page.after.GetId(1);
  if (!date.ok()) return date.status();
  if (!id.ok()) return id.status();
  key.id = *id;
  if (absl::CivilDay day; !date->empty()) {
    if (!absl::ParseCivilTime(*date, &day)) {
      return servicekit::InvalidField("page_token", "is not a token of this list");
    }
    key.date = day;
  }
  return key;
}

// `rule` for rows of customers that the caller may see, and `assigned` to the caller: for whom that is no
// representative, nothing is.
Sql OrAssigned(const CallContext& call, Sql rule, servicekit::SqlText assigned) {
  if (!call.principal.representative.has_value()) return rule;
  return Sql("(") + rule + Sql(" OR ") + Sql(assigned, {*call.principal.representative}) + Sql(")");
}

}  // namespace

ServiceProjectRpc::ServiceProjectRpc(Backend backend) : backend_(backend) {}
ServiceProjectRpc::~ServiceProjectRpc() = default;

absl::StatusOr<v1::ServiceProject> ServiceProjectRpc::GetServiceProject(
    const CallContext& call, const v1::GetServiceProjectRequest& request) {
  const absl::StatusOr<Id> id = servicekit::ParseName("name", "serviceProjects", request.name());
  if (!id.ok()) return id.status();
  const auto found = servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
    return ServiceProjectStore::Get(tx, *id, Readable(call));
  });
  if (absl::IsNotFound(found.status())) return NotFound(request.name());
  if (!found.ok()) return found.status();
  return Encode(*found, backend_.environment.base_currency);
}

absl::StatusOr<v1::ListServiceProjectsResponse> ServiceProjectRpc::ListServiceProjects(
    const CallContext& call, const v1::ListServiceProjectsRequest& request) {
  const absl::StatusOr<Page> page =
      Page::Of(request.page_size(), request.page_token(), {"serviceProjects", request.filter()});
  if (!page.ok()) return page.status();
  const absl::StatusOr<Id> after = page->AfterId();
  if (!after.ok()) return after.status();
  const absl::StatusOr<Sql> condition = AndFilter(backend_, call, request.filter(), Fields());
  if (!condition.ok()) return condition.status();
  auto projects = servicekit::RunReading(backend_.environment.pool, call.deadline, [&](Transaction& tx) {
    return ServiceProjectStore::List(tx, Readable(call), *condition, *after, page->limit());
  });
  if (!projects.ok()) return projects.status();
  v1::ListServiceProjectsResponse response;
  response.set_next_page_token(
      page->Cut(*projects, [](const ServiceProject& last) { return PageKey().Add(last.id); }));
  for (const ServiceProject& project : *projects) {
    *response.add_service_projects() = Encode(project, backend_.environment.base_currency);
  }
  return response;
}

absl::StatusOr<v1::ListServiceTasksResponse> ServiceProjectRpc::ListServiceTasks(
    const CallContext& call, const v1::ListServiceTasksRequest& request) {
  const bool of_all = request.parent() == "serviceProjects/-";
  std::optional<Id> id;
  if (!of_all) {
    const absl::StatusOr<Id> parsed = servicekit::ParseName("parent", "serviceProjects", request.parent());
    if (!parsed.ok()) return parsed.status();
    id = *parsed;
  }
  const absl::StatusOr<Page> page =
      Page::Of(request.page_size(), request.page_token(), {"tasks", request.parent(), request.filter()});
  if (!page.ok()) return page.status();
  const absl::StatusOr<TaskKey> after = AfterTask(*page);
  if (!after.ok()) return after.status();
  absl::StatusOr<Sql> condition = AndFilter(backend_, call, request.filter(), TaskFields());
  if (!condition.ok()) return condition.status();
  if (id.has_value()) *condition += Sql(" AND p.id = ?", {*id});
  using Tasks = std::vector<ServiceProjectStore::ListedTask>;
  auto tasks = servicekit::RunReading(
      backend_.environment.pool, call.deadline, [&](Transaction& tx) -> absl::StatusOr<Tasks> {
        if (id.has_value()) {
          const auto project = ServiceProjectStore::Get(
              tx, *id,
              OrAssigned(call, Readable(call),
                         "EXISTS (SELECT 1 FROM service_tasks t WHERE t.project_id = p.id"
                         " AND t.assignee_id = ?)"));
          if (!project.ok()) return project.status();
        }
        return ServiceProjectStore::ListTasks(tx, OrAssigned(call, Readable(call), "t.assignee_id = ?"),
                                              *condition, after->date, after->id, page->limit());
      });
  if (absl::IsNotFound(tasks.status())) return NotFound(request.parent());
  if (!tasks.ok()) return tasks.status();
  v1::ListServiceTasksResponse response;
  response.set_next_page_token(page->Cut(*tasks, [](const ServiceProjectStore::ListedTask& last) {
    const auto& due = last.task.due_date;
    return PageKey().Add(due.has_value() ? absl::FormatCivilTime(*due) : std::string()).Add(last.task.id);
  }));
  for (const ServiceProjectStore::ListedTask& listed : *tasks) {
    *response.add_service_tasks() = EncodeTask(listed.project, listed.customer, listed.version, listed.task,
                                               backend_.environment.base_currency);
  }
  return response;
}

}  // namespace clientele::lifecycle
