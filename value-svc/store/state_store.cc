#include "value-svc/store/state_store.h"

#include "value-svc/store/customer_store.h"
#include "value-svc/store/state_cursor.h"

namespace clientele::value {
namespace {

using servicekit::Row;
using servicekit::Sql;
using servicekit::SqlText;

constexpr servicekit::RowColumns kStateColumns = {"s.owner_id", "s.team_id"};

// ` FROM … WHERE …` for the rows of a state, called `s`. Owner and team lie beside the scores in force; for a
// run they are looked up among the customers, but only where somebody asks.
Sql FromState(const servicekit::Principal& principal, const State& state, const Slice& slice,
              const Sql& joined = Sql()) {
  Sql sql(state.has_value() ? SqlText(" FROM run_scores s") : SqlText(" FROM scores s"));
  const bool restricted =
      !servicekit::CheckReadsAll(principal).ok() || slice.team.has_value() || slice.owner.has_value();
  const bool by_customer = state.has_value() && restricted;
  if (by_customer) sql += Sql(" JOIN customers ON customers.id = s.customer_id");
  sql += joined;
  const servicekit::RowColumns& columns = by_customer ? kCustomerColumns : kStateColumns;
  sql += Sql(" WHERE ") + servicekit::MayRead(principal, columns) +
         SliceCondition(slice, columns, "s.customer_id");
  if (state.has_value()) sql += Sql(" AND s.run_id = ?", {*state});
  return sql;
}

// The rows of the state before, called `f`; none for who was not there.
Sql JoinBefore(const State& before) {
  if (!before.has_value()) return Sql(" LEFT JOIN scores f ON f.customer_id = s.customer_id");
  return Sql(" LEFT JOIN run_scores f ON f.run_id = ? AND f.customer_id = s.customer_id", {*before});
}

Decimal OrZero(const std::optional<Decimal>& amount) { return amount.value_or(Decimal()); }

}  // namespace

absl::StatusOr<PyramidSums> StateStore::Pyramid(Transaction& tx, const servicekit::Principal& principal,
                                                const State& state, const Slice& slice) {
  PyramidSums sums;
  StateCursor cursor(tx, principal, state, slice);
  while (true) {
    const auto rows = cursor.Next();
    if (!rows.ok()) return rows.status();
    if (rows->empty()) return sums;
    for (const StateRow& row : *rows) sums.Add(row);
  }
}

absl::StatusOr<std::map<Id, PyramidSums>> StateStore::TargetMarkets(Transaction& tx,
                                                                    const servicekit::Principal& principal,
                                                                    const State& state, const Slice& slice) {
  std::map<Id, PyramidSums> markets;
  StateCursor cursor(tx, principal, state, slice);
  while (true) {
    const auto rows = cursor.Next();
    if (!rows.ok()) return rows.status();
    if (rows->empty()) return markets;
    auto next = rows->begin();
    const absl::Status status = tx.Query(Sql(R"sql(
          SELECT customer_id, target_market_id FROM customer_target_markets
           WHERE customer_id >= ? AND customer_id <= ? ORDER BY customer_id)sql",
                                             {rows->front().customer, rows->back().customer}),
                                         [&](const Row& row) {
                                           const Id customer = row.Id(0);
                                           while (next != rows->end() && next->customer < customer) ++next;
                                           if (next != rows->end() && next->customer == customer)
                                             markets[row.Id(1)].Add(*next);
                                           return absl::OkStatus();
                                         });
    if (!status.ok()) return status;
  }
}

absl::StatusOr<std::vector<Rank>> StateStore::ListRanks(Transaction& tx,
                                                        const servicekit::Principal& principal,
                                                        const State& state, const Slice& slice,
                                                        const Sql& condition,
                                                        const std::optional<Rank>& after, int64_t limit) {
  Sql sql = Sql("SELECT s.score_micros, s.customer_id") + FromState(principal, state, slice);
  if (!condition.empty()) sql += Sql(" AND (") + condition + Sql(")");
  if (after.has_value()) {
    sql += Sql(" AND s.score_micros <= ? AND (s.score_micros < ? OR s.customer_id > ?)",
               {after->score_micros, after->score_micros, after->customer});
  }
  return tx.QueryAll(sql + Sql(" ORDER BY s.score_micros DESC, s.customer_id LIMIT ?", {limit}),
                     [](const Row& row) {
                       return Rank{row.Int64(0), row.Id(1)};
                     });
}

absl::StatusOr<std::vector<TierMove>> StateStore::Moves(Transaction& tx,
                                                        const servicekit::Principal& principal,
                                                        const State& from, const State& to,
                                                        const Slice& slice) {
  MoveSums sums;
  StateCursor before(tx, principal, from, slice), after(tx, principal, to, slice);
  const absl::Status status =
      StatePairs(before, after).ForEach([&](const StateRow* was, const StateRow& is) { sums.Add(was, is); });
  if (!status.ok()) return status;
  return sums.Moves();
}

absl::StatusOr<std::vector<StateStore::Moved>> StateStore::ListMoved(Transaction& tx,
                                                                     const servicekit::Principal& principal,
                                                                     const State& from, const State& to,
                                                                     const Slice& slice, const Sql& condition,
                                                                     Id after, int64_t limit) {
  Sql sql = Sql(R"sql(
      SELECT s.customer_id, COALESCE(f.tier, 0), s.tier, COALESCE(f.score_micros, 0), s.score_micros, f.revenue,
             s.revenue, f.profit, s.profit, COALESCE(f.contribution_1_micros, 0), COALESCE(f.contribution_2_micros, 0),
             COALESCE(f.contribution_3_micros, 0), COALESCE(f.contribution_4_micros, 0),
             COALESCE(f.contribution_5_micros, 0), s.contribution_1_micros, s.contribution_2_micros,
             s.contribution_3_micros, s.contribution_4_micros, s.contribution_5_micros)sql") +
            FromState(principal, to, slice, JoinBefore(from)) + Sql(" AND s.customer_id > ?", {after});
  if (!condition.empty()) sql += Sql(" AND (") + condition + Sql(")");
  return tx.QueryAll(sql + Sql(" ORDER BY s.customer_id LIMIT ?", {limit}), [](const Row& row) {
    Moved moved = {row.Id(0),
                   static_cast<Tier>(row.Int64(1)),
                   static_cast<Tier>(row.Int64(2)),
                   row.Int64(3),
                   row.Int64(4),
                   OrZero(row.OptionalDecimal(5)),
                   row.Decimal(6),
                   OrZero(row.OptionalDecimal(7)),
                   row.Decimal(8),
                   {},
                   {}};
    size_t column = 9;
    for (Factor factor : kFactors) moved.from_contribution[factor] = row.Int64(column++);
    for (Factor factor : kFactors) moved.to_contribution[factor] = row.Int64(column++);
    return moved;
  });
}

}  // namespace clientele::value
