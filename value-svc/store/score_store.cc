#include "value-svc/store/score_store.h"

#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"
#include "value-svc/store/slice.h"
#include "value-svc/store/state_chunks.h"
#include "value-svc/store/statements.h"

namespace clientele::value {
namespace {

using servicekit::Parameter;
using servicekit::Row;
using servicekit::Sql;
using servicekit::SqlText;

// Owner and team are kept beside the score: CustomerStore::Keep changes them there too.
constexpr servicekit::RowColumns kScoreColumns = {"scores.owner_id", "scores.team_id"};

constexpr SqlText kSelect = R"sql(
    SELECT scores.customer_id, scores.model_id, scores.as_of_time, scores.tier, scores.score_micros,
           scores.sales_contribution_micros, scores.sales_expectation_micros, scores.credit_micros,
           scores.profit_contribution_micros, scores.demonstration_effect_micros, scores.sales_contribution_raw,
           scores.sales_expectation_raw, scores.credit_raw, scores.profit_contribution_raw,
           scores.demonstration_effect_raw, scores.revenue, scores.profit, scores.expected_pipeline,
           scores.cost_to_serve, scores.days_beyond_terms_micros, scores.order_count, scores.open_opportunity_count,
           scores.due_order_count, scores.interaction_count, scores.won_referral_count, scores.pending_tier,
           scores.confirmations, scores.contribution_1_micros, scores.contribution_2_micros,
           scores.contribution_3_micros, scores.contribution_4_micros, scores.contribution_5_micros,
           scores.value_at_risk, scores.sales_basis, scores.probability_alive_micros, scores.expected_purchases_micros,
           scores.expected_spend, scores.last_order_time, scores.last_interaction_time, scores.pipeline_deviation,
           scores.pipeline_by_age, scores.late_order_count, scores.open_amount, scores.overdue_amount,
           scores.credit_limit
      FROM scores
     WHERE )sql";

struct Owner {
  std::optional<Id> owner;
  std::optional<Id> team;
};

Score Decode(const Row& row) {
  Score score;
  size_t column = 0;
  score.customer = row.Id(column++);
  score.model = row.Id(column++);
  score.as_of = row.Time(column++);
  score.tier.tier = static_cast<Tier>(row.Int64(column++));
  score.score_micros = row.Int64(column++);
  for (Factor factor : kFactors) score.factor_micros[factor] = row.Int64(column++);
  for (Factor factor : kFactors) score.raw_micros[factor] = row.Int64(column++);
  score.revenue = row.Decimal(column++);
  score.profit = row.Decimal(column++);
  score.expected_pipeline = row.Decimal(column++);
  score.cost_to_serve = row.Decimal(column++);
  score.days_beyond_terms_micros = row.Int64(column++);
  score.order_count = row.Int64(column++);
  score.open_opportunity_count = row.Int64(column++);
  score.due_order_count = row.Int64(column++);
  score.interaction_count = row.Int64(column++);
  score.won_referral_count = row.Int64(column++);
  score.tier.pending = static_cast<Tier>(row.Int64(column++));
  score.tier.confirmations = row.Int64(column++);
  for (Factor factor : kFactors) score.contribution_micros[factor] = row.Int64(column++);
  score.value_at_risk = row.Decimal(column++);
  score.repeat.basis = static_cast<SalesBasis>(row.Int64(column++));
  score.repeat.probability_alive_micros = row.Int64(column++);
  score.repeat.expected_purchases_micros = row.Int64(column++);
  score.repeat.expected_spend = row.Decimal(column++);
  score.repeat.expected_revenue =
      Decimal::FromMicros(score.raw_micros[Factor::kSalesExpectation]) - score.expected_pipeline;
  score.last_order_time = row.OptionalTime(column++);
  score.last_interaction_time = row.OptionalTime(column++);
  score.pipeline_deviation = row.Decimal(column++);
  score.pipeline_by_age = row.Bool(column++);
  score.late_order_count = row.Int64(column++);
  score.open_amount = row.Decimal(column++);
  score.overdue_amount = row.Decimal(column++);
  score.credit_limit = row.Decimal(column++);
  return score;
}

std::vector<Parameter> Encode(const Score& score, const Owner& owner) {
  std::vector<Parameter> values = {score.customer, score.model, score.as_of,
                                   static_cast<int>(score.tier.tier), score.score_micros};
  values.reserve(48);
  for (Factor factor : kFactors) values.push_back(score.factor_micros[factor]);
  for (Factor factor : kFactors) values.push_back(score.raw_micros[factor]);
  values.insert(values.end(),
                {score.revenue, score.profit, score.expected_pipeline, score.cost_to_serve,
                 score.days_beyond_terms_micros, score.order_count, score.open_opportunity_count,
                 score.due_order_count, score.interaction_count, score.won_referral_count, owner.owner,
                 owner.team, static_cast<int>(score.tier.pending), score.tier.confirmations});
  for (Factor factor : kFactors) values.push_back(score.contribution_micros[factor]);
  values.insert(
      values.end(),
      {score.value_at_risk, static_cast<int>(score.repeat.basis), score.repeat.probability_alive_micros,
       score.repeat.expected_purchases_micros, score.repeat.expected_spend, score.last_order_time,
       score.last_interaction_time, score.as_of, score.pipeline_deviation, score.pipeline_by_age,
       score.late_order_count, score.open_amount, score.overdue_amount, score.credit_limit});
  return values;
}

}  // namespace

absl::Status ScoreStore::Put(Transaction& tx, absl::Span<const Score> scores) {
  if (scores.empty()) return absl::OkStatus();
  std::vector<Id> customers;
  for (const Score& score : scores) customers.push_back(score.customer);
  if (absl::Status status = StateChunks::Touch(tx, State(), customers); !status.ok()) return status;
  absl::flat_hash_map<Id, Owner> owners;
  const absl::Status read =
      tx.Query(Sql("SELECT id, owner_id, team_id FROM customers WHERE id IN ") + IdList(customers),
               [&](const Row& row) {
                 owners[row.Id(0)] = {row.OptionalId(1), row.OptionalId(2)};
                 return absl::OkStatus();
               });
  if (!read.ok()) return read;
  std::vector<std::vector<Parameter>> rows;
  rows.reserve(scores.size());
  for (const Score& score : scores) rows.push_back(Encode(score, owners[score.customer]));
  return tx
      .InsertMany(R"sql(
        INSERT INTO scores (customer_id, model_id, as_of_time, tier, score_micros, sales_contribution_micros,
                            sales_expectation_micros, credit_micros, profit_contribution_micros,
                            demonstration_effect_micros, sales_contribution_raw, sales_expectation_raw, credit_raw,
                            profit_contribution_raw, demonstration_effect_raw, revenue, profit, expected_pipeline,
                            cost_to_serve, days_beyond_terms_micros, order_count, open_opportunity_count,
                            due_order_count, interaction_count, won_referral_count, owner_id, team_id, pending_tier,
                            confirmations, contribution_1_micros, contribution_2_micros, contribution_3_micros,
                            contribution_4_micros, contribution_5_micros, value_at_risk, sales_basis,
                            probability_alive_micros, expected_purchases_micros, expected_spend, last_order_time,
                            last_interaction_time, tier_time, pipeline_deviation, pipeline_by_age,
                            late_order_count, open_amount, overdue_amount, credit_limit) VALUES )sql",
                  rows, R"sql(
        ON DUPLICATE KEY UPDATE
            -- Before the tier itself, since assignments go from left to right.
            former_tier = IF(tier = VALUES(tier), former_tier, tier),
            tier_time = IF(tier = VALUES(tier), tier_time, VALUES(tier_time)),
            model_id = VALUES(model_id), as_of_time = VALUES(as_of_time), tier = VALUES(tier),
            score_micros = VALUES(score_micros), sales_contribution_micros = VALUES(sales_contribution_micros),
            sales_expectation_micros = VALUES(sales_expectation_micros), credit_micros = VALUES(credit_micros),
            profit_contribution_micros = VALUES(profit_contribution_micros),
            demonstration_effect_micros = VALUES(demonstration_effect_micros),
            sales_contribution_raw = VALUES(sales_contribution_raw),
            sales_expectation_raw = VALUES(sales_expectation_raw), credit_raw = VALUES(credit_raw),
            profit_contribution_raw = VALUES(profit_contribution_raw),
            demonstration_effect_raw = VALUES(demonstration_effect_raw), revenue = VALUES(revenue),
            profit = VALUES(profit), expected_pipeline = VALUES(expected_pipeline),
            cost_to_serve = VALUES(cost_to_serve), days_beyond_terms_micros = VALUES(days_beyond_terms_micros),
            order_count = VALUES(order_count), open_opportunity_count = VALUES(open_opportunity_count),
            due_order_count = VALUES(due_order_count), interaction_count = VALUES(interaction_count),
            won_referral_count = VALUES(won_referral_count), owner_id = VALUES(owner_id),
            team_id = VALUES(team_id), pending_tier = VALUES(pending_tier), confirmations = VALUES(confirmations),
            contribution_1_micros = VALUES(contribution_1_micros),
            contribution_2_micros = VALUES(contribution_2_micros),
            contribution_3_micros = VALUES(contribution_3_micros),
            contribution_4_micros = VALUES(contribution_4_micros),
            contribution_5_micros = VALUES(contribution_5_micros), value_at_risk = VALUES(value_at_risk),
            sales_basis = VALUES(sales_basis), probability_alive_micros = VALUES(probability_alive_micros),
            expected_purchases_micros = VALUES(expected_purchases_micros),
            expected_spend = VALUES(expected_spend), last_order_time = VALUES(last_order_time),
            last_interaction_time = VALUES(last_interaction_time),
            pipeline_deviation = VALUES(pipeline_deviation), pipeline_by_age = VALUES(pipeline_by_age),
            late_order_count = VALUES(late_order_count), open_amount = VALUES(open_amount),
            overdue_amount = VALUES(overdue_amount), credit_limit = VALUES(credit_limit))sql")
      .status();
}

absl::Status ScoreStore::Remove(Transaction& tx, absl::Span<const Id> customers) {
  if (customers.empty()) return absl::OkStatus();
  if (absl::Status status = StateChunks::Touch(tx, State(), customers); !status.ok()) return status;
  return tx.Execute(Sql("DELETE FROM scores WHERE customer_id IN ") + IdList(customers)).status();
}

absl::StatusOr<absl::flat_hash_map<Id, Tier>> ScoreStore::Tiers(Transaction& tx,
                                                                absl::Span<const Id> customers) {
  absl::flat_hash_map<Id, Tier> tiers;
  if (customers.empty()) return tiers;
  const absl::Status status =
      tx.Query(Sql("SELECT customer_id, tier FROM scores WHERE customer_id IN ") + IdList(customers),
               [&](const Row& row) {
                 tiers[row.Id(0)] = static_cast<Tier>(row.Int64(1));
                 return absl::OkStatus();
               });
  if (!status.ok()) return status;
  return tiers;
}

absl::StatusOr<Score> ScoreStore::Get(Transaction& tx, const servicekit::Principal& principal, Id customer) {
  auto score = tx.QueryOne(Sql(kSelect) + servicekit::MayRead(principal, kScoreColumns) +
                               Sql(" AND scores.customer_id = ?", {customer}),
                           Decode);
  if (absl::IsNotFound(score.status())) {
    return absl::NotFoundError(servicekit::StrCat("there is no ", servicekit::NameOf("customers", customer),
                                                  ", or it has not been scored yet"));
  }
  return score;
}

absl::StatusOr<std::vector<Score>> ScoreStore::List(Transaction& tx, const servicekit::Principal& principal,
                                                    const Slice& slice, const Sql& condition,
                                                    const std::optional<Rank>& after, int64_t limit) {
  Sql sql = Sql(kSelect) + servicekit::MayRead(principal, kScoreColumns) +
            SliceCondition(slice, kScoreColumns, "scores.customer_id");
  if (!condition.empty()) sql += Sql(" AND (") + condition + Sql(")");
  if (after.has_value()) {
    sql += Sql(" AND scores.score_micros <= ? AND (scores.score_micros < ? OR scores.customer_id > ?)",
               {after->score_micros, after->score_micros, after->customer});
  }
  return tx.QueryAll(sql + Sql(" ORDER BY scores.score_micros DESC, scores.customer_id LIMIT ?", {limit}),
                     Decode);
}

}  // namespace clientele::value
