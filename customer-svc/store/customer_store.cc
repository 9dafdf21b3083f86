#include "customer-svc/store/customer_store.h"

#include <algorithm>

#include "customer-svc/store/customer_index.h"
#include "customer-svc/store/json.h"
#include "customer-svc/store/lookup.h"
#include "servicekit/types/error.h"

namespace clientele::customer {
namespace {

using servicekit::Bytes;
using servicekit::Id;
using servicekit::Parameter;
using servicekit::Principal;
using servicekit::Row;
using servicekit::Sql;
using servicekit::SqlText;
using servicekit::Transaction;

// Ordered as ReadCustomer reads.
constexpr SqlText kSelect = R"sql(
    SELECT customers.id, customers.display_name, customers.type, customers.registration_number, customers.industry,
           customers.employee_count, customers.annual_revenue, customers.annual_revenue_currency,
           customers.founded_year, customers.source, customers.addresses, customers.contact_points, customers.tags,
           customers.external_ids, customers.parent_id, customers.owner_id, customers.team_id, customers.version,
           customers.create_time, customers.update_time, customers.attributes
      FROM customers)sql";

constexpr SqlText kInsert = R"sql(
    INSERT INTO customers (display_name, type, registration_number, industry, employee_count, annual_revenue,
                           annual_revenue_currency, founded_year, source, addresses, contact_points, tags,
                           external_ids, parent_id, owner_id, team_id, attributes, version, update_time, id, create_time)
    VALUES )sql";

constexpr SqlText kUpdate = R"sql(
    UPDATE customers
       SET display_name = ?, type = ?, registration_number = ?, industry = ?, employee_count = ?, annual_revenue = ?,
           annual_revenue_currency = ?, founded_year = ?, source = ?, addresses = ?, contact_points = ?, tags = ?,
           external_ids = ?, parent_id = ?, owner_id = ?, team_id = ?, attributes = ?, version = ?, update_time = ?
     WHERE id = ?)sql";

template <typename Items>
Parameter JsonOf(const Items& items) {
  return items.empty() ? Parameter(std::nullopt) : Parameter(ToJson(items));
}

// NULL for what is empty, which the contract calls "not known": so `employee_count < 10` does not find it.
template <typename Value>
Parameter OrNull(const Value& value) {
  return value == Value{} ? Parameter(std::nullopt) : Parameter(value);
}

// Ordered as kInsert and kUpdate name the columns, up to update_time.
std::vector<Parameter> Values(const Customer& customer) {
  std::vector<Parameter> values;
  values.reserve(21);
  const auto& revenue = customer.annual_revenue;
  values.insert(
      values.end(),
      {customer.display_name, static_cast<int64_t>(customer.type),
       OrNull(Bytes{customer.registration_number}), OrNull(customer.industry),
       OrNull(customer.employee_count), revenue ? Parameter(revenue->amount) : Parameter(std::nullopt),
       revenue ? Parameter(revenue->currency) : Parameter(std::nullopt), OrNull(customer.founded_year),
       OrNull(customer.source), JsonOf(customer.addresses), JsonOf(customer.contact_points),
       JsonOf(customer.tags), JsonOf(customer.external_ids), customer.parent, customer.owner, customer.team,
       JsonOf(customer.attributes), customer.version, customer.update_time});
  return values;
}

Customer ReadCustomer(const Row& row) {
  Customer customer;
  customer.id = row.Id(0);
  customer.display_name = row.Text(1);
  customer.type = static_cast<CustomerType>(row.Int64(2));
  if (!row.IsNull(3)) customer.registration_number = row.Blob(3);
  customer.industry = row.OptionalText(4).value_or("");
  customer.employee_count = row.OptionalInt64(5).value_or(0);
  if (!row.IsNull(6)) customer.annual_revenue = servicekit::Money{row.Text(7), row.Decimal(6)};
  customer.founded_year = static_cast<int32_t>(row.OptionalInt64(8).value_or(0));
  customer.source = row.OptionalText(9).value_or("");
  if (!row.IsNull(10)) customer.addresses = AddressesFromJson(row.Text(10));
  if (!row.IsNull(11)) customer.contact_points = ContactPointsFromJson(row.Text(11));
  if (!row.IsNull(12)) customer.tags = TagsFromJson(row.Text(12));
  if (!row.IsNull(13)) customer.external_ids = ExternalIdsFromJson(row.Text(13));
  customer.parent = row.OptionalId(14);
  customer.owner = row.OptionalId(15);
  customer.team = row.OptionalId(16);
  customer.version = row.Int64(17);
  customer.create_time = row.Time(18);
  customer.update_time = row.Time(19);
  if (!row.IsNull(20)) customer.attributes = AttributesFromJson(row.Text(20));
  return customer;
}

absl::Status InsertExternalIds(Transaction& tx, const std::vector<std::vector<Parameter>>& rows) {
  if (rows.empty()) return absl::OkStatus();
  const absl::Status status =
      tx.InsertMany("INSERT INTO external_ids (system, id, customer_id) VALUES ", rows).status();
  if (!absl::IsAlreadyExists(status)) return status;
  return servicekit::WithReason(absl::AlreadyExistsError("an external id belongs to another customer"),
                                "EXTERNAL_ID_TAKEN");
}

// The only unique key of `customers` that a client can hit; ids are new.
absl::Status NamingTheKey(const absl::Status& status) {
  if (!absl::IsAlreadyExists(status)) return status;
  return servicekit::WithReason(
      absl::AlreadyExistsError("the registration number belongs to another customer"),
      "REGISTRATION_NUMBER_TAKEN");
}

absl::Status NotFound(const absl::Status& status) {
  return absl::IsNotFound(status) ? absl::NotFoundError("no such customer") : status;
}

// What `ask` finds under `id`, or else under the customer that it is an alias of. Almost all ids are no
// aliases, so the one that was asked for comes first.
template <typename Ask>
auto ByNameOrAlias(CustomerStore& store, Transaction& tx, Id id, Ask ask) -> decltype(ask(id)) {
  auto found = ask(id);
  if (found.ok() || !absl::IsNotFound(found.status())) return found;
  const auto aliases = store.Aliases(tx, {id});
  if (!aliases.ok()) return aliases.status();
  const auto alias = aliases->find(id);
  if (alias == aliases->end()) return NotFound(found.status());
  auto behind = ask(alias->second);
  if (!behind.ok()) return NotFound(behind.status());
  return behind;
}

absl::StatusOr<Id> FindVisible(CustomerStore& store, Transaction& tx, const Principal& reader, Id id,
                               SqlText suffix) {
  return ByNameOrAlias(store, tx, id, [&](Id one) {
    return tx.QueryOne(Sql("SELECT customers.id FROM customers WHERE customers.id = ? AND ", {one}) +
                           MayRead(reader, CustomerRowColumns()) + Sql(suffix),
                       [](const Row& row) { return row.Id(0); });
  });
}

// What `a` has and `b` has not.
std::vector<ExternalId> Without(const std::vector<ExternalId>& a, const std::vector<ExternalId>& b) {
  std::vector<ExternalId> rest;
  std::copy_if(a.begin(), a.end(), std::back_inserter(rest),
               [&](const ExternalId& id) { return std::find(b.begin(), b.end(), id) == b.end(); });
  return rest;
}

// In the order of the key, as every writer of many rows, so that two of them wait instead of deadlocking.
std::vector<Id> SortedOnce(std::vector<Id> ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

}  // namespace

servicekit::RowColumns CustomerRowColumns() {
  return {.owner_id = "customers.owner_id", .team_id = "customers.team_id"};
}

absl::StatusOr<Customer> CustomerStore::Get(Transaction& tx, const Principal& reader, Id id) {
  return ByNameOrAlias(*this, tx, id, [&](Id one) {
    return tx.QueryOne(
        Sql(kSelect) + Sql(" WHERE customers.id = ? AND ", {one}) + MayRead(reader, CustomerRowColumns()),
        ReadCustomer);
  });
}

absl::Status CustomerStore::CheckVisible(Transaction& tx, const Principal& reader, Id id) {
  return Resolve(tx, reader, id).status();
}

absl::StatusOr<Id> CustomerStore::Resolve(Transaction& tx, const Principal& reader, Id id) {
  return FindVisible(*this, tx, reader, id, "");
}

absl::StatusOr<Id> CustomerStore::ResolveForShare(Transaction& tx, const Principal& reader, Id id) {
  return FindVisible(*this, tx, reader, id, " LOCK IN SHARE MODE");
}

absl::StatusOr<absl::flat_hash_map<Id, Id>> CustomerStore::Aliases(Transaction& tx,
                                                                   const std::vector<Id>& ids) {
  absl::flat_hash_map<Id, Id> aliases;
  if (ids.empty()) return aliases;
  const absl::Status status =
      tx.Query(Sql("SELECT alias_id, customer_id FROM customer_aliases WHERE alias_id IN ") + InList(ids),
               [&](const Row& row) {
                 aliases.emplace(row.Id(0), row.Id(1));
                 return absl::OkStatus();
               });
  if (!status.ok()) return status;
  return aliases;
}

absl::StatusOr<std::vector<Id>> CustomerStore::AliasesOf(Transaction& tx, Id customer) {
  return tx.QueryAll(Sql("SELECT alias_id FROM customer_aliases WHERE customer_id = ?", {customer}),
                     [](const Row& row) { return row.Id(0); });
}

absl::StatusOr<absl::flat_hash_map<Id, Customer>> CustomerStore::BatchGetNamed(Transaction& tx,
                                                                               const Principal& reader,
                                                                               const std::vector<Id>& ids) {
  absl::flat_hash_map<Id, Customer> by_name;
  auto found = BatchGet(tx, reader, ids);
  if (!found.ok()) return found.status();
  for (Customer& customer : *found) by_name.emplace(customer.id, std::move(customer));
  std::vector<Id> missing;
  for (const Id id : ids) {
    if (!by_name.contains(id)) missing.push_back(id);
  }
  const auto aliases = Aliases(tx, missing);
  if (!aliases.ok()) return aliases.status();
  std::vector<Id> survivors;
  for (const auto& [alias, customer] : *aliases) survivors.push_back(customer);
  const auto behind = BatchGet(tx, reader, survivors);
  if (!behind.ok()) return behind.status();
  for (const auto& [alias, customer] : *aliases) {
    for (const Customer& one : *behind) {
      if (one.id == customer) by_name.emplace(alias, one);
    }
  }
  return by_name;
}

absl::StatusOr<std::vector<Customer>> CustomerStore::BatchGet(Transaction& tx, const Principal& reader,
                                                              const std::vector<Id>& ids) {
  if (ids.empty()) return std::vector<Customer>();
  return tx.QueryAll(Sql(kSelect) + Sql(" WHERE customers.id IN ") + InList(ids) + Sql(" AND ") +
                         MayRead(reader, CustomerRowColumns()),
                     ReadCustomer);
}

absl::StatusOr<std::vector<Customer>> CustomerStore::List(Transaction& tx, const Principal& reader,
                                                          const Sql& condition, const Sql& order,
                                                          int64_t limit) {
  Sql sql = Sql(kSelect) + Sql(" WHERE ") + MayRead(reader, CustomerRowColumns());
  if (!condition.empty()) sql += Sql(" AND ") + condition;
  return tx.QueryAll(sql + Sql(" ORDER BY ") + order + Sql(" LIMIT ?", {limit}), ReadCustomer);
}

absl::StatusOr<Customer> CustomerStore::Lock(Transaction& tx, const Principal& writer, Id id) {
  return ByNameOrAlias(*this, tx, id, [&](Id one) {
    return tx.QueryOne(Sql(kSelect) + Sql(" WHERE customers.id = ? AND ", {one}) +
                           MayWrite(writer, CustomerRowColumns()) + Sql(" FOR UPDATE"),
                       ReadCustomer);
  });
}

absl::StatusOr<std::vector<Customer>> CustomerStore::LockAll(Transaction& tx, std::vector<Id> ids) {
  if (ids.empty()) return std::vector<Customer>();
  return tx.QueryAll(
      Sql(kSelect) + Sql(" WHERE customers.id IN ") + InList(SortedOnce(std::move(ids))) + Sql(" FOR UPDATE"),
      ReadCustomer);
}

absl::StatusOr<std::vector<Customer>> CustomerStore::LockWhere(Transaction& tx, const Principal& writer,
                                                               const std::vector<Id>& ids,
                                                               const Sql& condition) {
  if (ids.empty()) return std::vector<Customer>();
  Sql sql = Sql(kSelect) + Sql(" WHERE customers.id IN ") + InList(SortedOnce(ids)) + Sql(" AND ") +
            MayWrite(writer, CustomerRowColumns());
  if (!condition.empty()) sql += Sql(" AND ") + condition;
  return tx.QueryAll(sql + Sql(" ORDER BY customers.id FOR UPDATE"), ReadCustomer);
}

absl::StatusOr<absl::flat_hash_set<Id>> CustomerStore::Writable(Transaction& tx, const Principal& writer,
                                                                const std::vector<Id>& ids) {
  absl::flat_hash_set<Id> found;
  if (ids.empty()) return found;
  const absl::Status status =
      tx.Query(Sql("SELECT customers.id FROM customers WHERE customers.id IN ") + InList(SortedOnce(ids)) +
                   Sql(" AND ") + MayWrite(writer, CustomerRowColumns()),
               [&](const Row& row) {
                 found.insert(row.Id(0));
                 return absl::OkStatus();
               });
  if (!status.ok()) return status;
  return found;
}

absl::StatusOr<absl::flat_hash_set<Id>> CustomerStore::LockIds(Transaction& tx, std::vector<Id> ids) {
  absl::flat_hash_set<Id> found;
  if (ids.empty()) return found;
  const absl::Status status = tx.Query(
      Sql("SELECT id FROM customers WHERE id IN ") + InList(SortedOnce(std::move(ids))) + Sql(" FOR UPDATE"),
      [&](const Row& row) {
        found.insert(row.Id(0));
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return found;
}

absl::StatusOr<std::vector<Customer>> CustomerStore::LockOwnedBy(Transaction& tx, Id representative) {
  return tx.QueryAll(Sql(kSelect) + Sql(" WHERE customers.owner_id = ? FOR UPDATE", {representative}),
                     ReadCustomer);
}

absl::StatusOr<std::vector<Customer>> CustomerStore::LockSubsidiaries(Transaction& tx, Id parent) {
  return tx.QueryAll(
      Sql(kSelect) + Sql(" WHERE customers.parent_id = ? ORDER BY customers.id FOR UPDATE", {parent}),
      ReadCustomer);
}

absl::StatusOr<std::vector<Id>> CustomerStore::LockAncestors(Transaction& tx, Id customer) {
  std::vector<Id> ancestors;
  std::optional<Id> next = customer;
  while (next && std::find(ancestors.begin(), ancestors.end(), *next) == ancestors.end()) {
    const auto parents =
        tx.QueryAll(Sql("SELECT parent_id FROM customers WHERE id = ? LOCK IN SHARE MODE", {*next}),
                    [](const Row& row) { return row.OptionalId(0); });
    if (!parents.ok()) return parents.status();
    if (parents->empty()) break;
    ancestors.push_back(*next);
    next = parents->front();
  }
  return ancestors;
}

absl::Status CustomerStore::Insert(Transaction& tx, const std::vector<Customer>& customers) {
  if (customers.empty()) return absl::OkStatus();
  std::vector<std::vector<Parameter>> rows, external_ids;
  rows.reserve(customers.size());
  for (const Customer& customer : customers) {
    rows.push_back(Values(customer));
    rows.back().insert(rows.back().end(), {customer.id, customer.create_time});
    for (const ExternalId& id : customer.external_ids) {
      external_ids.push_back({Bytes{id.system}, Bytes{id.id}, customer.id});
    }
  }
  if (const absl::Status status = tx.InsertMany(kInsert, rows).status(); !status.ok())
    return NamingTheKey(status);
  const absl::Status status = InsertExternalIds(tx, external_ids);
  return status.ok() ? IndexCustomers(tx, customers) : status;
}

absl::Status CustomerStore::Update(Transaction& tx, const Customer& before, const Customer& after) {
  std::vector<Parameter> values = Values(after);
  values.push_back(after.id);
  if (const absl::Status status = tx.Execute(Sql(kUpdate, std::move(values))).status(); !status.ok()) {
    return NamingTheKey(status);
  }
  for (const ExternalId& id : Without(before.external_ids, after.external_ids)) {
    const absl::Status status = tx.Execute(Sql("DELETE FROM external_ids WHERE system = ? AND id = ?",
                                               {Bytes{id.system}, Bytes{id.id}}))
                                    .status();
    if (!status.ok()) return status;
  }
  std::vector<std::vector<Parameter>> added;
  for (const ExternalId& id : Without(after.external_ids, before.external_ids)) {
    added.push_back({Bytes{id.system}, Bytes{id.id}, after.id});
  }
  const absl::Status status = InsertExternalIds(tx, added);
  return status.ok() ? ReindexCustomer(tx, before, after) : status;
}

absl::Status CustomerStore::RaiseVersions(Transaction& tx, const std::vector<Id>& ids) {
  if (ids.empty()) return absl::OkStatus();
  return tx.Execute(Sql("UPDATE customers SET version = version + 1 WHERE id IN ") + InList(ids)).status();
}

absl::StatusOr<int64_t> CustomerStore::CountUpTo(Transaction& tx, const Principal& reader, int64_t most) {
  return tx.QueryOne(Sql("SELECT COUNT(*) FROM (SELECT 1 FROM customers WHERE ") +
                         MayRead(reader, CustomerRowColumns()) + Sql(" LIMIT ?) AS some", {most}),
                     [](const Row& row) { return row.Int64(0); });
}

absl::Status CustomerStore::Delete(Transaction& tx, Id customer) {
  const auto row =
      tx.QueryOne(Sql(kSelect) + Sql(" WHERE customers.id = ? FOR UPDATE", {customer}), ReadCustomer);
  if (!row.ok()) return NotFound(row.status());
  // As if nothing of it were known any more.
  absl::Status status = ReindexCustomer(tx, *row, Customer{.id = customer});
  if (status.ok()) {
    status = tx.Execute(Sql("DELETE FROM external_ids WHERE customer_id = ?", {customer})).status();
  }
  if (status.ok()) status = tx.Execute(Sql("DELETE FROM customers WHERE id = ?", {customer})).status();
  return status;
}

absl::StatusOr<absl::flat_hash_map<ExternalId, Id>> CustomerStore::FindByExternalIds(
    Transaction& tx, const std::vector<ExternalId>& ids) {
  absl::flat_hash_map<ExternalId, Id> found;
  if (ids.empty()) return found;
  const absl::Status status = tx.Query(Sql("SELECT system, id, customer_id FROM external_ids WHERE ") +
                                           MatchExternalIds(ids, "system = ?", " AND id IN "),
                                       [&](const Row& row) {
                                         found.emplace(ExternalId{row.Blob(0), row.Blob(1)}, row.Id(2));
                                         return absl::OkStatus();
                                       });
  if (!status.ok()) return status;
  return found;
}

namespace {

// Rows of a number and a customer.
absl::StatusOr<absl::flat_hash_map<std::string, Id>> FindByNumbers(Transaction& tx, SqlText select,
                                                                   const std::vector<std::string>& numbers) {
  absl::flat_hash_map<std::string, Id> found;
  if (numbers.empty()) return found;
  std::vector<Bytes> bytes;
  for (const std::string& number : numbers) bytes.push_back({number});
  const absl::Status status = tx.Query(Sql(select) + InList(bytes), [&](const Row& row) {
    found.emplace(row.Blob(0), row.Id(1));
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return found;
}

}  // namespace

absl::StatusOr<absl::flat_hash_map<std::string, Id>> CustomerStore::FindByRegistrationNumbers(
    Transaction& tx, const std::vector<std::string>& numbers) {
  return FindByNumbers(tx, "SELECT registration_number, id FROM customers WHERE registration_number IN ",
                       numbers);
}

absl::StatusOr<absl::flat_hash_map<std::string, Id>> CustomerStore::FindByFormerNumbers(
    Transaction& tx, const std::vector<std::string>& numbers) {
  return FindByNumbers(
      tx, "SELECT registration_number, customer_id FROM customer_aliases WHERE registration_number IN ",
      numbers);
}

absl::Status CustomerStore::ForgetFormerNumber(Transaction& tx, Id survivor, const std::string& number) {
  return tx
      .Execute(Sql("UPDATE customer_aliases SET registration_number = NULL"
                   " WHERE customer_id = ? AND registration_number = ?",
                   {survivor, Bytes{number}}))
      .status();
}

}  // namespace clientele::customer
