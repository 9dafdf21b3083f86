#include "customer-svc/store/ownership_store.h"

#include "customer-svc/store/lookup.h"
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

absl::StatusOr<std::vector<Ownership>> OwnershipStore::List(Transaction& tx, const std::vector<Id>& customers,
                                                            Id before, int64_t limit) {
  // Where each ends is asked of all of the customer's, before the page is cut out. State 2 is a merge that
  // was split again.
  Sql sql = Sql(R"sql(
      SELECT id, owner_id, team_id, start_time, actor, method, reason, COALESCE(next_time, merge_time)
        FROM (SELECT id, owner_id, team_id, start_time, actor, method, reason,
                     LEAD(start_time) OVER (PARTITION BY customer_id ORDER BY id) AS next_time,
                     (SELECT MAX(customer_merges.merge_time) FROM customer_merges
                       WHERE customer_merges.merged_id = ownerships.customer_id AND customer_merges.state <> 2)
                       AS merge_time
                FROM ownerships
               WHERE customer_id IN )sql") +
            InList(customers) + Sql(") AS times");
  if (!before.is_nil()) sql += Sql(" WHERE id < ?", {before});
  return tx.QueryAll(sql + Sql(" ORDER BY id DESC LIMIT ?", {limit}), [](const Row& row) {
    return Ownership{.id = row.Id(0),
                     .owner = row.OptionalId(1),
                     .team = row.OptionalId(2),
                     .start_time = row.Time(3),
                     .end_time = row.OptionalTime(7),
                     .actor = row.Text(4),
                     .method = row.Text(5),
                     .reason = row.Text(6)};
  });
}

}  // namespace clientele::customer
