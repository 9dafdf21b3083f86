#include "value-svc/store/standing_store.h"

#include <algorithm>

#include "value-svc/store/statements.h"

namespace clientele::value {
namespace {

using servicekit::Parameter;
using servicekit::Row;
using servicekit::Sql;
using servicekit::SqlText;

constexpr servicekit::RowColumns kScoreColumns = {"scores.owner_id", "scores.team_id"};

// Scores first, whatever the optimizer thinks of it: the list comes in the order of their index.
constexpr SqlText kFrom = R"sql(
      FROM scores
      STRAIGHT_JOIN customers ON customers.id = scores.customer_id
     WHERE )sql";

Sql Where(Sql rule, const Sql& condition) {
  if (!condition.empty()) rule += Sql(" AND (") + condition + Sql(")");
  return rule;
}

Standing Decode(const Row& row) {
  Standing standing;
  standing.customer = row.Id(0);
  standing.score_micros = row.Int64(1);
  standing.stage = static_cast<Stage>(row.Int64(2));
  standing.stage_days = row.OptionalInt64(3);
  standing.tier = static_cast<Tier>(row.Int64(4));
  standing.former_tier = static_cast<Tier>(row.Int64(5));
  standing.tier_days = row.OptionalInt64(6);
  // 0 is kNone: nobody knows of who never bought.
  if (row.Int64(7) != 0) standing.probability_alive_micros = row.Int64(8);
  standing.days_since_order = row.OptionalInt64(9);
  standing.days_since_interaction = row.OptionalInt64(10);
  return standing;
}

}  // namespace

absl::StatusOr<std::vector<Standing>> StandingStore::List(Transaction& tx,
                                                          const servicekit::Principal& principal,
                                                          absl::Time as_of, const Sql& condition,
                                                          std::optional<Id> customer,
                                                          const std::optional<Rank>& after, int64_t limit) {
  Sql sql = Sql(R"sql(
    SELECT scores.customer_id, scores.score_micros, customers.stage,
           TIMESTAMPDIFF(DAY, customers.stage_time, ?), scores.tier, scores.former_tier,
           TIMESTAMPDIFF(DAY, scores.tier_time, ?), scores.sales_basis,
           scores.probability_alive_micros, TIMESTAMPDIFF(DAY, scores.last_order_time, ?),
           TIMESTAMPDIFF(DAY, scores.last_interaction_time, ?))sql",
                {as_of, as_of, as_of, as_of}) +
            Sql(kFrom) + Where(servicekit::MayRead(principal, kScoreColumns), condition);
  if (customer.has_value()) sql += Sql(" AND scores.customer_id = ?", {*customer});
  if (after.has_value()) {
    sql += Sql(" AND scores.score_micros <= ? AND (scores.score_micros < ? OR scores.customer_id > ?)",
               {after->score_micros, after->score_micros, after->customer});
  }
  return tx.QueryAll(sql + Sql(" ORDER BY scores.score_micros DESC, scores.customer_id LIMIT ?", {limit}),
                     Decode);
}

absl::StatusOr<int64_t> StandingStore::Count(Transaction& tx, const servicekit::Principal& principal,
                                             const Sql& condition) {
  return tx.QueryOne(
      Sql("SELECT COUNT(*)") + Sql(kFrom) + Where(servicekit::MayRead(principal, kScoreColumns), condition),
      [](const Row& row) { return row.Int64(0); });
}

absl::StatusOr<std::vector<Rank>> StandingStore::ListWritable(Transaction& tx,
                                                              const servicekit::Principal& principal,
                                                              const Sql& condition, int64_t limit) {
  return tx.QueryAll(Sql("SELECT scores.score_micros, scores.customer_id") + Sql(kFrom) +
                         Where(servicekit::MayWrite(principal, kScoreColumns), condition) +
                         Sql(" ORDER BY scores.customer_id LIMIT ?", {limit}),
                     [](const Row& row) {
                       return Rank{row.Int64(0), row.Id(1)};
                     });
}

absl::Status StandingStore::SetStages(Transaction& tx, const std::vector<StageChange>& changes) {
  if (changes.empty()) return absl::OkStatus();
  std::vector<Id> told;
  for (const StageChange& change : changes) told.push_back(change.customer);
  const auto gone = tx.QueryAll(Sql("SELECT id FROM gone_customers WHERE id IN ") + IdList(told),
                                [](const Row& row) { return row.Id(0); });
  if (!gone.ok()) return gone.status();
  // In the order of ids, as everywhere; of one customer the last.
  std::vector<StageChange> sorted = changes;
  std::erase_if(sorted, [&](const StageChange& change) {
    return std::find(gone->begin(), gone->end(), change.customer) != gone->end();
  });
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const StageChange& a, const StageChange& b) { return a.customer < b.customer; });
  std::vector<std::vector<Parameter>> rows;
  for (size_t i = 0; i < sorted.size(); ++i) {
    if (i + 1 < sorted.size() && sorted[i + 1].customer == sorted[i].customer) continue;
    rows.push_back({sorted[i].customer, 0, static_cast<int>(sorted[i].stage), sorted[i].since});
  }
  if (rows.empty()) return absl::OkStatus();
  return tx
      .InsertMany("INSERT INTO customers (id, version, stage, stage_time) VALUES ", rows,
                  " ON DUPLICATE KEY UPDATE stage = VALUES(stage), stage_time = VALUES(stage_time)")
      .status();
}

}  // namespace clientele::value
