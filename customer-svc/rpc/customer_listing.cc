#include "customer-svc/rpc/customer_listing.h"

#include <vector>

#include "clientele/customer/v1/customer.pb.h"
#include "servicekit/types/error.h"

namespace clientele::customer {
namespace {

using servicekit::FilterField;
using servicekit::Id;
using servicekit::OrderField;
using servicekit::OrderTerm;
using servicekit::PageKey;
using servicekit::Sql;

// The column by itself first, as a range that an index can start from; a comparison of pairs would be none.
Sql AfterPair(bool descending, Sql at_least, Sql beyond, Id id) {
  return std::move(at_least) + Sql(" AND (") + beyond +
         (descending ? Sql(" OR customers.id < ?)", {id}) : Sql(" OR customers.id > ?)", {id}));
}

}  // namespace

absl::StatusOr<Sql> CompileCustomerFilter(const std::string& filter) {
  using Type = FilterField::Type;
  static const auto* const fields = new std::vector<FilterField>{
      {"display_name", Type::kText, "customers.display_name"},
      {"type", Type::kEnum, "customers.type", v1::Customer::Type_descriptor()},
      {"industry", Type::kText, "customers.industry"},
      {"employee_count", Type::kInteger, "customers.employee_count"},
      {"registration_number", Type::kText, "customers.registration_number"},
      {"source", Type::kText, "customers.source"},
      {"owner", Type::kName, "customers.owner_id", nullptr, "representatives"},
      {"team", Type::kName, "customers.team_id", nullptr, "teams"},
      {"create_time", Type::kTime, "customers.create_time"},
      {"update_time", Type::kTime, "customers.update_time"},
  };
  return servicekit::CompileFilter(filter, *fields);
}

absl::StatusOr<CustomerOrder> CustomerOrder::Parse(const std::string& order_by) {
  // In the order of Column.
  static const auto* const fields = new std::vector<OrderField>{
      {"name", "customers.id", "customers.id", "customers.id DESC"},
      {"display_name", "customers.display_name", "customers.display_name, customers.id",
       "customers.display_name DESC, customers.id DESC"},
      {"update_time", "customers.update_time", "customers.update_time, customers.id",
       "customers.update_time DESC, customers.id DESC"},
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
  }
  return Sql();
}

PageKey CustomerOrder::KeyOf(const Customer& last) const {
  PageKey key;
  key.Add(last.id);
  if (column == Column::kDisplayName) key.Add(last.display_name);
  if (column == Column::kUpdateTime) key.Add(last.update_time);
  return key;
}

}  // namespace clientele::customer
