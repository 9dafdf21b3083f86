#include "lifecycle-svc/store/funnel_store.h"

#include "lifecycle-svc/store/columns.h"

namespace clientele::lifecycle {
namespace {

using servicekit::Row;

// The journeys as of a time, under the names that they have now. The engine merges the query into the outer
// one.
Sql Journeys(const FunnelStore::AsOf& as_of) {
  if (!as_of.has_value()) return Sql("journeys j");
  return Sql(
      "(SELECT k.customer_id, k.display_name, k.owner_id, k.team_id, k.industry, m.stage_after AS stage,"
      " m.furthest_stage, m.lost_from_stage, m.recycled_count, m.event_time AS stage_time, m.enter_time"
      " FROM moves m JOIN journeys k ON k.customer_id = m.customer_id"
      " WHERE m.event_time <= ? AND m.until_time > ?) j",
      {*as_of, *as_of});
}

constexpr servicekit::SqlText kJoinVisits =
    " FROM moves m JOIN journeys j ON j.customer_id = m.customer_id WHERE m.direction > 0 AND ";

}  // namespace

absl::StatusOr<std::vector<FunnelCell>> FunnelStore::Count(Transaction& tx, const AsOf& as_of, bool by_month,
                                                           const Sql& rule, const Sql& condition) {
  // Months are counted from the year 0.
  const Sql month = by_month ? Sql("YEAR(j.enter_time) * 12 + MONTH(j.enter_time) - 1") : Sql("0");
  return tx.QueryAll(Sql("SELECT ") + month +
                         Sql(", j.stage, j.furthest_stage, j.lost_from_stage, j.recycled_count > 0, COUNT(*)"
                             " FROM ") +
                         Journeys(as_of) + Sql(" WHERE ") + rule + condition + Sql(" GROUP BY 1, 2, 3, 4, 5"),
                     [](const Row& row) {
                       return FunnelCell{row.Int64(0),
                                         ReadEnum<Stage>(row, 1),
                                         ReadEnum<Stage>(row, 2),
                                         ReadEnum<Stage>(row, 3),
                                         row.Bool(4),
                                         row.Int64(5)};
                     });
}

absl::StatusOr<std::vector<FunnelCustomer>> FunnelStore::List(Transaction& tx, const AsOf& as_of,
                                                              const Sql& rule, const Sql& condition, Id after,
                                                              int limit) {
  return tx.QueryAll(Sql("SELECT j.customer_id, j.display_name, j.owner_id, j.team_id, j.industry, j.stage, "
                         "j.furthest_stage,"
                         " j.lost_from_stage, j.recycled_count, j.stage_time, j.enter_time FROM ") +
                         Journeys(as_of) + Sql(" WHERE j.customer_id > ? AND ", {after}) + rule + condition +
                         Sql(" ORDER BY j.customer_id LIMIT ?", {limit}),
                     [](const Row& row) {
                       FunnelCustomer customer{row.Id(0),         row.Text(1), row.OptionalId(2),
                                               row.OptionalId(3), row.Text(4), {}};
                       Progress& progress = customer.progress;
                       progress.stage = ReadEnum<Stage>(row, 5);
                       progress.furthest_stage = ReadEnum<Stage>(row, 6);
                       progress.lost_from_stage = ReadEnum<Stage>(row, 7);
                       progress.recycled_count = static_cast<int>(row.Int64(8));
                       progress.stage_time = row.Time(9);
                       progress.enter_time = row.Time(10);
                       return customer;
                     });
}

absl::StatusOr<std::vector<VisitCell>> FunnelStore::CountVisits(Transaction& tx, absl::Time as_of,
                                                                const Sql& rule, const Sql& condition,
                                                                const Sql& cohort) {
  return tx.QueryAll(Sql("SELECT m.to_stage, m.until_time > ?, CASE WHEN m.until_time > ? THEN 0 ELSE"
                         " TIMESTAMPDIFF(HOUR, m.event_time, m.until_time) END, COUNT(*)",
                         {as_of, as_of}) +
                         Sql(kJoinVisits) + Sql("m.event_time <= ? AND ", {as_of}) + rule + condition +
                         cohort + Sql(" GROUP BY 1, 2, 3"),
                     [](const Row& row) {
                       return VisitCell{ReadEnum<Stage>(row, 0), row.Bool(1), row.Int64(2), row.Int64(3)};
                     });
}

absl::StatusOr<std::vector<StageVisit>> FunnelStore::ListVisits(Transaction& tx, absl::Time as_of,
                                                                Stage stage, bool open, const Sql& rule,
                                                                const Sql& condition, const Sql& cohort,
                                                                const VisitKey& after, int limit) {
  Sql sql = Sql("SELECT m.customer_id, m.id, j.display_name, m.to_stage, m.event_time, m.until_time") +
            Sql(kJoinVisits) + Sql("m.to_stage = ? AND m.event_time <= ?", {NumberOf(stage), as_of});
  sql += open ? Sql(" AND m.until_time > ? AND ", {as_of}) : Sql(" AND m.until_time <= ? AND ", {as_of});
  sql += rule + condition + cohort;
  if (!after.customer.is_nil()) {
    sql +=
        Sql(" AND m.customer_id >= ? AND (m.customer_id > ? OR m.event_time > ? OR (m.event_time = ? AND "
            "m.id > ?))",
            {after.customer, after.customer, after.start, after.start, after.transition});
  }
  return tx.QueryAll(sql + Sql(" ORDER BY m.customer_id, m.event_time, m.id LIMIT ?", {limit}),
                     [](const Row& row) {
                       return StageVisit{row.Id(0),   row.Id(1),  row.Text(2), ReadEnum<Stage>(row, 3),
                                         row.Time(4), row.Time(5)};
                     });
}

}  // namespace clientele::lifecycle
