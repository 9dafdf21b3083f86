#include "servicekit/mysql/lease.h"

namespace servicekit {

absl::StatusOr<bool> TakeLease(Transaction& tx, const std::string& name, const std::string& holder,
                               absl::Duration duration) {
  // Assigned from left to right: the second looks at the holder that the first has decided on.
  const auto taken = tx.Execute(Sql(R"sql(
      INSERT INTO leases (name, holder, expire_time)
      VALUES (?, ?, UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND)
      ON DUPLICATE KEY UPDATE
          holder = IF(expire_time <= UTC_TIMESTAMP(6), VALUES(holder), holder),
          expire_time = IF(holder = VALUES(holder), VALUES(expire_time), expire_time))sql",
                                    {name, holder, absl::ToInt64Microseconds(duration)}));
  if (!taken.ok()) return taken.status();
  const auto current = tx.QueryOne(Sql("SELECT holder FROM leases WHERE name = ? FOR UPDATE", {name}),
                                   [](const Row& row) { return row.Text(0); });
  if (!current.ok()) return current.status();
  return *current == holder;
}

absl::Status DropLease(Transaction& tx, const std::string& name, const std::string& holder) {
  return tx
      .Execute(Sql("UPDATE leases SET expire_time = UTC_TIMESTAMP(6) WHERE name = ? AND holder = ?",
                   {name, holder}))
      .status();
}

}  // namespace servicekit
