#include "lifecycle-svc/store/sales_target_store.h"

#include "lifecycle-svc/store/columns.h"

namespace clientele::lifecycle {
namespace {

using servicekit::Row;

constexpr servicekit::SqlText kSelect =
    "SELECT t.id, t.team_id, t.owner_id, CAST(t.start_date AS CHAR), CAST(t.end_date AS CHAR), t.amount,"
    " t.create_time FROM sales_targets t WHERE ";

SalesTarget ReadTarget(const Row& row) {
  return {row.Id(0),         row.Id(1),      row.OptionalId(2), *ReadDate(row, 3),
          *ReadDate(row, 4), row.Decimal(5), row.Time(6)};
}

}  // namespace

absl::StatusOr<SalesTarget> SalesTargetStore::Get(Transaction& tx, Id id, const Sql& rule) {
  return tx.QueryOne(Sql(kSelect) + Sql("t.id = ? AND ", {id}) + rule, ReadTarget);
}

absl::StatusOr<std::vector<SalesTarget>> SalesTargetStore::List(Transaction& tx, const Sql& rule,
                                                                const Sql& condition, Id after, int limit) {
  return tx.QueryAll(Sql(kSelect) + Sql("t.id > ? AND ", {after}) + rule + condition +
                         Sql(" ORDER BY t.id LIMIT ?", {limit}),
                     ReadTarget);
}

absl::StatusOr<std::vector<SalesTargetStore::Attainment>> SalesTargetStore::Report(
    Transaction& tx, const Sql& rule, const Sql& order_rule, absl::CivilDay day, Id after, int limit) {
  const absl::StatusOr<std::vector<SalesTarget>> targets =
      List(tx, rule,
           Sql(" AND t.start_date <= ? AND t.end_date >= ?",
               {absl::FormatCivilTime(day), absl::FormatCivilTime(day)}),
           after, limit);
  if (!targets.ok()) return targets.status();
  std::vector<Attainment> report;
  if (targets->empty()) return report;
  std::vector<Id> ids;
  for (const SalesTarget& target : *targets) {
    ids.push_back(target.id);
    report.push_back({target, {}, 0});
  }
  const absl::Time end = absl::FromCivil(day + 1, absl::UTCTimeZone());
  // Orders by their time first: the period bounds what is read, whoever's target it is.
  const absl::Status status = tx.Query(
      Sql("SELECT t.id, CAST(SUM(o.base_total - o.base_returned) AS CHAR), COUNT(*) FROM sales_targets t"
          " JOIN orders o ON o.order_time >= t.start_date AND o.order_time < DATE_ADD(t.end_date, INTERVAL 1 "
          "DAY)"
          " JOIN journeys j ON j.customer_id = o.customer_id AND CASE WHEN t.owner_id IS NULL THEN"
          "  j.team_id IN (SELECT descendant_id FROM team_tree WHERE ancestor_id = t.team_id)"
          "  ELSE j.owner_id = t.owner_id END"
          " WHERE o.cancel_time IS NULL AND o.order_time < ? AND t.id IN ",
          {end}) +
          InList(ids) + Sql(" AND ") + order_rule + Sql(" GROUP BY t.id"),
      [&](const Row& row) {
        for (Attainment& attainment : report) {
          if (attainment.target.id != row.Id(0)) continue;
          attainment.ordered = ReadSum(row, 1);
          attainment.order_count = row.Int64(2);
        }
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return report;
}

absl::StatusOr<bool> SalesTargetStore::IsBelow(Transaction& tx, Id team, const std::vector<Id>& above) {
  if (above.empty()) return false;
  const absl::StatusOr<int64_t> found =
      tx.QueryOne(Sql("SELECT COUNT(*) FROM team_tree WHERE descendant_id = ? AND ancestor_id IN ", {team}) +
                      InList(above),
                  [](const Row& row) { return row.Int64(0); });
  if (!found.ok()) return found.status();
  return *found > 0;
}

absl::Status SalesTargetStore::Insert(Transaction& tx, const SalesTarget& t) {
  return tx
      .Execute(
          Sql("INSERT INTO sales_targets (id, team_id, owner_id, owner_key, start_date, end_date, amount,"
              " create_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
              {t.id, t.team, t.owner, t.owner.value_or(Id()), absl::FormatCivilTime(t.start_date),
               absl::FormatCivilTime(t.end_date), t.amount, t.create_time}))
      .status();
}

absl::Status SalesTargetStore::Delete(Transaction& tx, Id id) {
  return tx.Execute(Sql("DELETE FROM sales_targets WHERE id = ?", {id})).status();
}

}  // namespace clientele::lifecycle
