#include "customer-svc/rpc/customer_listing.h"

#include <vector>

#include "customer-svc/store/customer_filter.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::OrderField;
using servicekit::OrderTerm;
using servicekit::PageKey;
using servicekit::Principal;
using servicekit::Sql;
using servicekit::Transaction;

// So many rows are looked at without being asked: some milliseconds.
constexpr int64_t kScannedUnasked = 10'000;

// The column by itself first, as a range that an index can start from; a comparison of pairs would be none.
Sql AfterPair(bool descending, Sql at_least, Sql beyond, Id id) {
  return std::move(at_least) + Sql(" AND (") + beyond +
         (descending ? Sql(" OR customers.id < ?)", {id}) : Sql(" OR customers.id > ?)", {id}));
}

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

absl::StatusOr<CustomerOrder> CustomerOrder::Parse(const std::string& order_by) {
  // In the order of Column.
  static const auto* const fields = new std::vector<OrderField>{
      {"name", "customers.id", "customers.id", "customers.id DESC"},
      {"display_name", "customers.display_name", "customers.display_name, customers.id",
       "customers.display_name DESC, customers.id DESC"},
      {"update_time", "customers.update_time", "customers.update_time, customers.id",
       "customers.update_time DESC, customers.id DESC"},
      {"create_time", "customers.create_time", "customers.create_time, customers.id",
       "customers.create_time DESC, customers.id DESC"},
  };
  const absl::StatusOr<std::vector<OrderTerm>> terms = servicekit::ParseOrderBy(order_by, *fields);
  if (!terms.ok()) return terms.status();
  if (terms->size() > 1) return servicekit::InvalidField("order_by", "must be one field");
  CustomerOrder order;
  if (terms->empty()) {
    order.field = &fields->front();
    return order;
  }
  order.field = terms->front().field;
  order.descending = terms->front().descending;
  order.column = static_cast<Column>(order.field - fields->data());
  return order;
}

Sql CustomerOrder::OrderBy() const { return Sql(descending ? field->descending : field->ascending); }

absl::StatusOr<Sql> CustomerOrder::After(const PageKey& key) const {
  const absl::StatusOr<Id> id = key.GetId(0);
  if (!id.ok()) return id.status();
  switch (column) {
    case Column::kName:
      return descending ? Sql("customers.id < ?", {*id}) : Sql("customers.id > ?", {*id});
    case Column::kDisplayName: {
      const absl::StatusOr<std::string> name = key.Text(1);
      if (!name.ok()) return name.status();
      return descending ? AfterPair(true, Sql("customers.display_name <= ?", {*name}),
                                    Sql("customers.display_name < ?", {*name}), *id)
                        : AfterPair(false, Sql("customers.display_name >= ?", {*name}),
                                    Sql("customers.display_name > ?", {*name}), *id);
    }
    case Column::kUpdateTime: {
      const absl::StatusOr<absl::Time> time = key.Time(1);
      if (!time.ok()) return time.status();
      return descending ? AfterPair(true, Sql("customers.update_time <= ?", {*time}),
                                    Sql("customers.update_time < ?", {*time}), *id)
                        : AfterPair(false, Sql("customers.update_time >= ?", {*time}),
                                    Sql("customers.update_time > ?", {*time}), *id);
    }
    case Column::kCreateTime: {
      const absl::StatusOr<absl::Time> time = key.Time(1);
      if (!time.ok()) return time.status();
      return descending ? AfterPair(true, Sql("customers.create_time <= ?", {*time}),
                                    Sql("customers.create_time < ?", {*time}), *id)
                        : AfterPair(false, Sql("customers.create_time >= ?", {*time}),
                                    Sql("customers.create_time > ?", {*time}), *id);
    }
  }
  return Sql();
}

PageKey CustomerOrder::KeyOf(const Customer& last) const {
  PageKey key;
  key.Add(last.id);
  if (column == Column::kDisplayName) key.Add(last.display_name);
  if (column == Column::kUpdateTime) key.Add(last.update_time);
  if (column == Column::kCreateTime) key.Add(last.create_time);
  return key;
}

}  // namespace clientele::customer
