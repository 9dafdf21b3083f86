#ifndef LIFECYCLE_SVC_RPC_SLICE_H_
#define LIFECYCLE_SVC_RPC_SLICE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "lifecycle-svc/contract/values.h"
#include "servicekit/mysql/sql.h"

// The slices of reports, which are called the same everywhere, as conditions.
namespace clientele::lifecycle {

using servicekit::Sql;

// What a page token is bound to: the whole request but the page.
template <typename Request>
std::vector<std::string> ScopeOf(Request request) {
  request.clear_page_size();
  request.clear_page_token();
  return {std::string(Request::descriptor()->name()), request.SerializeAsString()};
}

// ` AND …` over `journeys j` for the industry and target market that a request names; nothing for those it
// does not.
template <typename Request>
Sql DecodeGroupSlice(Violations& violations, const Request& request) {
  Sql condition;
  if (!request.industry().empty()) condition += Sql(" AND j.industry = ?", {request.industry()});
  if (const auto market = DecodeName(violations, "target_market", "targetMarkets", request.target_market())) {
    condition += Sql(
        " AND j.customer_id IN (SELECT customer_id FROM target_market_members WHERE target_market_id = ?)",
        {*market});
  }
  return condition;
}

// The same with owner, team and product: of the customers.
template <typename Request>
Sql DecodeSlice(Violations& violations, const Request& request) {
  Sql condition = DecodeGroupSlice(violations, request);
  if (const auto owner = DecodeName(violations, "owner", "representatives", request.owner())) {
    condition += Sql(" AND j.owner_id = ?", {*owner});
  }
  if (const auto team = DecodeName(violations, "team", "teams", request.team())) {
    condition += Sql(
        " AND (j.team_id = ? OR j.team_id IN (SELECT descendant_id FROM team_tree WHERE ancestor_id = ?))",
        {*team, *team});
  }
  if (const auto product = DecodeName(violations, "product", "products", request.product())) {
    // A cancelled order was never placed.
    condition +=
        Sql(" AND (j.customer_id IN (SELECT customer_id FROM opportunities WHERE product_id = ?)"
            " OR j.customer_id IN (SELECT o.customer_id FROM opportunity_lines l"
            " JOIN opportunities o ON o.id = l.opportunity_id WHERE l.product_id = ?)"
            " OR j.customer_id IN (SELECT o.customer_id FROM order_lines l JOIN orders o ON o.id = l.order_id"
            " WHERE l.product_id = ? AND o.cancel_time IS NULL))",
            {*product, *product, *product});
  }
  return condition;
}

// Reads `as_of_time`: nullopt when empty, and a violation when it lies in the future.
template <typename Request>
std::optional<absl::Time> DecodeAsOf(Violations& violations, const Request& request, absl::Time now) {
  if (!request.has_as_of_time()) return std::nullopt;
  return DecodePast(violations, "as_of_time", true, request.as_of_time(), now);
}

// The cohort, customers who entered in a period, as ` AND …` over `enter_time` of journeys j or moves m.
template <typename Request>
Sql DecodeCohort(Violations& violations, const Request& request, servicekit::SqlText from,
                 servicekit::SqlText before) {
  Sql condition;
  if (request.has_start_time()) {
    condition += Sql(from, {DecodeTime(violations, "start_time", request.start_time())});
  }
  if (request.has_end_time()) {
    condition += Sql(before, {DecodeTime(violations, "end_time", request.end_time())});
  }
  return condition;
}

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_RPC_SLICE_H_
