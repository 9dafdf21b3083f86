#include "lifecycle-svc/domain/opportunity.h"
#include "lifecycle-svc/store/columns.h"
#include "lifecycle-svc/store/funnel_store.h"

namespace clientele::lifecycle {
namespace {

using servicekit::Row;

constexpr servicekit::SqlText kTeam =
    "COALESCE((SELECT r.team_id FROM representatives r WHERE r.id = COALESCE(o.owner_id, j.owner_id)), "
    "j.team_id)";

Sql KeyOf(VelocityGroup group) {
  switch (group) {
    case VelocityGroup::kOwner:
      return Sql("COALESCE(o.owner_id, j.owner_id)");
    case VelocityGroup::kTeam:
      return Sql(kTeam);
    case VelocityGroup::kIndustry:
      return Sql("j.industry");
    case VelocityGroup::kProduct:
      return Sql("o.product_id");
    case VelocityGroup::kTargetMarket:
      return Sql("t.target_market_id");
    case VelocityGroup::kNone:
      break;
  }
  return Sql("NULL");
}

}  // namespace

Sql VelocityStore::IsOpen(absl::Time as_of) {
  return Sql("(o.open_time <= ? AND (o.close_time IS NULL OR o.close_time > ?))", {as_of, as_of});
}

Sql VelocityStore::IsClosed(bool won, absl::Time start, absl::Time as_of) {
  return Sql("(o.step = ? AND o.close_time >= ? AND o.close_time <= ?)",
             {NumberOf(won ? SalesStep::kWon : SalesStep::kLost), start, as_of});
}

Sql VelocityStore::OwnerIs(Id owner) { return Sql(" AND COALESCE(o.owner_id, j.owner_id) = ?", {owner}); }

Sql VelocityStore::TeamIsUnder(Id team) {
  return Sql(" AND (") + Sql(kTeam) + Sql(" = ? OR ", {team}) + Sql(kTeam) +
         Sql(" IN (SELECT descendant_id FROM team_tree WHERE ancestor_id = ?))", {team});
}

Sql VelocityStore::GroupIs(VelocityGroup group, const std::optional<Id>& id, const std::string& industry) {
  switch (group) {
    case VelocityGroup::kNone:
      return Sql();
    case VelocityGroup::kIndustry:
      return Sql(" AND j.industry = ?", {industry});
    case VelocityGroup::kTargetMarket:
      return id.has_value() ? Sql(" AND EXISTS (SELECT 1 FROM target_market_members t WHERE t.customer_id = "
                                  "o.customer_id"
                                  " AND t.target_market_id = ?)",
                                  {*id})
                            : Sql(" AND NOT EXISTS (SELECT 1 FROM target_market_members t"
                                  " WHERE t.customer_id = o.customer_id)");
    default:
      // NULL is what has none.
      return Sql(" AND ") + KeyOf(group) + (id.has_value() ? Sql(" = ?", {*id}) : Sql(" IS NULL"));
  }
}

absl::StatusOr<std::vector<VelocityRow>> VelocityStore::Count(Transaction& tx, VelocityGroup group,
                                                              absl::Time start, absl::Time as_of,
                                                              const Sql& rule, const Sql& condition) {
  const Sql won = IsClosed(true, start, as_of);
  Sql sql =
      Sql("SELECT ") + KeyOf(group) + Sql(", COALESCE(SUM(") + IsOpen(as_of) + Sql("), 0), COALESCE(SUM(") +
      // A comparison with NULL is NULL, which is not counted.
      Sql("CASE WHEN ") + won + Sql(" THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN ") +
      IsClosed(false, start, as_of) + Sql(" THEN 1 ELSE 0 END), 0), CAST(SUM(CASE WHEN ") + won +
      // What was kept of its order: nothing of one that was cancelled since (state 3).
      Sql(" AND w.state <> 3 THEN w.base_total - w.base_returned END) AS CHAR), COALESCE(SUM(CASE WHEN ") +
      won +
      Sql(" THEN TIMESTAMPDIFF(SECOND, o.open_time, o.close_time) END), 0)"
          " FROM opportunities o JOIN journeys j ON j.customer_id = o.customer_id"
          " LEFT JOIN orders w ON w.id = o.order_id");
  if (group == VelocityGroup::kTargetMarket) {
    sql += Sql(" LEFT JOIN target_market_members t ON t.customer_id = o.customer_id");
  }
  sql += Sql(" WHERE ") + rule + condition;
  if (group != VelocityGroup::kNone) sql += Sql(" GROUP BY 1 ORDER BY 1");
  return tx.QueryAll(sql, [group](const Row& row) {
    VelocityRow velocity;
    if (group == VelocityGroup::kIndustry) {
      velocity.industry = row.Text(0);
    } else {
      velocity.group = row.OptionalId(0);
    }
    velocity.open = row.Int64(1);
    velocity.won = row.Int64(2);
    velocity.lost = row.Int64(3);
    velocity.won_amount = ReadSum(row, 4);
    velocity.cycle_seconds = row.Int64(5);
    return velocity;
  });
}

}  // namespace clientele::lifecycle
