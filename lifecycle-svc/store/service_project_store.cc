#include "lifecycle-svc/store/service_project_store.h"

#include "absl/container/flat_hash_map.h"
#include "lifecycle-svc/domain/order.h"
#include "lifecycle-svc/store/columns.h"

namespace clientele::lifecycle {
namespace {

using servicekit::Parameter;
using servicekit::Row;

constexpr servicekit::SqlText kSelect =
    "SELECT p.id, p.customer_id, p.order_id, p.delivery_model, p.display_name, p.state, p.open_time,"
    " p.complete_time, p.satisfaction, p.repurchase_days, p.base_total, p.cancel_reason, p.create_time,"
    " p.update_time, p.version, p.external_system, p.external_id FROM service_projects p";
constexpr servicekit::SqlText kJoinRule = " JOIN journeys j ON j.customer_id = p.customer_id WHERE ";

ServiceProject ReadProject(const Row& row) {
  ServiceProject project;
  project.id = row.Id(0);
  project.customer = row.Id(1);
  project.order = row.OptionalId(2);
  project.model = ReadEnum<DeliveryModel>(row, 3);
  project.display_name = row.Text(4);
  project.state = ReadEnum<ProjectState>(row, 5);
  project.open_time = row.Time(6);
  project.complete_time = row.OptionalTime(7);
  project.satisfaction = static_cast<int>(row.Int64(8));
  project.repurchase_days = static_cast<int>(row.Int64(9));
  project.base_total = row.Decimal(10);
  project.cancel_reason = row.Text(11);
  project.create_time = row.Time(12);
  project.update_time = row.Time(13);
  project.version = row.Int64(14);
  project.external_id = ReadExternalId(row, 15);
  return project;
}

// From the column `first` on: id, title, department, assignee, due date, state, planned, logged, cost,
// finish.
ServiceTask ReadTask(const Row& row, size_t first) {
  ServiceTask task;
  task.id = row.Id(first);
  task.title = row.Text(first + 1);
  task.department = ReadEnum<Department>(row, first + 2);
  task.assignee = row.OptionalId(first + 3);
  task.due_date = ReadDate(row, first + 4);
  task.state = ReadEnum<TaskState>(row, first + 5);
  task.planned_minutes = static_cast<int>(row.Int64(first + 6));
  task.logged_minutes = row.Int64(first + 7);
  task.base_cost = row.Decimal(first + 8);
  task.finish_time = row.OptionalTime(first + 9);
  return task;
}

// The projects that `sql` selects, with their tasks.
absl::StatusOr<std::vector<ServiceProject>> ReadProjects(Transaction& tx, const Sql& sql) {
  absl::StatusOr<std::vector<ServiceProject>> projects = tx.QueryAll(sql, ReadProject);
  if (!projects.ok() || projects->empty()) return projects;
  absl::flat_hash_map<Id, ServiceProject*> by_id;
  std::vector<Id> ids;
  for (ServiceProject& project : *projects) {
    by_id[project.id] = &project;
    ids.push_back(project.id);
  }
  absl::Status status =
      tx.Query(Sql("SELECT project_id, id, title, department, assignee_id, CAST(due_date AS CHAR), state,"
                   " planned_minutes, logged_minutes, base_cost, finish_time FROM service_tasks"
                   " WHERE project_id IN ") +
                   InList(ids) + Sql(" ORDER BY project_id, position, id"),
               [&](const Row& row) {
                 by_id[row.Id(0)]->tasks.push_back(ReadTask(row, 1));
                 return absl::OkStatus();
               });
  if (status.ok()) {
    status = tx.Query(Sql("SELECT project_id, task_id, depends_on_id FROM service_task_dependencies"
                          " WHERE project_id IN ") +
                          InList(ids) + Sql(" ORDER BY project_id, task_id, depends_on_id"),
                      [&](const Row& row) {
                        ServiceTask* task = by_id[row.Id(0)]->FindTask(row.Id(1));
                        if (task != nullptr) task->depends_on.push_back(row.Id(2));
                        return absl::OkStatus();
                      });
  }
  if (!status.ok()) return status;
  return projects;
}

absl::Status InsertTasks(Transaction& tx, const std::vector<ServiceProject>& projects) {
  std::vector<std::vector<Parameter>> tasks, dependencies;
  for (const ServiceProject& project : projects) {
    for (size_t i = 0; i < project.tasks.size(); ++i) {
      const ServiceTask& t = project.tasks[i];
      tasks.push_back({project.id, t.id, i, t.title, NumberOf(t.department), t.assignee, DateOf(t.due_date),
                       NumberOf(t.state), t.planned_minutes, t.logged_minutes, t.base_cost, t.finish_time});
      for (const Id& needed : t.depends_on) dependencies.push_back({project.id, t.id, needed});
    }
  }
  absl::Status status;
  if (!tasks.empty()) {
    status =
        tx.InsertMany(
              "INSERT INTO service_tasks (project_id, id, position, title, department, assignee_id, due_date,"
              " state, planned_minutes, logged_minutes, base_cost, finish_time) VALUES ",
              tasks,
              " ON DUPLICATE KEY UPDATE title = VALUES(title), department = VALUES(department),"
              " assignee_id = VALUES(assignee_id), due_date = VALUES(due_date), state = VALUES(state),"
              " planned_minutes = VALUES(planned_minutes), logged_minutes = VALUES(logged_minutes),"
              " base_cost = VALUES(base_cost), finish_time = VALUES(finish_time)")
            .status();
  }
  if (status.ok() && !dependencies.empty()) {
    status =
        tx.InsertMany("INSERT INTO service_task_dependencies (project_id, task_id, depends_on_id) VALUES ",
                      dependencies, " ON DUPLICATE KEY UPDATE depends_on_id = VALUES(depends_on_id)")
            .status();
  }
  return status;
}

}  // namespace

absl::StatusOr<Id> ServiceProjectStore::FindCustomer(Transaction& tx, Id id) {
  return tx.QueryOne(Sql("SELECT customer_id FROM service_projects WHERE id = ?", {id}),
                     [](const Row& row) { return row.Id(0); });
}

absl::StatusOr<std::vector<ServiceProject>> ServiceProjectStore::Find(Transaction& tx,
                                                                      const std::vector<Id>& ids) {
  if (ids.empty()) return std::vector<ServiceProject>();
  return ReadProjects(tx, Sql(kSelect) + Sql(" WHERE p.id IN ") + InList(ids));
}

absl::StatusOr<std::vector<ServiceProject>> ServiceProjectStore::Find(Transaction& tx,
                                                                      const std::vector<ExternalId>& ids) {
  if (ids.empty()) return std::vector<ServiceProject>();
  return ReadProjects(tx, Sql(kSelect) + Sql(" WHERE") + ExternalIdIn(ids));
}

absl::StatusOr<std::vector<ServiceProject>> ServiceProjectStore::FindByOrder(Transaction& tx,
                                                                             const std::vector<Id>& orders) {
  if (orders.empty()) return std::vector<ServiceProject>();
  return ReadProjects(tx, Sql(kSelect) + Sql(" WHERE p.order_id IN ") + InList(orders));
}

absl::StatusOr<ServiceProject> ServiceProjectStore::Get(Transaction& tx, Id id, const Sql& rule) {
  absl::StatusOr<std::vector<ServiceProject>> found =
      ReadProjects(tx, Sql(kSelect) + Sql(kJoinRule) + Sql("p.id = ? AND ", {id}) + rule);
  if (!found.ok()) return found.status();
  if (found->empty()) return absl::NotFoundError("not found");
  return std::move(found->front());
}

absl::StatusOr<std::vector<ServiceProject>> ServiceProjectStore::List(Transaction& tx, const Sql& rule,
                                                                      const Sql& condition, Id after,
                                                                      int limit) {
  return ReadProjects(tx, Sql(kSelect) + Sql(kJoinRule) + Sql("p.id > ? AND ", {after}) + rule + condition +
                              Sql(" ORDER BY p.id LIMIT ?", {limit}));
}

absl::StatusOr<std::vector<ServiceProjectStore::ListedTask>> ServiceProjectStore::ListTasks(
    Transaction& tx, const Sql& rule, const Sql& condition, std::optional<absl::CivilDay> after_date,
    Id after, int limit) {
  Sql sql = Sql("SELECT p.id, p.customer_id, p.version, t.id, t.title, t.department, t.assignee_id,"
                " CAST(t.due_date AS CHAR), t.state, t.planned_minutes, t.logged_minutes, t.base_cost, "
                "t.finish_time"
                " FROM service_tasks t JOIN service_projects p ON p.id = t.project_id") +
            Sql(kJoinRule) + rule + condition;
  if (!after.is_nil()) {
    sql += after_date.has_value()
               ? Sql(" AND (t.due_date > ? OR t.due_date IS NULL OR (t.due_date = ? AND t.id > ?))",
                     {DateOf(after_date), DateOf(after_date), after})
               : Sql(" AND t.due_date IS NULL AND t.id > ?", {after});
  }
  absl::StatusOr<std::vector<ListedTask>> tasks = tx.QueryAll(
      sql + Sql(" ORDER BY t.due_date IS NULL, t.due_date, t.id LIMIT ?", {limit}), [](const Row& row) {
        return ListedTask{row.Id(0), row.Id(1), row.Int64(2), ReadTask(row, 3)};
      });
  if (!tasks.ok() || tasks->empty()) return tasks;
  absl::flat_hash_map<Id, ServiceTask*> by_id;
  std::vector<Id> projects;
  for (ListedTask& listed : *tasks) {
    by_id[listed.task.id] = &listed.task;
    if (projects.empty() || projects.back() != listed.project) projects.push_back(listed.project);
  }
  const absl::Status status =
      tx.Query(Sql("SELECT task_id, depends_on_id FROM service_task_dependencies WHERE project_id IN ") +
                   InList(projects) + Sql(" ORDER BY project_id, task_id, depends_on_id"),
               [&](const Row& row) {
                 const auto found = by_id.find(row.Id(0));
                 if (found != by_id.end()) found->second->depends_on.push_back(row.Id(1));
                 return absl::OkStatus();
               });
  if (!status.ok()) return status;
  return tasks;
}

absl::StatusOr<std::vector<ServiceProjectStore::Outcome>> ServiceProjectStore::Compare(Transaction& tx,
                                                                                       const Sql& rule,
                                                                                       const Sql& condition,
                                                                                       absl::Time now) {
  // States: 1 open, 2 completed, 3 cancelled.
  return tx.QueryAll(
      Sql("SELECT p.delivery_model, CAST(SUM(p.state <> 3) AS SIGNED), CAST(SUM(p.state = 2) AS SIGNED),"
          " CAST(SUM(p.state = 3) AS SIGNED), CAST(SUM(p.state = 1 AND COALESCE(p.due_date < ?, 0)) AS "
          "SIGNED),"
          " CAST(SUM(p.state = 2 AND p.due_date IS NOT NULL) AS SIGNED),"
          " CAST(SUM(p.state = 2 AND COALESCE(CAST(p.complete_time AS DATE) <= p.due_date, 0)) AS SIGNED),"
          " CAST(COALESCE(SUM(CASE WHEN p.state = 2 THEN TIMESTAMPDIFF(SECOND, p.open_time, p.complete_time)"
          "  END), 0) AS SIGNED),"
          " CAST(COALESCE(SUM(CASE WHEN p.state <> 3 THEN p.logged_minutes END), 0) AS SIGNED),"
          " CAST(COALESCE(SUM(CASE WHEN p.state <> 3 THEN p.planned_minutes END), 0) AS SIGNED),"
          " CAST(SUM(CASE WHEN p.state <> 3 THEN p.base_cost END) AS CHAR),"
          " CAST(SUM(CASE WHEN p.state <> 3 THEN p.base_total END) AS CHAR),"
          " CAST(SUM(p.state = 2 AND p.satisfaction > 0) AS SIGNED),"
          " CAST(COALESCE(SUM(CASE WHEN p.state = 2 THEN p.satisfaction END), 0) AS SIGNED),"
          " CAST(COALESCE(SUM(p.state = 2 AND DATE_ADD(p.complete_time, INTERVAL p.repurchase_days DAY) <= "
          "?), 0)"
          "  AS SIGNED),"
          " CAST(COALESCE(SUM(p.state = 2 AND DATE_ADD(p.complete_time, INTERVAL p.repurchase_days DAY) <= ?"
          "  AND EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = p.customer_id AND o.cancel_time IS NULL"
          "   AND o.order_time > p.complete_time"
          "   AND o.order_time <= DATE_ADD(p.complete_time, INTERVAL p.repurchase_days DAY))), 0) AS SIGNED)"
          " FROM service_projects p",
          {absl::FormatCivilTime(DayOf(now)), now, now}) +
          Sql(kJoinRule) + rule + condition + Sql(" GROUP BY p.delivery_model ORDER BY p.delivery_model"),
      [](const Row& row) {
        Outcome outcome;
        outcome.model = ReadEnum<DeliveryModel>(row, 0);
        outcome.projects = row.Int64(1);
        outcome.completed = row.Int64(2);
        outcome.cancelled = row.Int64(3);
        outcome.overdue = row.Int64(4);
        outcome.dated = row.Int64(5);
        outcome.on_time = row.Int64(6);
        outcome.days = static_cast<double>(row.Int64(7)) / 86'400;
        outcome.logged_minutes = row.Int64(8);
        outcome.planned_minutes = row.Int64(9);
        outcome.base_cost = ReadSum(row, 10);
        outcome.base_total = ReadSum(row, 11);
        outcome.satisfaction_count = row.Int64(12);
        outcome.satisfaction_sum = row.Int64(13);
        outcome.matured = row.Int64(14);
        outcome.repurchased = row.Int64(15);
        return outcome;
      });
}

absl::Status ServiceProjectStore::Insert(Transaction& tx, const std::vector<ServiceProject>& projects) {
  if (projects.empty()) return absl::OkStatus();
  std::vector<std::vector<Parameter>> rows;
  for (const ServiceProject& p : projects) {
    rows.push_back({p.id,
                    p.customer,
                    p.order,
                    NumberOf(p.model),
                    p.display_name,
                    NumberOf(p.state),
                    p.open_time,
                    DateOf(p.due_date()),
                    p.complete_time,
                    p.satisfaction,
                    p.repurchase_days,
                    p.base_total,
                    p.cancel_reason,
                    p.planned_minutes(),
                    p.logged_minutes(),
                    p.base_cost(),
                    p.create_time,
                    p.update_time,
                    p.version,
                    SystemOf(p.external_id),
                    IdOf(p.external_id)});
  }
  const absl::Status status =
      tx.InsertMany(
            "INSERT INTO service_projects (id, customer_id, order_id, delivery_model, display_name, state,"
            " open_time, due_date, complete_time, satisfaction, repurchase_days, base_total, cancel_reason,"
            " planned_minutes, logged_minutes, base_cost, create_time, update_time, version, external_system,"
            " external_id) VALUES ",
            rows)
          .status();
  return status.ok() ? InsertTasks(tx, projects) : status;
}

absl::Status ServiceProjectStore::Update(Transaction& tx, const ServiceProject& p) {
  absl::Status status =
      tx.Execute(
            Sql("UPDATE service_projects SET display_name = ?, state = ?, due_date = ?, complete_time = ?,"
                " satisfaction = ?, cancel_reason = ?, planned_minutes = ?, logged_minutes = ?, base_cost = "
                "?, update_time = ?,"
                " version = ? WHERE id = ?",
                {p.display_name, NumberOf(p.state), DateOf(p.due_date()), p.complete_time, p.satisfaction,
                 p.cancel_reason, p.planned_minutes(), p.logged_minutes(), p.base_cost(), p.update_time,
                 p.version, p.id}))
          .status();
  if (status.ok()) {
    status = tx.Execute(Sql("DELETE FROM service_task_dependencies WHERE project_id = ?", {p.id})).status();
  }
  return status.ok() ? InsertTasks(tx, {p}) : status;
}

absl::Status ServiceProjectStore::InsertWork(Transaction& tx, Id project, const ServiceWork& work) {
  return tx
      .Execute(Sql(
          "INSERT INTO service_work (project_id, task_id, id, minutes, base_cost, event_time, note, actor)"
          " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
          {project, work.task, work.id, work.minutes, work.base_cost, work.event_time, work.note,
           work.actor}))
      .status();
}

}  // namespace clientele::lifecycle
