#include "lifecycle-svc/store/sales_target_store.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/container/flat_hash_map.h"
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

using Attainment = SalesTargetStore::Attainment;

// What was ordered before `end` in the periods of representatives' targets: their customers first, and of
// each the orders of the period.
absl::Status SumOfOwners(Transaction& tx, const Sql& order_rule, absl::Time end,
                         std::vector<Attainment>& report) {
  absl::flat_hash_map<Id, Attainment*> of_owners;
  std::vector<Id> ids;
  for (Attainment& attainment : report) {
    if (!attainment.target.owner.has_value()) continue;
    of_owners[attainment.target.id] = &attainment;
    ids.push_back(attainment.target.id);
  }
  if (ids.empty()) return absl::OkStatus();
  return tx.Query(Sql("SELECT STRAIGHT_JOIN t.id, CAST(SUM(o.base_total - o.base_returned) AS CHAR), COUNT(*)"
                      " FROM sales_targets t JOIN journeys j ON j.owner_id = t.owner_id"
                      " JOIN orders o ON o.customer_id = j.customer_id AND o.order_time >= t.start_date"
                      "  AND o.order_time < DATE_ADD(t.end_date, INTERVAL 1 DAY)"
                      " WHERE o.cancel_time IS NULL AND o.order_time < ? AND t.id IN ",
                      {end}) +
                      InList(ids) + Sql(" AND ") + order_rule + Sql(" GROUP BY t.id"),
                  [&](const Row& row) {
                    Attainment& attainment = *of_owners.at(row.Id(0));
                    attainment.ordered = ReadSum(row, 1);
                    attainment.order_count = row.Int64(2);
                    return absl::OkStatus();
                  });
}

// The same for teams: the orders of a period are summed once by team, whoever's target it is, and added up
// over the teams below.
absl::Status SumOfTeams(Transaction& tx, const Sql& order_rule, absl::Time end,
                        std::vector<Attainment>& report) {
  std::map<std::pair<absl::CivilDay, absl::CivilDay>, std::vector<Attainment*>> by_period;
  std::vector<Id> teams;
  for (Attainment& attainment : report) {
    const SalesTarget& target = attainment.target;
    if (target.owner.has_value()) continue;
    by_period[{target.start_date, target.end_date}].push_back(&attainment);
    teams.push_back(target.team);
  }
  if (teams.empty()) return absl::OkStatus();
  absl::flat_hash_map<Id, std::vector<Id>> above;  // By team: those of the targets that it belongs to.
  absl::Status status =
      tx.Query(Sql("SELECT ancestor_id, descendant_id FROM team_tree WHERE ancestor_id IN ") + InList(teams),
               [&](const Row& row) {
                 above[row.Id(1)].push_back(row.Id(0));
                 return absl::OkStatus();
               });
  for (auto& [period, attainments] : by_period) {
    if (!status.ok()) return status;
    absl::flat_hash_map<Id, std::vector<Attainment*>> of_team;
    for (Attainment* attainment : attainments) of_team[attainment->target.team].push_back(attainment);
    status = tx.Query(
        Sql("SELECT j.team_id, CAST(SUM(o.base_total - o.base_returned) AS CHAR), COUNT(*) FROM orders o"
            " JOIN journeys j ON j.customer_id = o.customer_id"
            " WHERE o.cancel_time IS NULL AND j.team_id IS NOT NULL AND o.order_time >= ? AND o.order_time < "
            "?"
            " AND ",
            {absl::FromCivil(period.first, absl::UTCTimeZone()),
             std::min(end, absl::FromCivil(period.second + 1, absl::UTCTimeZone()))}) +
            order_rule + Sql(" GROUP BY j.team_id"),
        [&](const Row& row) {
          for (const Id& team : above[row.Id(0)]) {
            for (Attainment* attainment : of_team[team]) {
              attainment->ordered += ReadSum(row, 1);
              attainment->order_count += row.Int64(2);
            }
          }
          return absl::OkStatus();
        });
  }
  return status;
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
  for (const SalesTarget& target : *targets) report.push_back({target, {}, 0});
  const absl::Time end = absl::FromCivil(day + 1, absl::UTCTimeZone());
  absl::Status status = SumOfOwners(tx, order_rule, end, report);
  if (status.ok()) status = SumOfTeams(tx, order_rule, end, report);
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
