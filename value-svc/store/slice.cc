#include "value-svc/store/slice.h"

namespace clientele::value {

using servicekit::Sql;

Sql SliceCondition(const Slice& slice, const servicekit::RowColumns& columns,
                   servicekit::SqlText customer_id) {
  Sql sql;
  if (slice.team.has_value()) {
    sql += Sql(" AND ") + Sql(columns.team_id) +
           Sql(" IN (SELECT descendant_id FROM team_tree WHERE ancestor_id = ?)", {*slice.team});
  }
  if (slice.owner.has_value()) sql += Sql(" AND ") + Sql(columns.owner_id) + Sql(" = ?", {*slice.owner});
  if (!slice.industry.empty()) {
    sql += Sql(" AND ") + Sql(customer_id) +
           Sql(" IN (SELECT id FROM customers WHERE industry = ?)", {slice.industry});
  }
  if (slice.target_market.has_value()) {
    sql += Sql(" AND ") + Sql(customer_id) +
           Sql(" IN (SELECT customer_id FROM customer_target_markets WHERE target_market_id = ?)",
               {*slice.target_market});
  }
  return sql;
}

}  // namespace clientele::value
