#include "lifecycle-svc/store/credit_limit_store.h"

#include "lifecycle-svc/store/columns.h"

namespace clientele::lifecycle {

using servicekit::Parameter;
using servicekit::Row;
using servicekit::Sql;

absl::StatusOr<absl::flat_hash_map<Id, CreditLimit>> CreditLimitStore::Find(
    Transaction& tx, const std::vector<Id>& customers) {
  absl::flat_hash_map<Id, CreditLimit> limits;
  if (customers.empty()) return limits;
  // The last row of a customer is the one in force.
  const absl::Status status =
      tx.Query(Sql(R"sql(
        SELECT a.survivor_id AS customer, l.amount, l.start_time, l.version, l.update_time, 0 AS own, l.customer_id
          FROM customer_aliases a JOIN credit_limits l ON l.customer_id = a.alias_id
         WHERE a.survivor_id IN )sql") +
                   InList(customers) + Sql(R"sql(
         UNION ALL
        SELECT l.customer_id, l.amount, l.start_time, l.version, l.update_time, 1, l.customer_id
          FROM credit_limits l WHERE l.customer_id IN )sql") +
                   InList(customers) + Sql(" ORDER BY own, update_time, customer_id"),
               [&](const Row& row) {
                 const Id customer = row.Id(0);
                 limits[customer] = {customer, row.IsNull(1) ? std::nullopt : std::optional(row.Decimal(1)),
                                     row.Time(2), row.Int64(3), row.Time(4)};
                 return absl::OkStatus();
               });
  if (!status.ok()) return status;
  return limits;
}

absl::Status CreditLimitStore::Put(Transaction& tx, const std::vector<CreditLimit>& limits) {
  if (limits.empty()) return absl::OkStatus();
  std::vector<std::vector<Parameter>> rows;
  for (const CreditLimit& limit : limits) {
    rows.push_back({limit.customer, limit.amount, limit.start_time, limit.version, limit.update_time});
  }
  return tx
      .InsertMany("INSERT INTO credit_limits (customer_id, amount, start_time, version, update_time) VALUES ",
                  rows,
                  " ON DUPLICATE KEY UPDATE amount = VALUES(amount), start_time = VALUES(start_time),"
                  " version = VALUES(version), update_time = VALUES(update_time)")
      .status();
}

}  // namespace clientele::lifecycle
