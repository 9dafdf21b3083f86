#include "value-svc/store/action_store.h"

#include "absl/container/flat_hash_map.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"
#include "value-svc/store/customer_store.h"
#include "value-svc/store/statements.h"

namespace clientele::value {
namespace {

using servicekit::MayRead;
using servicekit::Parameter;
using servicekit::Principal;
using servicekit::Row;
using servicekit::Sql;
using servicekit::SqlText;

constexpr SqlText kSelect = R"sql(
    SELECT actions.id, actions.display_name, actions.goal, actions.department, actions.policy_id,
           actions.condition_text, actions.cost, actions.hold_out_share_micros, actions.seed,
           actions.outcome_start_time, actions.outcome_end_time, actions.margin_micros, actions.treated_count,
           actions.held_out_count, actions.create_time, actions.author, actions.version
      FROM actions
     WHERE )sql";

// The customers of actions who count as themselves: those merged into others since bring nothing of their
// own.
constexpr SqlText kCustomers = R"sql(
      FROM action_customers
      JOIN customers ON customers.id = action_customers.customer_id AND customers.survivor_id IS NULL
     WHERE )sql";

// One row for each customer of an action, with net order revenue: orders less what was cancelled (6) or came
// back (7), by when that happened: within the outcome window, and in as long a time until the action was
// planned, which it cannot have changed. Times are bound where it is used.
constexpr SqlText kOutcomes = R"sql(
    SELECT action_customers.action_id, action_customers.customer_id, action_customers.held_out,
           action_customers.score_micros,
           COALESCE(SUM(IF(facts.event_time >= actions.outcome_start_time,
                           IF(facts.kind = 1, facts.amount, -facts.amount), 0)), 0) AS result,
           COALESCE(SUM(IF(facts.event_time < actions.create_time,
                           IF(facts.kind = 1, facts.amount, -facts.amount), 0)), 0) AS before_result,
           COALESCE(SUM(IF(facts.event_time >= actions.outcome_start_time,
                           IF(facts.kind = 1, 1, -1) * (facts.amount - facts.cost), 0)), 0) AS profit
      FROM actions
      JOIN action_customers ON action_customers.action_id = actions.id
      JOIN customers ON customers.id = action_customers.customer_id AND customers.survivor_id IS NULL
      LEFT JOIN facts
        ON facts.customer_id = action_customers.customer_id AND facts.kind IN (1, 6, 7) AND facts.counted = 1
       AND facts.event_time >= actions.create_time -
                               INTERVAL TIMESTAMPDIFF(SECOND, actions.outcome_start_time, actions.outcome_end_time) SECOND
       AND facts.event_time < LEAST(actions.outcome_end_time, ?)
     WHERE )sql";

constexpr SqlText kSums = R"sql(
    SELECT action_id, held_out, COUNT(*), SUM(result), SUM(result * result), SUM(before_result),
           SUM(before_result * before_result), SUM(result * before_result), SUM(profit))sql";

// A row for each customer of the actions, with its outcome in numbers that may be squared.
Sql OutcomeRows(const Principal& principal, const ActionStore::Planned& planned, absl::Time until) {
  return Sql(R"sql(
        SELECT action_id, customer_id, held_out, CAST(result AS DOUBLE) AS result,
               CAST(before_result AS DOUBLE) AS before_result, CAST(profit AS DOUBLE) AS profit
          FROM ()sql") +
         Sql(kOutcomes, {until}) + MayRead(principal, kCustomerColumns) +
         SliceCondition(planned.slice, kCustomerColumns, "customers.id") +
         Sql(R"sql( AND actions.create_time >= ? AND actions.create_time < ?
                GROUP BY action_customers.action_id, action_customers.customer_id, action_customers.held_out,
                         action_customers.score_micros) AS outcomes)sql",
             {planned.start, planned.end});
}

ActionStore::GroupSum DecodeSum(const Row& row) {
  return {row.Id(0),     row.Bool(1),   row.OptionalId(9), row.Int64(2),  row.Double(3),
          row.Double(4), row.Double(5), row.Double(6),     row.Double(7), row.Double(8)};
}

Action Decode(const Row& row) {
  Action action;
  action.id = row.Id(0);
  action.display_name = row.Text(1);
  action.goal = static_cast<Goal>(row.Int64(2));
  action.department = static_cast<Department>(row.Int64(3));
  action.policy = row.OptionalId(4);
  action.condition = row.Text(5);
  action.cost = row.Decimal(6);
  action.hold_out_share_micros = row.Int64(7);
  action.seed = row.Int64(8);
  action.outcome_start = row.Time(9);
  action.outcome_end = row.Time(10);
  action.margin_micros = row.Int64(11);
  action.treated_count = row.Int64(12);
  action.held_out_count = row.Int64(13);
  action.create_time = row.Time(14);
  action.author = row.Text(15);
  action.version = row.Int64(16);
  return action;
}

absl::Status NoSuchAction(Id id) {
  return absl::NotFoundError(servicekit::StrCat("there is no ", servicekit::NameOf("actions", id)));
}

absl::Status InsertCost(Transaction& tx, const Action& action, const std::string& author, absl::Time time) {
  return tx
      .InsertMany("INSERT INTO action_costs (action_id, version, cost, author, create_time) VALUES ",
                  {{action.id, action.version, action.cost, author, time}})
      .status();
}

Sql MaySee(const Principal& principal) {
  return Sql("EXISTS (SELECT 1") + Sql(kCustomers) + MayRead(principal, kCustomerColumns) +
         Sql(" AND action_customers.action_id = actions.id)");
}

// Fills in how many of each group there are to see.
absl::Status CountGroups(Transaction& tx, const Principal& principal,
                         std::vector<ActionStore::Seen>& actions) {
  if (actions.empty()) return absl::OkStatus();
  std::vector<Id> ids;
  absl::flat_hash_map<Id, ActionStore::Seen*> by_id;
  for (ActionStore::Seen& seen : actions) {
    ids.push_back(seen.action.id);
    by_id[seen.action.id] = &seen;
  }
  return tx.Query(Sql("SELECT action_customers.action_id, action_customers.held_out, COUNT(*)") +
                      Sql(kCustomers) + MayRead(principal, kCustomerColumns) +
                      Sql(" AND action_customers.action_id IN ") + IdList(ids) +
                      Sql(" GROUP BY action_customers.action_id, action_customers.held_out"),
                  [&](const Row& row) {
                    ActionStore::Seen& seen = *by_id[row.Id(0)];
                    (row.Bool(1) ? seen.held_out_count : seen.treated_count) = row.Int64(2);
                    return absl::OkStatus();
                  });
}

}  // namespace

absl::Status ActionStore::Insert(Transaction& tx, const Action& action,
                                 absl::Span<const ActionCustomer> customers) {
  const auto inserted = tx.InsertMany(
      R"sql(
        INSERT INTO actions (id, display_name, goal, department, policy_id, condition_text, cost,
                             hold_out_share_micros, seed, outcome_start_time, outcome_end_time, margin_micros,
                             treated_count, held_out_count, create_time, author, version) VALUES )sql",
      {{action.id, action.display_name, static_cast<int>(action.goal), static_cast<int>(action.department),
        action.policy, action.condition, action.cost, action.hold_out_share_micros, action.seed,
        action.outcome_start, action.outcome_end, action.margin_micros, action.treated_count,
        action.held_out_count, action.create_time, action.author, action.version}});
  if (!inserted.ok()) return inserted.status();
  std::vector<std::vector<Parameter>> rows;
  rows.reserve(customers.size());
  for (const ActionCustomer& customer : customers) {
    rows.push_back({action.id, customer.customer, customer.held_out, customer.score_micros});
  }
  const auto chosen = tx.InsertMany(
      "INSERT INTO action_customers (action_id, customer_id, held_out, score_micros) VALUES ", rows);
  if (!chosen.ok()) return chosen.status();
  return InsertCost(tx, action, action.author, action.create_time);
}

absl::StatusOr<ActionStore::Seen> ActionStore::Get(Transaction& tx, const Principal& principal, Id id) {
  auto action = tx.QueryOne(Sql(kSelect) + MaySee(principal) + Sql(" AND actions.id = ?", {id}), Decode);
  if (absl::IsNotFound(action.status())) return NoSuchAction(id);
  if (!action.ok()) return action.status();
  std::vector<Seen> seen = {Seen{*std::move(action)}};
  if (absl::Status status = CountGroups(tx, principal, seen); !status.ok()) return status;
  return std::move(seen.front());
}

absl::StatusOr<std::vector<ActionStore::Seen>> ActionStore::List(Transaction& tx, const Principal& principal,
                                                                 const std::optional<Place>& after,
                                                                 int64_t limit) {
  Sql sql = Sql(kSelect) + MaySee(principal);
  if (after.has_value()) {
    sql += Sql(" AND actions.create_time <= ? AND (actions.create_time < ? OR actions.id < ?)",
               {after->create_time, after->create_time, after->id});
  }
  auto actions =
      tx.QueryAll(sql + Sql(" ORDER BY actions.create_time DESC, actions.id DESC LIMIT ?", {limit}),
                  [](const Row& row) { return Seen{Decode(row)}; });
  if (!actions.ok()) return actions;
  if (absl::Status status = CountGroups(tx, principal, *actions); !status.ok()) return status;
  return actions;
}

absl::StatusOr<std::vector<ActionCustomer>> ActionStore::ListCustomers(Transaction& tx,
                                                                       const Principal& principal, Id id,
                                                                       std::optional<Id> after,
                                                                       int64_t limit) {
  Sql sql =
      Sql("SELECT action_customers.customer_id, action_customers.held_out, action_customers.score_micros") +
      Sql(kCustomers) + MayRead(principal, kCustomerColumns) +
      Sql(" AND action_customers.action_id = ?", {id});
  if (after.has_value()) sql += Sql(" AND action_customers.customer_id > ?", {*after});
  return tx.QueryAll(sql + Sql(" ORDER BY action_customers.customer_id LIMIT ?", {limit}),
                     [](const Row& row) {
                       return ActionCustomer{row.Id(0), row.Bool(1), row.Int64(2)};
                     });
}

absl::Status ActionStore::CountMerged(Transaction& tx, absl::Span<Action* const> actions) {
  absl::flat_hash_map<Id, Action*> by_id;
  std::vector<Id> ids;
  for (Action* action : actions) {
    by_id[action->id] = action;
    ids.push_back(action->id);
  }
  if (ids.empty()) return absl::OkStatus();
  return tx.Query(Sql(R"sql(
        SELECT action_customers.action_id, COUNT(*)
          FROM action_customers
          JOIN customers ON customers.id = action_customers.customer_id
         WHERE customers.survivor_id IS NOT NULL AND action_customers.held_out = 0
           AND action_customers.action_id IN )sql") +
                      IdList(ids) + Sql(" GROUP BY action_customers.action_id"),
                  [&](const Row& row) {
                    by_id[row.Id(0)]->merged_count = row.Int64(1);
                    return absl::OkStatus();
                  });
}

absl::StatusOr<int64_t> ActionStore::VersionForUpdate(Transaction& tx, Id id) {
  auto version = tx.QueryOne(Sql("SELECT version FROM actions WHERE id = ? FOR UPDATE", {id}),
                             [](const Row& row) { return row.Int64(0); });
  if (absl::IsNotFound(version.status())) return NoSuchAction(id);
  return version;
}

absl::Status ActionStore::SetCost(Transaction& tx, const Action& action, const std::string& author,
                                  absl::Time time) {
  const auto updated = tx.Execute(
      Sql("UPDATE actions SET cost = ?, version = ? WHERE id = ?", {action.cost, action.version, action.id}));
  if (!updated.ok()) return updated.status();
  return InsertCost(tx, action, author, time);
}

absl::StatusOr<std::vector<ActionOutcome>> ActionStore::Outcomes(Transaction& tx, const Principal& principal,
                                                                 const Action& action, absl::Time until) {
  return tx.QueryAll(Sql(kOutcomes, {until}) + MayRead(principal, kCustomerColumns) +
                         Sql(R"sql( AND actions.id = ?
                           GROUP BY action_customers.action_id, action_customers.customer_id,
                                    action_customers.held_out, action_customers.score_micros)sql",
                             {action.id}),
                     [](const Row& row) {
                       return ActionOutcome{row.Bool(2), row.Int64(3), row.Decimal(4).ToDouble(),
                                            row.Decimal(5).ToDouble(), row.Decimal(6).ToDouble()};
                     });
}

absl::StatusOr<std::vector<ActionStore::GroupSum>> ActionStore::Sums(Transaction& tx,
                                                                     const Principal& principal,
                                                                     const Planned& planned,
                                                                     absl::Time until) {
  return tx.QueryAll(Sql(kSums) + Sql(", NULL FROM (") + OutcomeRows(principal, planned, until) +
                         Sql(") AS numbers GROUP BY action_id, held_out"),
                     DecodeSum);
}

absl::StatusOr<std::vector<ActionStore::GroupSum>> ActionStore::SumsByTargetMarket(Transaction& tx,
                                                                                   const Principal& principal,
                                                                                   const Planned& planned,
                                                                                   absl::Time until) {
  return tx.QueryAll(Sql(kSums) + Sql(", target_market_id FROM (") + OutcomeRows(principal, planned, until) +
                         Sql(R"sql() AS numbers
          JOIN customer_target_markets ON customer_target_markets.customer_id = numbers.customer_id
         GROUP BY target_market_id, action_id, held_out)sql"),
                     DecodeSum);
}

absl::StatusOr<std::vector<absl::Time>> ActionStore::OutcomeTimes(Transaction& tx) {
  return tx.QueryAll(Sql("SELECT outcome_start_time FROM actions UNION SELECT outcome_end_time FROM actions"),
                     [](const Row& row) { return row.Time(0); });
}

absl::StatusOr<std::vector<Action>> ActionStore::PlannedBetween(Transaction& tx, absl::Time start,
                                                                absl::Time end) {
  auto actions = tx.QueryAll(
      Sql(kSelect) + Sql("actions.create_time >= ? AND actions.create_time < ?", {start, end}), Decode);
  if (!actions.ok()) return actions;
  std::vector<Action*> all;
  for (Action& action : *actions) all.push_back(&action);
  if (absl::Status status = CountMerged(tx, all); !status.ok()) return status;
  return actions;
}

}  // namespace clientele::value
