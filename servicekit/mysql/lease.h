#ifndef SERVICEKIT_MYSQL_LEASE_H_
#define SERVICEKIT_MYSQL_LEASE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "servicekit/mysql/transaction.h"

// Background work that one replica at a time may do: a row in `leases`, by the database's clock.
namespace servicekit {

// Takes the lease, or prolongs it, until `duration` from now; false when another holder has it. Its row stays
// locked until the transaction ends, so work in the same transaction is fenced: an earlier holder that was
// slow cannot commit beside it. With no duration the lease is for this transaction only.
absl::StatusOr<bool> TakeLease(Transaction& tx, const std::string& name, const std::string& holder,
                               absl::Duration duration);
// Gives it back; nothing happens when `holder` does not have it.
absl::Status DropLease(Transaction& tx, const std::string& name, const std::string& holder);

}  // namespace servicekit

#endif  // SERVICEKIT_MYSQL_LEASE_H_
