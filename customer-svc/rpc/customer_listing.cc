#include "customer-svc/rpc/customer_listing.h"

#include <vector>

#include "customer-svc/store/customer_filter.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

using servicekit::ListOrder;
using servicekit::OrderFields;
using servicekit::PageKey;
using servicekit::Principal;
using servicekit::Sql;
using servicekit::Transaction;

// So many rows are looked at without being asked: some milliseconds.
constexpr int64_t kScannedUnasked = 10'000;

}  // namespace

absl::StatusOr<Sql> CompileListFilter(CustomerStore& customers, Transaction& tx, const Principal& reader,
                                      const std::string& filter, bool allow_scan) {
  const absl::StatusOr<FilterScope> scope = FilterScope::For(tx, filter);
  if (!scope.ok()) return scope.status();
  absl::StatusOr<servicekit::CompiledFilter> compiled = CompileCustomerFilter(filter, *scope);
  if (!compiled.ok()) return compiled.status();
  if (compiled->unindexed.empty() || allow_scan) return std::move(compiled->condition);
  const absl::StatusOr<int64_t> count = customers.CountUpTo(tx, reader, kScannedUnasked + 1);
  if (!count.ok()) return count.status();
  if (*count <= kScannedUnasked) return std::move(compiled->condition);
  return servicekit::WithReason(
      servicekit::InvalidField(
          "filter", servicekit::StrCat("no index serves it because of ", compiled->unindexed,
                                       ": all of more than ", kScannedUnasked,
                                       " customers would be looked at; add a condition with AND that "
                                       "an index serves, or set allow_scan")),
      "FILTER_NEEDS_SCAN");
}

absl::StatusOr<ListOrder> ParseCustomerOrder(const std::string& order_by) {
  using Type = OrderFields::Type;
  static const auto& fields = *new OrderFields{"customers.id",
                                               {{"name", Type::kId, "customers.id"},
                                                {"display_name", Type::kText, "customers.display_name"},
                                                {"update_time", Type::kTime, "customers.update_time"},
                                                {"create_time", Type::kTime, "customers.create_time"}}};
  return ListOrder::Parse(order_by, fields);
}

PageKey KeyOf(const ListOrder& order, const Customer& last) {
  if (order.field() == "display_name") return order.KeyOf(last.id, last.display_name);
  return order.KeyOf(last.id, order.field() == "update_time" ? last.update_time : last.create_time);
}

}  // namespace clientele::customer
