#include "customer-svc/store/customer_index.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>

#include "customer-svc/domain/match_key.h"
#include "customer-svc/store/json.h"
#include "customer-svc/store/lookup.h"
#include "customer-svc/store/search_text.h"
#include "servicekit/types/utf8.h"

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

constexpr size_t kMostValueBytes = 512;  // As customer_values.value holds them.

constexpr SqlText kInsertValues = "INSERT INTO customer_values (kind, value, customer_id) VALUES ";
constexpr SqlText kInsertAttributes =
    "INSERT INTO customer_attributes (customer_id, attribute, text, number, day) VALUES ";
constexpr SqlText kInsertGrams = "INSERT INTO customer_name_grams (gram, customer_id) VALUES ";

absl::Status Insert(Transaction& tx, SqlText insert, const Rows& rows, SqlText suffix = "") {
  return rows.empty() ? absl::OkStatus() : tx.InsertMany(insert, rows, suffix).status();
}

// Ways to reach the customer.
void AddContactPoints(const Customer& customer, Values& values) {
  for (const ContactPoint& point : customer.contact_points) {
    if (point.kind == ContactPointKind::kEmail) values.insert({ValueKind::kEmail, IndexedEmail(point.value)});
    if (point.kind == ContactPointKind::kPhone) values.insert({ValueKind::kPhone, IndexedPhone(point.value)});
  }
}

// What is empty is not known.
void EraseEmpty(Values& values) {
  std::erase_if(values, [](const auto& value) { return value.second.empty(); });
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
  AddContactPoints(customer, values);
  EraseEmpty(values);
  return values;
}

void AddValues(Id customer, const Values& values, Rows& rows) {
  for (const auto& [kind, value] : values)
    rows.push_back({static_cast<int64_t>(kind), Bytes{value}, customer});
}

// Rows of many customers in the order of their table's key: neighbours go to the same page, which at a
// million customers no longer lies in memory by chance, and two writers lock in the same order.
using Keyed = std::vector<std::pair<std::string, Id>>;

Rows InOrder(Keyed keyed) {
  std::sort(keyed.begin(), keyed.end());
  Rows rows;
  rows.reserve(keyed.size());
  for (auto& [key, customer] : keyed) rows.push_back({Bytes{std::move(key)}, customer});
  return rows;
}

Rows ValueRows(const std::vector<Customer>& customers) {
  std::vector<std::tuple<ValueKind, std::string, Id>> sorted;
  for (const Customer& customer : customers) {
    for (const auto& [kind, value] : ValuesOf(customer)) sorted.emplace_back(kind, value, customer.id);
  }
  std::sort(sorted.begin(), sorted.end());
  Rows rows;
  rows.reserve(sorted.size());
  for (auto& [kind, value, customer] : sorted) {
    rows.push_back({static_cast<int64_t>(kind), Bytes{std::move(value)}, customer});
  }
  return rows;
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

Rows GramRows(const std::vector<Customer>& customers) {
  Keyed grams;
  for (const Customer& customer : customers) {
    for (std::string& gram : GramsOf(customer.display_name)) grams.emplace_back(std::move(gram), customer.id);
  }
  return InOrder(std::move(grams));
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
  return tx.QueryAll(
      Sql("SELECT id, display_name, contact_points FROM customers WHERE id > ? ORDER BY id LIMIT ?"
          " FOR UPDATE",
          {after, limit}),
      [](const Row& row) {
        Customer customer{.id = row.Id(0), .display_name = row.Text(1)};
        if (!row.IsNull(2)) customer.contact_points = ContactPointsFromJson(row.Text(2));
        return customer;
      });
}

}  // namespace

std::string IndexedEmail(std::string_view email) {
  return servicekit::CutUtf8(NormalizeEmail(email), kMostValueBytes);
}
std::string IndexedPhone(std::string_view phone) { return NormalizePhone(phone); }

absl::Status IndexCustomers(Transaction& tx, const std::vector<Customer>& customers) {
  Rows attributes;
  for (const Customer& customer : customers) AddAttributes(customer, attributes);
  absl::Status status = Insert(tx, kInsertValues, ValueRows(customers));
  if (status.ok()) status = Insert(tx, kInsertAttributes, attributes);
  if (status.ok()) status = Insert(tx, kInsertGrams, GramRows(customers));
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
  // Only what a filter folds; the rest of a customer's values is not read here.
  absl::Status status =
      Insert(tx, kInsertGrams, GramRows(*older), " ON DUPLICATE KEY UPDATE gram = VALUES(gram)");
  if (status.ok()) {
    status = Insert(tx, kInsertValues, ValueRows(*older), " ON DUPLICATE KEY UPDATE value = VALUES(value)");
  }
  if (status.ok()) {
    status = tx.Execute(Sql("UPDATE older_customers SET done_up_to = ?", {older->back().id})).status();
  }
  if (!status.ok()) return status;
  return true;
}

}  // namespace clientele::customer
