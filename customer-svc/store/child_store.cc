#include "customer-svc/store/child_store.h"

#include "customer-svc/store/child_statements.h"
#include "customer-svc/store/customer_store.h"
#include "customer-svc/store/lookup.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::Parameter;
using servicekit::Principal;
using servicekit::Row;
using servicekit::Sql;
using servicekit::Transaction;

template <typename Child>
Child ReadChild(const Row& row) {
  Child child;
  child.id = row.Id(0);
  child.customer = row.Id(1);
  child.external_id = ReadExternalId(row, 2);
  child.version = row.Int64(4);
  child.create_time = row.Time(5);
  child.update_time = row.Time(6);
  ChildStatements<Child>::Read(row, 7, child);
  return child;
}

// Ordered as Insert and Update name the columns, up to update_time.
template <typename Child>
std::vector<Parameter> Values(const Child& child) {
  std::vector<Parameter> values = ChildStatements<Child>::Values(child);
  values.insert(values.end(),
                {SystemOf(child.external_id), IdOf(child.external_id), child.version, child.update_time});
  return values;
}

absl::Status NamingTheKey(const absl::Status& status) {
  if (!absl::IsAlreadyExists(status)) return status;
  return servicekit::WithReason(absl::AlreadyExistsError("the external id is taken"), "EXTERNAL_ID_TAKEN");
}

template <typename Child>
absl::StatusOr<Child> NamingTheKind(absl::StatusOr<Child> child) {
  if (!absl::IsNotFound(child.status())) return child;
  return absl::NotFoundError(
      servicekit::StrCat("there is nothing of this name among the customer's ", kCollection<Child>));
}

}  // namespace

template <typename Child>
absl::StatusOr<Child> ChildStore<Child>::Get(Transaction& tx, const Principal& reader, Id customer, Id id) {
  const auto ask = [&](Id owner) {
    return tx.QueryOne(Sql(ChildStatements<Child>::kSelect) +
                           Sql(" JOIN customers ON customers.id = child.customer_id"
                               " WHERE child.id = ? AND child.customer_id = ? AND ",
                               {id, owner}) +
                           MayRead(reader, CustomerRowColumns()),
                       ReadChild<Child>);
  };
  absl::StatusOr<Child> child = ask(customer);
  if (!absl::IsNotFound(child.status())) return child;
  const auto survivor =
      tx.QueryAll(Sql("SELECT customer_id FROM customer_aliases WHERE alias_id = ?", {customer}),
                  [](const Row& row) { return row.Id(0); });
  if (!survivor.ok()) return survivor.status();
  if (!survivor->empty()) child = ask(survivor->front());
  return NamingTheKind<Child>(std::move(child));
}

template <typename Child>
absl::StatusOr<std::vector<Child>> ChildStore<Child>::List(Transaction& tx, Id customer, const Sql& condition,
                                                           const Sql& order, int64_t limit) {
  Sql sql = Sql(ChildStatements<Child>::kSelect) + Sql(" WHERE child.customer_id = ?", {customer});
  if (!condition.empty()) sql += Sql(" AND ") + condition;
  return tx.QueryAll(sql + Sql(" ORDER BY ") + order + Sql(" LIMIT ?", {limit}), ReadChild<Child>);
}

template <typename Child>
absl::StatusOr<std::vector<Child>> ChildStore<Child>::ListOf(Transaction& tx,
                                                             const std::vector<Id>& customers,
                                                             int64_t limit) {
  if (customers.empty()) return std::vector<Child>();
  return tx.QueryAll(Sql(ChildStatements<Child>::kSelect) + Sql(" WHERE child.customer_id IN ") +
                         InList(customers) + Sql(" ORDER BY child.customer_id, child.id LIMIT ?", {limit}),
                     ReadChild<Child>);
}

template <typename Child>
absl::StatusOr<Child> ChildStore<Child>::Read(Transaction& tx, Id customer, Id id) {
  return NamingTheKind<Child>(
      tx.QueryOne(Sql(ChildStatements<Child>::kSelect) +
                      Sql(" WHERE child.id = ? AND child.customer_id = ? FOR UPDATE", {id, customer}),
                  ReadChild<Child>));
}

template <typename Child>
absl::StatusOr<std::vector<Child>> ChildStore<Child>::LockAll(Transaction& tx, const std::vector<Id>& ids) {
  if (ids.empty()) return std::vector<Child>();
  return tx.QueryAll(Sql(ChildStatements<Child>::kSelect) + Sql(" WHERE child.id IN ") + InList(ids) +
                         Sql(" ORDER BY child.id FOR UPDATE"),
                     ReadChild<Child>);
}

template <typename Child>
absl::Status ChildStore<Child>::Insert(Transaction& tx, const std::vector<Child>& children) {
  if (children.empty()) return absl::OkStatus();
  std::vector<std::vector<Parameter>> rows;
  rows.reserve(children.size());
  for (const Child& child : children) {
    rows.push_back(Values(child));
    rows.back().insert(rows.back().end(), {child.id, child.customer, child.create_time});
  }
  return NamingTheKey(tx.InsertMany(ChildStatements<Child>::kInsert, rows).status());
}

template <typename Child>
absl::Status ChildStore<Child>::Update(Transaction& tx, const Child& child) {
  std::vector<Parameter> values = Values(child);
  values.push_back(child.id);
  return NamingTheKey(tx.Execute(Sql(ChildStatements<Child>::kUpdate, std::move(values))).status());
}

template <typename Child>
absl::StatusOr<absl::flat_hash_map<ExternalId, Child>> ChildStore<Child>::LockByExternalIds(
    Transaction& tx, const std::vector<ExternalId>& ids) {
  absl::flat_hash_map<ExternalId, Child> found;
  if (ids.empty()) return found;
  const absl::Status status =
      tx.Query(Sql(ChildStatements<Child>::kSelect) + Sql(" WHERE ") +
                   MatchExternalIds(ids, "child.external_system = ?", " AND child.external_id IN ") +
                   Sql(" FOR UPDATE"),
               [&](const Row& row) {
                 Child child = ReadChild<Child>(row);
                 const ExternalId id = *child.external_id;
                 found.emplace(id, std::move(child));
                 return absl::OkStatus();
               });
  if (!status.ok()) return status;
  return found;
}

template class ChildStore<Contact>;
template class ChildStore<Need>;
template class ChildStore<Interaction>;

}  // namespace clientele::customer
