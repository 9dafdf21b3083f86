#include "customer-svc/store/customer_index.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "customer-svc/store/lookup.h"
#include "customer-svc/store/search_text.h"

namespace clientele::customer {
namespace {

using servicekit::Bytes;
using servicekit::Id;
using servicekit::Parameter;
using servicekit::Row;
using servicekit::Sql;
using servicekit::SqlText;
using servicekit::Transaction;
using Rows = std::vector<std::vector<Parameter>>;

using Values = std::set<std::pair<ValueKind, std::string>>;

constexpr SqlText kInsertValues = "INSERT INTO customer_values (kind, value, customer_id) VALUES ";
constexpr SqlText kInsertAttributes =
    "INSERT INTO customer_attributes (customer_id, attribute, text, number, day) VALUES ";
constexpr SqlText kInsertGrams = "INSERT INTO customer_name_grams (gram, customer_id) VALUES ";

absl::Status Insert(Transaction& tx, SqlText insert, const Rows& rows, SqlText suffix = "") {
  return rows.empty() ? absl::OkStatus() : tx.InsertMany(insert, rows, suffix).status();
}

Values ValuesOf(const Customer& customer) {
  Values values;
  for (const std::string& tag : customer.tags) values.insert({ValueKind::kTag, tag});
  for (const Address& address : customer.addresses) {
    values.insert({ValueKind::kRegionCode, address.region_code});
    values.insert({ValueKind::kPostalCode, address.postal_code});
    values.insert({ValueKind::kLocality, address.locality});
  }
  for (const ExternalId& id : customer.external_ids) values.insert({ValueKind::kSystem, id.system});
  // What is empty is not known.
  std::erase_if(values, [](const auto& value) { return value.second.empty(); });
  return values;
}

void AddValues(Id customer, const Values& values, Rows& rows) {
  for (const auto& [kind, value] : values)
    rows.push_back({static_cast<int64_t>(kind), Bytes{value}, customer});
}

void AddAttributes(const Customer& customer, Rows& rows) {
  for (const auto& [id, value] : customer.attributes) {
    Parameter text = std::nullopt, number = std::nullopt, day = std::nullopt;
    switch (TypeOf(value)) {
      case AttributeType::kText:
        text = Parameter(std::get<std::string>(value));
        break;
      case AttributeType::kChoice:
        text = Parameter(std::get<Choice>(value).value);
        break;
      case AttributeType::kNumber:
        number = Parameter(std::get<servicekit::Decimal>(value));
        break;
      case AttributeType::kFlag:
        number = Parameter(std::get<bool>(value));
        break;
      case AttributeType::kDate:
        day = Parameter(absl::FormatCivilTime(std::get<absl::CivilDay>(value)));
        break;
      case AttributeType::kUnspecified:
        break;
    }
    rows.push_back({customer.id, Bytes{id}, text, number, day});
  }
}

void AddGrams(const Customer& customer, Rows& rows) {
  for (const std::string& gram : GramsOf(customer.display_name)) rows.push_back({Bytes{gram}, customer.id});
}

// What `a` has and `b` has not; both are sorted.
template <typename Set>
Set Without(const Set& a, const Set& b) {
  Set rest;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::inserter(rest, rest.end()));
  return rest;
}

absl::Status ReplaceValues(Transaction& tx, Id customer, const Values& before, const Values& after) {
  for (const auto& [kind, value] : Without(before, after)) {
    const absl::Status status =
        tx.Execute(Sql("DELETE FROM customer_values WHERE kind = ? AND value = ? AND customer_id = ?",
                       {static_cast<int64_t>(kind), Bytes{value}, customer}))
            .status();
    if (!status.ok()) return status;
  }
  Rows rows;
  AddValues(customer, Without(after, before), rows);
  return Insert(tx, kInsertValues, rows);
}

absl::Status ReplaceGrams(Transaction& tx, const Customer& before, const Customer& after) {
  if (before.display_name == after.display_name) return absl::OkStatus();
  const std::vector<std::string> old_grams = GramsOf(before.display_name),
                                 new_grams = GramsOf(after.display_name);
  const std::set<std::string> was(old_grams.begin(), old_grams.end()), is(new_grams.begin(), new_grams.end());
  std::vector<Bytes> gone;
  for (const std::string& gram : Without(was, is)) gone.push_back({gram});
  if (!gone.empty()) {
    const absl::Status status =
        tx.Execute(Sql("DELETE FROM customer_name_grams WHERE customer_id = ? AND gram IN ", {after.id}) +
                   InList(gone))
            .status();
    if (!status.ok()) return status;
  }
  Rows rows;
  for (const std::string& gram : Without(is, was)) rows.push_back({Bytes{gram}, after.id});
  return Insert(tx, kInsertGrams, rows);
}

// Locked, so that a write of the same customer comes before or after.
absl::StatusOr<std::vector<Customer>> LockOlder(Transaction& tx, Id after, int64_t limit) {
  return tx.QueryAll(Sql("SELECT id, display_name FROM customers WHERE id > ? ORDER BY id LIMIT ? FOR UPDATE",
                         {after, limit}),
                     [](const Row& row) { return Customer{.id = row.Id(0), .display_name = row.Text(1)}; });
}

}  // namespace

absl::Status IndexCustomers(Transaction& tx, const std::vector<Customer>& customers) {
  Rows values, attributes, grams;
  for (const Customer& customer : customers) {
    AddValues(customer.id, ValuesOf(customer), values);
    AddAttributes(customer, attributes);
    AddGrams(customer, grams);
  }
  absl::Status status = Insert(tx, kInsertValues, values);
  if (status.ok()) status = Insert(tx, kInsertAttributes, attributes);
  if (status.ok()) status = Insert(tx, kInsertGrams, grams);
  return status;
}

absl::Status ReindexCustomer(Transaction& tx, const Customer& before, const Customer& after) {
  absl::Status status = ReplaceValues(tx, after.id, ValuesOf(before), ValuesOf(after));
  if (status.ok()) status = ReplaceGrams(tx, before, after);
  if (status.ok() && before.attributes != after.attributes) {
    status = tx.Execute(Sql("DELETE FROM customer_attributes WHERE customer_id = ?", {after.id})).status();
    Rows rows;
    AddAttributes(after, rows);
    if (status.ok()) status = Insert(tx, kInsertAttributes, rows);
  }
  return status;
}

absl::StatusOr<bool> IndexOlderCustomers(Transaction& tx, int64_t limit) {
  const auto progress = tx.QueryAll(Sql("SELECT done_up_to FROM older_customers FOR UPDATE"),
                                    [](const Row& row) { return row.Id(0); });
  if (!progress.ok()) return progress.status();
  if (progress->empty()) return false;
  const auto older = LockOlder(tx, progress->front(), limit);
  if (!older.ok()) return older.status();
  if (older->empty()) {
    const absl::Status status = tx.Execute(Sql("DELETE FROM older_customers")).status();
    if (!status.ok()) return status;
    return true;
  }
  Rows grams;
  for (const Customer& customer : *older) AddGrams(customer, grams);
  absl::Status status = Insert(tx, kInsertGrams, grams, " ON DUPLICATE KEY UPDATE gram = VALUES(gram)");
  if (status.ok()) {
    status = tx.Execute(Sql("UPDATE older_customers SET done_up_to = ?", {older->back().id})).status();
  }
  if (!status.ok()) return status;
  return true;
}

}  // namespace clientele::customer
