#include "value-svc/store/customer_store.h"

#include <algorithm>

#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"
#include "value-svc/store/statements.h"

namespace clientele::value {

using servicekit::Parameter;
using servicekit::Row;
using servicekit::Sql;

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
  std::sort(customers.begin(), customers.end(),
            [](const CustomerRow& a, const CustomerRow& b) { return a.id < b.id; });
  std::vector<std::vector<Parameter>> rows;
  for (const CustomerRow& customer : customers) {
    rows.push_back({customer.id, customer.owner, customer.team, customer.version});
  }
  // Assigned from left to right, so `version` comes last.
  const absl::Status kept =
      tx.InsertMany("INSERT INTO customers (id, owner_id, team_id, version) VALUES ", rows, R"sql(
        ON DUPLICATE KEY UPDATE owner_id = IF(VALUES(version) > version, VALUES(owner_id), owner_id),
                                team_id = IF(VALUES(version) > version, VALUES(team_id), team_id),
                                version = GREATEST(version, VALUES(version)))sql")
          .status();
  if (!kept.ok() || customers.empty()) return kept;
  std::vector<Id> ids;
  for (const CustomerRow& customer : customers) ids.push_back(customer.id);
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

absl::Status CustomerStore::CheckReadable(Transaction& tx, const servicekit::Principal& principal,
                                          Id customer) {
  const auto found = tx.QueryOne(Sql("SELECT 1 FROM customers WHERE id = ? AND ", {customer}) +
                                     servicekit::MayRead(principal, kCustomerColumns),
                                 [](const Row& row) { return row.Int64(0); });
  if (absl::IsNotFound(found.status())) {
    return absl::NotFoundError(servicekit::StrCat("there is no ", servicekit::NameOf("customers", customer)));
  }
  return found.status();
}

absl::StatusOr<std::vector<Id>> CustomerStore::ListIds(Transaction& tx, Id after, int64_t limit) {
  return tx.QueryAll(Sql("SELECT id FROM customers WHERE id > ? ORDER BY id LIMIT ?", {after, limit}),
                     [](const Row& row) { return row.Id(0); });
}

absl::StatusOr<int64_t> CustomerStore::Count(Transaction& tx) {
  return tx.QueryOne(Sql("SELECT COUNT(*) FROM customers"), [](const Row& row) { return row.Int64(0); });
}

}  // namespace clientele::value
