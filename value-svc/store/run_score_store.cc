#include "value-svc/store/run_score_store.h"

#include "value-svc/store/state_chunks.h"

namespace clientele::value {
namespace {

using servicekit::Parameter;
using servicekit::Row;
using servicekit::Sql;

absl::StatusOr<RunScoreStore::States> ReadStates(Transaction& tx, const Sql& sql) {
  RunScoreStore::States states;
  const absl::Status status = tx.Query(sql, [&](const Row& row) {
    states[row.Id(0)] = {static_cast<Tier>(row.Int64(1)), static_cast<Tier>(row.Int64(2)), row.Int64(3)};
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return states;
}

RunScoreStore::Record Decode(const Row& row) {
  RunScoreStore::Record record;
  size_t column = 0;
  record.run = row.Id(column++);
  record.model = row.Id(column++);
  record.as_of = row.Time(column++);
  record.tier.tier = static_cast<Tier>(row.Int64(column++));
  record.tier.pending = static_cast<Tier>(row.Int64(column++));
  record.tier.confirmations = row.Int64(column++);
  record.score_micros = row.Int64(column++);
  for (Factor factor : kFactors) record.contribution_micros[factor] = row.Int64(column++);
  record.revenue = row.Decimal(column++);
  record.profit = row.Decimal(column++);
  return record;
}

}  // namespace

absl::Status RunScoreStore::Put(Transaction& tx, Id run, absl::Span<const Score> scores) {
  std::vector<Id> customers;
  customers.reserve(scores.size());
  for (const Score& score : scores) customers.push_back(score.customer);
  if (absl::Status status = StateChunks::Touch(tx, run, customers); !status.ok()) return status;
  std::vector<std::vector<Parameter>> rows;
  rows.reserve(scores.size());
  for (const Score& score : scores) {
    std::vector<Parameter>& values = rows.emplace_back();
    values = {run,
              score.customer,
              static_cast<int>(score.tier.tier),
              static_cast<int>(score.tier.pending),
              score.tier.confirmations,
              score.score_micros};
    for (Factor factor : kFactors) values.push_back(score.contribution_micros[factor]);
    values.insert(values.end(), {score.revenue, score.profit, score.value_at_risk});
  }
  return tx
      .InsertMany(R"sql(
        INSERT INTO run_scores (run_id, customer_id, tier, pending_tier, confirmations, score_micros,
                                contribution_1_micros, contribution_2_micros, contribution_3_micros,
                                contribution_4_micros, contribution_5_micros, revenue, profit, value_at_risk)
        VALUES )sql",
                  rows, R"sql(
        ON DUPLICATE KEY UPDATE
            tier = VALUES(tier), pending_tier = VALUES(pending_tier), confirmations = VALUES(confirmations),
            score_micros = VALUES(score_micros), contribution_1_micros = VALUES(contribution_1_micros),
            contribution_2_micros = VALUES(contribution_2_micros),
            contribution_3_micros = VALUES(contribution_3_micros),
            contribution_4_micros = VALUES(contribution_4_micros),
            contribution_5_micros = VALUES(contribution_5_micros), revenue = VALUES(revenue),
            profit = VALUES(profit), value_at_risk = VALUES(value_at_risk))sql")
      .status();
}

absl::Status RunScoreStore::Remove(Transaction& tx, Id run, absl::Span<const Id> customers) {
  if (customers.empty()) return absl::OkStatus();
  if (absl::Status status = StateChunks::Touch(tx, run, customers); !status.ok()) return status;
  return tx
      .Execute(Sql("DELETE FROM run_scores WHERE run_id = ? AND customer_id IN ", {run}) + IdList(customers))
      .status();
}

absl::StatusOr<int64_t> RunScoreStore::RemoveSome(Transaction& tx, Id run, int64_t limit) {
  return tx.Execute(Sql("DELETE FROM run_scores WHERE run_id = ? LIMIT ?", {run, limit}));
}

absl::StatusOr<RunScoreStore::States> RunScoreStore::TierStates(Transaction& tx, Id run,
                                                                const CustomerRange& range) {
  return ReadStates(tx, Sql(R"sql(
      SELECT customer_id, tier, pending_tier, confirmations FROM run_scores
       WHERE run_id = ? AND customer_id > ? AND customer_id <= ?)sql",
                            {run, range.after, range.through}));
}

absl::StatusOr<RunScoreStore::States> RunScoreStore::TierStates(Transaction& tx, Id run,
                                                                absl::Span<const Id> customers) {
  if (customers.empty()) return States();
  return ReadStates(tx, Sql(R"sql(
      SELECT customer_id, tier, pending_tier, confirmations FROM run_scores
       WHERE run_id = ? AND customer_id IN )sql",
                            {run}) +
                            IdList(customers));
}

absl::StatusOr<std::vector<RunScoreStore::Record>> RunScoreStore::History(Transaction& tx, Id customer,
                                                                          const std::optional<Key>& below,
                                                                          int64_t limit) {
  Sql sql(R"sql(
      SELECT scoring_runs.id, scoring_runs.model_id, scoring_runs.as_of_time, run_scores.tier,
             run_scores.pending_tier, run_scores.confirmations, run_scores.score_micros,
             run_scores.contribution_1_micros, run_scores.contribution_2_micros, run_scores.contribution_3_micros,
             run_scores.contribution_4_micros, run_scores.contribution_5_micros, run_scores.revenue,
             run_scores.profit
        FROM scoring_runs JOIN run_scores ON run_scores.run_id = scoring_runs.id
       WHERE scoring_runs.state = 3 AND scoring_runs.purpose <> 3 AND run_scores.customer_id = ?)sql",
          {customer});
  if (below.has_value()) {
    sql += Sql(" AND scoring_runs.as_of_time <= ? AND (scoring_runs.as_of_time < ? OR scoring_runs.id < ?)",
               {below->as_of, below->as_of, below->run});
  }
  return tx.QueryAll(
      sql + Sql(" ORDER BY scoring_runs.as_of_time DESC, scoring_runs.id DESC LIMIT ?", {limit}), Decode);
}

}  // namespace clientele::value
