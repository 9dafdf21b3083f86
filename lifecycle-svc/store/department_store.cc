#include "lifecycle-svc/store/department_store.h"

#include "lifecycle-svc/domain/service_project.h"
#include "lifecycle-svc/store/columns.h"

namespace clientele::lifecycle {
namespace {

using servicekit::Row;

constexpr servicekit::SqlText kFrom = " FROM moves m JOIN journeys j ON j.customer_id = m.customer_id WHERE ";

Sql KeyOf(DepartmentLevel level) {
  switch (level) {
    case DepartmentLevel::kTeam:
      return Sql("m.department, m.team_id, NULL");
    case DepartmentLevel::kRepresentative:
      return Sql("m.department, m.team_id, m.representative_id");
    case DepartmentLevel::kDepartment:
      break;
  }
  return Sql("m.department, NULL, NULL");
}

DepartmentKey ReadKey(const Row& row) {
  return {ReadEnum<Department>(row, 0), row.OptionalId(1), row.OptionalId(2)};
}

// How often a condition, which starts with ` AND `, holds.
Sql CountIf(const Sql& condition) {
  return Sql(", SUM(CASE WHEN 1 = 1") + condition + Sql(" THEN 1 ELSE 0 END)");
}

}  // namespace

Sql DepartmentStore::IsTransition() { return Sql(" AND m.direction > 0"); }

Sql DepartmentStore::IsHandedOver() { return Sql(" AND m.handed_to > 0"); }

Sql DepartmentStore::IsBounced(const DepartmentPeriod& period) {
  return Sql(
      " AND m.handed_to > 0 AND m.stay_end_direction = ? AND m.stay_end_time < ?"
      " AND TIMESTAMPDIFF(MICROSECOND, m.event_time, m.stay_end_time) < ?",
      {NumberOf(Direction::kRegress), period.end,
       absl::ToInt64Microseconds(absl::Hours(24 * period.acceptance_days))});
}

Sql DepartmentStore::IsPending(const DepartmentPeriod& period) {
  return Sql(" AND m.handed_to > 0 AND m.stay_end_time >= ? AND m.event_time > ?",
             {period.end, period.end - absl::Hours(24 * period.acceptance_days)});
}

Sql DepartmentStore::IsAccepted(const DepartmentPeriod& period) {
  return Sql(" AND m.handed_to > 0 AND NOT (1 = 1") + IsBounced(period) + Sql(") AND NOT (1 = 1") +
         IsPending(period) + Sql(")");
}

Sql DepartmentStore::IsLost() { return Sql(" AND m.direction = ?", {NumberOf(Direction::kLose)}); }

Sql DepartmentStore::EndsStay() { return Sql(" AND m.stay_begin_time IS NOT NULL"); }

Sql DepartmentStore::IsRepurchase() { return Sql(" AND m.order_number > 1"); }

Sql DepartmentStore::IsServedRepurchase() {
  return Sql(
      " AND m.order_number > 1 AND EXISTS (SELECT 1 FROM service_projects p"
      " WHERE p.customer_id = m.customer_id AND p.state = ? AND p.complete_time < m.event_time"
      " AND m.event_time <= DATE_ADD(p.complete_time, INTERVAL p.repurchase_days DAY))",
      {NumberOf(ProjectState::kCompleted)});
}

Sql DepartmentStore::IsWithin(const DepartmentPeriod& period) {
  return Sql(
      " AND m.event_time >= ? AND m.event_time < ? AND m.department > 0 AND (m.direction > 0 OR "
      "m.order_number > 1)",
      {period.start, period.end});
}

Sql DepartmentStore::IsOf(const DepartmentKey& key, DepartmentLevel level) {
  Sql condition(" AND m.department = ?", {NumberOf(key.department)});
  if (level == DepartmentLevel::kDepartment) return condition;
  condition += key.team.has_value() ? Sql(" AND m.team_id = ?", {*key.team}) : Sql(" AND m.team_id IS NULL");
  if (level == DepartmentLevel::kTeam) return condition;
  return condition + (key.representative.has_value()
                          ? Sql(" AND m.representative_id = ?", {*key.representative})
                          : Sql(" AND m.representative_id IS NULL"));
}

absl::StatusOr<std::map<DepartmentKey, DepartmentCounts>> DepartmentStore::Count(
    Transaction& tx, const DepartmentPeriod& period, DepartmentLevel level, const Sql& rule,
    const Sql& slice) {
  std::map<DepartmentKey, DepartmentCounts> rows;
  absl::Status status =
      tx.Query(Sql("SELECT ") + KeyOf(level) + CountIf(IsTransition()) + CountIf(IsHandedOver()) +
                   CountIf(IsBounced(period)) + CountIf(IsPending(period)) + CountIf(IsLost()) +
                   CountIf(IsRepurchase()) + CountIf(IsServedRepurchase()) + Sql(kFrom) + rule + slice +
                   IsWithin(period) + Sql(" GROUP BY 1, 2, 3"),
               [&](const Row& row) {
                 DepartmentCounts& counts = rows[ReadKey(row)];
                 counts.transitions = row.Int64(3);
                 counts.handed_over = row.Int64(4);
                 counts.bounced = row.Int64(5);
                 counts.pending = row.Int64(6);
                 counts.lost = row.Int64(7);
                 counts.repurchases = row.Int64(8);
                 counts.served_repurchases = row.Int64(9);
                 return absl::OkStatus();
               });
  if (!status.ok()) return status;
  status = tx.Query(Sql("SELECT ") + KeyOf(level) +
                        Sql(", TIMESTAMPDIFF(HOUR, m.stay_begin_time, m.event_time), COUNT(*)") + Sql(kFrom) +
                        rule + slice + IsWithin(period) + EndsStay() + Sql(" GROUP BY 1, 2, 3, 4"),
                    [&](const Row& row) {
                      rows[ReadKey(row)].dwell_hours.Add(row.Int64(3), row.Int64(4));
                      return absl::OkStatus();
                    });
  if (!status.ok()) return status;
  return rows;
}

}  // namespace clientele::lifecycle
