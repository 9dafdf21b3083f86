#include "customer-svc/store/ownership_store.h"

#include "servicekit/types/utf8.h"

namespace clientele::customer {

using servicekit::Id;
using servicekit::Parameter;
using servicekit::Row;
using servicekit::Sql;
using servicekit::Transaction;

absl::Status OwnershipStore::Append(Transaction& tx, const Author& author,
                                    const std::vector<Customer>& customers) {
  if (customers.empty()) return absl::OkStatus();
  const std::string actor = servicekit::CutUtf8(author.subject, 255);
  std::vector<std::vector<Parameter>> rows;
  rows.reserve(customers.size());
  for (const Customer& customer : customers) {
    rows.push_back({customer.id, Id::New(author.time), customer.owner, customer.team, author.time, actor,
                    author.method, author.reason});
  }
  return tx
      .InsertMany(
          "INSERT INTO ownerships (customer_id, id, owner_id, team_id, start_time, actor, method,"
          " reason) VALUES ",
          rows)
      .status();
}

absl::StatusOr<std::vector<Ownership>> OwnershipStore::List(Transaction& tx, Id customer, Id before,
                                                            int64_t limit) {
  Sql sql(
      "SELECT id, owner_id, team_id, start_time, actor, method, reason FROM ownerships"
      " WHERE customer_id = ?",
      {customer});
  if (!before.is_nil()) sql += Sql(" AND id < ?", {before});
  return tx.QueryAll(sql + Sql(" ORDER BY id DESC LIMIT ?", {limit}), [](const Row& row) {
    return Ownership{.id = row.Id(0),
                     .owner = row.OptionalId(1),
                     .team = row.OptionalId(2),
                     .start_time = row.Time(3),
                     .actor = row.Text(4),
                     .method = row.Text(5),
                     .reason = row.Text(6)};
  });
}

}  // namespace clientele::customer
