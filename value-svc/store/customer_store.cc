#include "value-svc/store/customer_store.h"

#include <algorithm>

#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"
#include "value-svc/store/statements.h"

namespace clientele::value {

using servicekit::Parameter;
using servicekit::Row;
using servicekit::Sql;
using servicekit::SqlText;

absl::Status CustomerStore::Lock(Transaction& tx, std::vector<Id> customers) {
  // In the order of ids everywhere, so that two who lock many do not wait for each other.
  std::sort(customers.begin(), customers.end());
  customers.erase(std::unique(customers.begin(), customers.end()), customers.end());
  std::vector<std::vector<Parameter>> rows;
  for (Id customer : customers) rows.push_back({customer, 0});
  return tx
      .InsertMany("INSERT INTO customers (id, version) VALUES ", rows,
                  " ON DUPLICATE KEY UPDATE id = VALUES(id)")
      .status();
}

absl::Status CustomerStore::Keep(Transaction& tx, std::vector<CustomerRow> customers) {
  if (customers.empty()) return absl::OkStatus();
  // Of each customer the newest, in the order of ids.
  std::sort(customers.begin(), customers.end(), [](const CustomerRow& a, const CustomerRow& b) {
    return a.id != b.id ? a.id < b.id : a.version > b.version;
  });
  customers.erase(std::unique(customers.begin(), customers.end(),
                              [](const CustomerRow& a, const CustomerRow& b) { return a.id == b.id; }),
                  customers.end());
  std::vector<Id> ids;
  for (const CustomerRow& customer : customers) ids.push_back(customer.id);
  if (absl::Status status = Lock(tx, ids); !status.ok()) return status;
  absl::flat_hash_map<Id, int64_t> versions;
  const absl::Status read =
      tx.Query(Sql("SELECT id, version FROM customers WHERE id IN ") + IdList(ids) + Sql(" FOR UPDATE"),
               [&](const Row& row) {
                 versions[row.Id(0)] = row.Int64(1);
                 return absl::OkStatus();
               });
  if (!read.ok()) return read;
  std::erase_if(customers,
                [&](const CustomerRow& customer) { return customer.version <= versions[customer.id]; });
  if (customers.empty()) return absl::OkStatus();

  ids.clear();
  std::vector<std::vector<Parameter>> rows, markets;
  for (const CustomerRow& customer : customers) {
    ids.push_back(customer.id);
    rows.push_back({customer.id, customer.owner, customer.team, customer.version, customer.industry,
                    customer.create_time});
    for (Id market : customer.target_markets) markets.push_back({market, customer.id});
  }
  absl::Status status =
      tx.InsertMany("INSERT INTO customers (id, owner_id, team_id, version, industry, create_time) VALUES ",
                    rows, R"sql(
        ON DUPLICATE KEY UPDATE owner_id = VALUES(owner_id), team_id = VALUES(team_id), version = VALUES(version),
                                industry = VALUES(industry), create_time = VALUES(create_time))sql")
          .status();
  if (status.ok()) {
    status =
        tx.Execute(Sql("DELETE FROM customer_target_markets WHERE customer_id IN ") + IdList(ids)).status();
  }
  if (status.ok()) {
    status = tx.InsertMany("INSERT INTO customer_target_markets (target_market_id, customer_id) VALUES ",
                           markets, " ON DUPLICATE KEY UPDATE customer_id = VALUES(customer_id)")
                 .status();
  }
  if (!status.ok()) return status;
  return tx
      .Execute(Sql(R"sql(
        UPDATE scores JOIN customers ON customers.id = scores.customer_id
           SET scores.owner_id = customers.owner_id, scores.team_id = customers.team_id
         WHERE scores.customer_id IN )sql") +
               IdList(ids))
      .status();
}

absl::Status CustomerStore::AddTeam(Transaction& tx, Id team, std::optional<Id> parent) {
  std::vector<std::vector<Parameter>> selves = {{team, team}};
  if (parent.has_value()) selves.push_back({*parent, *parent});
  absl::Status status = tx.InsertMany("INSERT INTO team_tree (ancestor_id, descendant_id) VALUES ", selves,
                                      " ON DUPLICATE KEY UPDATE ancestor_id = VALUES(ancestor_id)")
                            .status();
  if (!status.ok()) return status;
  // A team that moved leaves the teams that were above it, with all below it; else their managers would go on
  // seeing its customers.
  status = tx.Execute(Sql(R"sql(
        DELETE outer_row
          FROM team_tree AS outer_row
          JOIN team_tree AS below ON below.descendant_id = outer_row.descendant_id AND below.ancestor_id = ?
          LEFT JOIN team_tree AS within
            ON within.descendant_id = outer_row.ancestor_id AND within.ancestor_id = ?
         WHERE within.ancestor_id IS NULL)sql",
                          {team, team}))
               .status();
  if (!status.ok() || !parent.has_value()) return status;
  // Everything from the team down comes below everything from the parent up.
  return tx
      .Execute(Sql(R"sql(
        INSERT IGNORE INTO team_tree (ancestor_id, descendant_id)
        SELECT above.ancestor_id, below.descendant_id
          FROM team_tree above JOIN team_tree below
         WHERE above.descendant_id = ? AND below.ancestor_id = ?)sql",
                   {*parent, team}))
      .status();
}

absl::StatusOr<absl::flat_hash_map<Id, Id>> CustomerStore::SurvivorsForUpdate(Transaction& tx,
                                                                              std::vector<Id> customers) {
  absl::flat_hash_map<Id, Id> survivors;
  if (customers.empty()) return survivors;
  std::sort(customers.begin(), customers.end());
  customers.erase(std::unique(customers.begin(), customers.end()), customers.end());
  const absl::Status status = tx.Query(
      Sql("SELECT id, survivor_id FROM customers WHERE id IN ") + IdList(customers) + Sql(" FOR UPDATE"),
      [&](const Row& row) {
        if (!row.IsNull(1)) survivors[row.Id(0)] = row.Id(1);
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return survivors;
}

absl::StatusOr<std::vector<Id>> CustomerStore::MergedIntoForUpdate(Transaction& tx,
                                                                   std::vector<Id> survivors) {
  if (survivors.empty()) return std::vector<Id>();
  return tx.QueryAll(Sql("SELECT id FROM customers WHERE survivor_id IN ") + IdList(survivors) +
                         Sql(" ORDER BY id FOR UPDATE"),
                     [](const Row& row) { return row.Id(0); });
}

absl::StatusOr<absl::flat_hash_set<Id>> CustomerStore::LockThere(Transaction& tx, std::vector<Id> customers) {
  absl::flat_hash_set<Id> there;
  if (customers.empty()) return there;
  std::sort(customers.begin(), customers.end());
  const absl::Status status = tx.Query(
      Sql("SELECT id FROM customers WHERE id IN ") + IdList(customers) + Sql(" ORDER BY id FOR UPDATE"),
      [&](const Row& row) {
        there.insert(row.Id(0));
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return there;
}

absl::StatusOr<std::vector<Id>> CustomerStore::FindBare(Transaction& tx, const std::vector<Id>& customers) {
  if (customers.empty()) return std::vector<Id>();
  return tx.QueryAll(Sql(R"sql(
      SELECT id FROM customers
       WHERE survivor_id IS NULL
         AND NOT EXISTS (SELECT 1 FROM facts WHERE facts.customer_id = customers.id AND facts.counted = 1)
         AND NOT EXISTS (SELECT 1 FROM customers merged WHERE merged.survivor_id = customers.id)
         AND NOT EXISTS (SELECT 1 FROM actions JOIN action_customers ON action_customers.action_id = actions.id
                          WHERE action_customers.customer_id = customers.id)
         AND id IN )sql") +
                         IdList(customers),
                     [](const Row& row) { return row.Id(0); });
}

absl::Status CustomerStore::Delete(Transaction& tx, const std::vector<Id>& customers) {
  if (customers.empty()) return absl::OkStatus();
  std::vector<std::vector<Parameter>> gone;
  for (const Id customer : customers) gone.push_back({customer});
  absl::Status status = tx.InsertMany("INSERT INTO gone_customers (id) VALUES ", gone,
                                      " ON DUPLICATE KEY UPDATE id = VALUES(id)")
                            .status();
  for (const SqlText statement : {SqlText("DELETE FROM facts WHERE customer_id IN "),
                                  SqlText("DELETE FROM rescore_queue WHERE customer_id IN "),
                                  SqlText("DELETE FROM customer_target_markets WHERE customer_id IN "),
                                  SqlText("DELETE FROM customers WHERE id IN ")}) {
    if (status.ok()) status = tx.Execute(Sql(statement) + IdList(customers)).status();
  }
  return status;
}

absl::Status CustomerStore::SetSurvivor(Transaction& tx, Id customer, std::optional<Id> survivor) {
  return tx.Execute(Sql("UPDATE customers SET survivor_id = ? WHERE id = ?", {survivor, customer})).status();
}

absl::StatusOr<Id> CustomerStore::FindReadable(Transaction& tx, const servicekit::Principal& principal,
                                               Id customer) {
  auto found = tx.QueryOne(Sql(R"sql(
      SELECT customers.id
        FROM customers named JOIN customers ON customers.id = COALESCE(named.survivor_id, named.id)
       WHERE named.id = ? AND )sql",
                               {customer}) +
                               servicekit::MayRead(principal, kCustomerColumns),
                           [](const Row& row) { return row.Id(0); });
  if (absl::IsNotFound(found.status())) {
    return absl::NotFoundError(servicekit::StrCat("there is no ", servicekit::NameOf("customers", customer)));
  }
  return found;
}

absl::StatusOr<absl::flat_hash_map<Id, absl::Time>> CustomerStore::CreateTimes(
    Transaction& tx, absl::Span<const Id> customers) {
  absl::flat_hash_map<Id, absl::Time> times;
  if (customers.empty()) return times;
  const absl::Status status =
      tx.Query(Sql("SELECT id, create_time FROM customers WHERE create_time IS NOT NULL AND id IN ") +
                   IdList(customers),
               [&](const Row& row) {
                 times[row.Id(0)] = row.Time(1);
                 return absl::OkStatus();
               });
  if (!status.ok()) return status;
  return times;
}

absl::StatusOr<std::vector<Id>> CustomerStore::EveryNth(Transaction& tx, int64_t size) {
  std::vector<Id> ends;
  while (true) {
    const auto end = tx.QueryOne(
        Sql("SELECT id FROM customers WHERE id > ? AND survivor_id IS NULL ORDER BY id LIMIT 1 OFFSET ?",
            {ends.empty() ? Id() : ends.back(), size - 1}),
        [](const Row& row) { return row.Id(0); });
    if (absl::IsNotFound(end.status())) return ends;
    if (!end.ok()) return end.status();
    ends.push_back(*end);
  }
}

absl::StatusOr<std::vector<Id>> CustomerStore::ListIds(Transaction& tx, const CustomerRange& range) {
  return tx.QueryAll(
      Sql("SELECT id FROM customers WHERE id > ? AND id <= ? AND survivor_id IS NULL ORDER BY id",
          {range.after, range.through}),
      [](const Row& row) { return row.Id(0); });
}

absl::StatusOr<int64_t> CustomerStore::Count(Transaction& tx) {
  return tx.QueryOne(Sql("SELECT COUNT(*) FROM customers WHERE survivor_id IS NULL"),
                     [](const Row& row) { return row.Int64(0); });
}

}  // namespace clientele::value
