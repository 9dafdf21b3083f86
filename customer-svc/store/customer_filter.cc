#include "customer-svc/store/customer_filter.h"

#include "clientele/customer/v1/customer.pb.h"
#include "customer-svc/store/attribute_store.h"
#include "customer-svc/store/customer_index.h"
#include "customer-svc/store/customer_store.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

using servicekit::Bytes;
using servicekit::FilterField;
using servicekit::Id;
using servicekit::Sql;
using servicekit::SqlText;
using Type = FilterField::Type;

constexpr size_t kIdLength = 26;  // Of an id's text.

// Every field of the row that has an index of its own, or a table beside it.
std::vector<FilterField> OwnFields() {
  const auto values = [](ValueKind kind) {
    return Sql("SELECT customer_id AS id FROM customer_values WHERE kind = ? AND ",
               {static_cast<int64_t>(kind)});
  };
  const Sql external_ids("SELECT customer_id AS id FROM external_ids WHERE ");
  return {
      {"name", Type::kName, "customers.id", nullptr, "customers", true},
      {"display_name", Type::kText, "customers.display_name", nullptr, "", true},
      {"type", Type::kEnum, "customers.type", v1::Customer::Type_descriptor()},
      {"registration_number", Type::kText, "customers.registration_number", nullptr, "", true},
      {"industry", Type::kText, "customers.industry", nullptr, "", true},
      {"employee_count", Type::kInteger, "customers.employee_count", nullptr, "", true},
      {"annual_revenue", Type::kDecimal, "customers.annual_revenue", nullptr, "", true},
      {"annual_revenue.currency_code", Type::kText, "customers.annual_revenue_currency"},
      {"founded_year", Type::kInteger, "customers.founded_year", nullptr, "", true},
      {"source", Type::kText, "customers.source", nullptr, "", true},
      {"parent", Type::kName, "customers.parent_id", nullptr, "customers", true},
      {"owner", Type::kName, "customers.owner_id", nullptr, "representatives", true},
      {"team", Type::kName, "customers.team_id", nullptr, "teams", true},
      {"create_time", Type::kTime, "customers.create_time", nullptr, "", true},
      {"update_time", Type::kTime, "customers.update_time", nullptr, "", true},
      {"tags", Type::kMember, "value = ?", nullptr, "", true, values(ValueKind::kTag)},
      {"addresses.region_code", Type::kText, "value", nullptr, "", true, values(ValueKind::kRegionCode)},
      {"addresses.postal_code", Type::kText, "value", nullptr, "", true, values(ValueKind::kPostalCode)},
      {"addresses.locality", Type::kText, "value", nullptr, "", true, values(ValueKind::kLocality)},
      {"external_ids.system", Type::kText, "value", nullptr, "", true, values(ValueKind::kSystem)},
      {"external_ids.id", Type::kText, "id", nullptr, "", true, external_ids},
      {"contact_points.email",
       Type::kText,
       "value",
       nullptr,
       "",
       true,
       values(ValueKind::kEmail),
       {},
       IndexedEmail},
      {"contact_points.phone",
       Type::kText,
       "value",
       nullptr,
       "",
       true,
       values(ValueKind::kPhone),
       {},
       IndexedPhone},
  };
}

FilterField FieldOf(const Attribute& attribute) {
  FilterField field{.name = servicekit::StrCat(kAttributePrefix, attribute.id),
                    .type = Type::kText,
                    .column = "text",
                    .indexed = true,
                    .rows = Sql("SELECT customer_id AS id FROM customer_attributes WHERE attribute = ? AND ",
                                {Bytes{attribute.id}})};
  switch (attribute.type) {
    case AttributeType::kUnspecified:
    case AttributeType::kText:
    case AttributeType::kChoice:
      break;
    case AttributeType::kNumber:
      field.type = Type::kDecimal;
      field.column = "number";
      break;
    case AttributeType::kFlag:
      field.type = Type::kBool;
      field.column = "number";
      break;
    case AttributeType::kDate:
      field.type = Type::kDay;
      field.column = "day";
      break;
  }
  return field;
}

// Calls `visit` with each customer that the filter names and where its id begins.
template <typename Visit>
void ForEachCustomer(const std::string& filter, Visit visit) {
  constexpr std::string_view kPrefix = "customers/";
  for (size_t at = filter.find(kPrefix); at != filter.npos; at = filter.find(kPrefix, at + 1)) {
    const size_t begin = at + kPrefix.size();
    const auto id = Id::Parse(std::string_view(filter).substr(begin, kIdLength));
    if (id.ok()) visit(*id, begin);
  }
}

// In the filter's text, where names are as long as those they give way to: what is wrong with the filter is
// told with its place.
std::string WithSurvivors(std::string filter, const absl::flat_hash_map<Id, Id>& aliases) {
  const std::string asked = filter;
  ForEachCustomer(asked, [&](Id id, size_t begin) {
    if (const auto alias = aliases.find(id); alias != aliases.end()) {
      filter.replace(begin, kIdLength, alias->second.ToString());
    }
  });
  return filter;
}

}  // namespace

absl::StatusOr<FilterScope> FilterScope::For(servicekit::Transaction& tx, const std::string& filter) {
  FilterScope scope;
  std::vector<Id> named;
  ForEachCustomer(filter, [&](Id id, size_t) { named.push_back(id); });
  auto aliases = CustomerStore().Aliases(tx, named);
  if (!aliases.ok()) return aliases.status();
  scope.aliases = *std::move(aliases);
  if (filter.find(kAttributePrefix) == std::string::npos) return scope;
  absl::StatusOr<std::vector<Attribute>> attributes = AttributeStore().List(tx);
  if (!attributes.ok()) return attributes.status();
  scope.attributes = *std::move(attributes);
  return scope;
}

absl::StatusOr<servicekit::CompiledFilter> CompileCustomerFilter(const std::string& filter,
                                                                 const FilterScope& scope) {
  const servicekit::FilteredTable table{"customers.id", "SELECT customers.id AS id FROM customers WHERE ",
                                        scope.searched};
  std::vector<FilterField> fields = OwnFields();
  if (scope.target_markets) {
    fields.push_back({"target_markets", Type::kName, "market_id", nullptr, "targetMarkets", true,
                      Sql("SELECT customer_id AS id FROM target_market_members WHERE ")});
  }
  for (const Attribute& attribute : scope.attributes) fields.push_back(FieldOf(attribute));
  return servicekit::CompileFilter(scope.aliases.empty() ? filter : WithSurvivors(filter, scope.aliases),
                                   fields, table);
}

}  // namespace clientele::customer
