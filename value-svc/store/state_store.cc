#include "value-svc/store/state_store.h"

#include <limits>

#include "value-svc/store/customer_store.h"

namespace clientele::value {
namespace {

using servicekit::Row;
using servicekit::Sql;
using servicekit::SqlText;

constexpr servicekit::RowColumns kStateColumns = {"s.owner_id", "s.team_id"};

// ` FROM … WHERE …` for the rows of a state, called `s`. Owner and team lie beside the scores in force; for a
// run they are looked up among the customers, but only where somebody asks.
Sql FromState(const servicekit::Principal& principal, const StateStore::State& state, const Slice& slice,
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
Sql JoinBefore(const StateStore::State& before) {
  if (!before.has_value()) return Sql(" LEFT JOIN scores f ON f.customer_id = s.customer_id");
  return Sql(" LEFT JOIN run_scores f ON f.run_id = ? AND f.customer_id = s.customer_id", {*before});
}

// MigrationDriver in SQL, as the factor's number, 0 for none: tiers are numbered from the top.
// `FactorsDifferAlike` in the tests holds the two together.
constexpr SqlText kDriver = R"sql(
    CASE WHEN f.tier IS NULL OR f.tier = s.tier THEN 0
         WHEN s.tier < f.tier THEN
           CASE GREATEST(0, s.contribution_1_micros - f.contribution_1_micros,
                            s.contribution_2_micros - f.contribution_2_micros,
                            s.contribution_3_micros - f.contribution_3_micros,
                            s.contribution_4_micros - f.contribution_4_micros,
                            s.contribution_5_micros - f.contribution_5_micros)
             WHEN 0 THEN 0
             WHEN s.contribution_1_micros - f.contribution_1_micros THEN 1
             WHEN s.contribution_2_micros - f.contribution_2_micros THEN 2
             WHEN s.contribution_3_micros - f.contribution_3_micros THEN 3
             WHEN s.contribution_4_micros - f.contribution_4_micros THEN 4
             ELSE 5 END
         ELSE
           CASE LEAST(0, s.contribution_1_micros - f.contribution_1_micros,
                         s.contribution_2_micros - f.contribution_2_micros,
                         s.contribution_3_micros - f.contribution_3_micros,
                         s.contribution_4_micros - f.contribution_4_micros,
                         s.contribution_5_micros - f.contribution_5_micros)
             WHEN 0 THEN 0
             WHEN s.contribution_1_micros - f.contribution_1_micros THEN 1
             WHEN s.contribution_2_micros - f.contribution_2_micros THEN 2
             WHEN s.contribution_3_micros - f.contribution_3_micros THEN 3
             WHEN s.contribution_4_micros - f.contribution_4_micros THEN 4
             ELSE 5 END
    END)sql";

int64_t Clipped(Decimal amount) {
  constexpr absl::int128 kLowest = std::numeric_limits<int64_t>::min(),
                         kHighest = std::numeric_limits<int64_t>::max();
  return static_cast<int64_t>(std::clamp(amount.micros(), kLowest, kHighest));
}

Decimal OrZero(const std::optional<Decimal>& amount) { return amount.value_or(Decimal()); }

}  // namespace

absl::StatusOr<std::vector<StateStore::TierSum>> StateStore::Pyramid(Transaction& tx,
                                                                     const servicekit::Principal& principal,
                                                                     const State& state, const Slice& slice) {
  return tx.QueryAll(Sql(R"sql(
      SELECT s.tier, COUNT(*), SUM(s.revenue), SUM(s.profit), SUM(s.value_at_risk), MIN(s.score_micros),
             MAX(s.score_micros))sql") +
                         FromState(principal, state, slice) + Sql(" GROUP BY s.tier ORDER BY s.tier"),
                     [](const Row& row) {
                       return TierSum{static_cast<Tier>(row.Int64(0)),
                                      row.Int64(1),
                                      row.Decimal(2),
                                      row.Decimal(3),
                                      row.Decimal(4),
                                      row.Int64(5),
                                      row.Int64(6)};
                     });
}

absl::StatusOr<StateStore::Values> StateStore::ValuesOf(Transaction& tx,
                                                        const servicekit::Principal& principal,
                                                        const State& state, const Slice& slice) {
  Values values;
  const absl::Status status =
      tx.Query(Sql("SELECT s.revenue, s.profit") + FromState(principal, state, slice) +
                   Sql(" AND (s.revenue <> 0 OR s.profit <> 0)"),
               [&](const Row& row) {
                 values.revenue_micros.push_back(Clipped(row.Decimal(0)));
                 values.profit_micros.push_back(Clipped(row.Decimal(1)));
                 return absl::OkStatus();
               });
  if (!status.ok()) return status;
  return values;
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

absl::StatusOr<std::vector<StateStore::Move>> StateStore::Moves(Transaction& tx,
                                                                const servicekit::Principal& principal,
                                                                const State& from, const State& to,
                                                                const Slice& slice) {
  return tx.QueryAll(Sql(R"sql(
      SELECT COALESCE(f.tier, 0) AS from_tier, s.tier AS to_tier, )sql") +
                         Sql(kDriver) +
                         Sql(R"sql( AS driver, COUNT(*), SUM(COALESCE(f.revenue, 0)), SUM(s.revenue),
             SUM(COALESCE(f.profit, 0)), SUM(s.profit))sql") +
                         FromState(principal, to, slice, JoinBefore(from)) +
                         Sql(" GROUP BY from_tier, to_tier, driver ORDER BY from_tier, to_tier, driver"),
                     [](const Row& row) {
                       Move move = {static_cast<Tier>(row.Int64(0)),
                                    static_cast<Tier>(row.Int64(1)),
                                    std::nullopt,
                                    row.Int64(3),
                                    row.Decimal(4),
                                    row.Decimal(5),
                                    row.Decimal(6),
                                    row.Decimal(7)};
                       if (row.Int64(2) != 0) move.driver = static_cast<Factor>(row.Int64(2));
                       return move;
                     });
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
