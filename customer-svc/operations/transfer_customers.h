#ifndef CUSTOMER_SVC_OPERATIONS_TRANSFER_CUSTOMERS_H_
#define CUSTOMER_SVC_OPERATIONS_TRANSFER_CUSTOMERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "customer-svc/operations/caller.h"
#include "customer-svc/operations/stores.h"
#include "servicekit/mysql/pool.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::customer {

// What is asked for: the customers that `condition` finds (empty: all that the caller may change), and one of
// `owner` and `team`.
struct Transfer {
  servicekit::Sql condition;
  std::optional<servicekit::Id> owner, team;
};

// The RPC PreviewTransfer.
struct TransferPreview {
  int64_t moving = 0;
  int64_t unchanged = 0;
  std::vector<TransferStore::Origin> origins;
  std::vector<Customer> examples;
};
// PERMISSION_DENIED, NOT_FOUND for the target, FAILED_PRECONDITION for one that is not active.
absl::StatusOr<TransferPreview> PreviewTransfer(Stores& stores, servicekit::Transaction& tx,
                                                const Caller& caller, const Transfer& transfer);

// How far a transfer is after the last batch.
struct TransferProgress {
  int64_t moved = 0;
  bool done = false;
};
// The next batch of the RPC TransferCustomers, in a transaction of its own: so a transfer of any size holds
// few locks at a time, and goes on behind the last batch that was committed. The same errors as
// PreviewTransfer, and INVALID_ARGUMENT (reason REQUEST_ID_REUSED).
absl::StatusOr<TransferProgress> TransferBatch(Stores& stores, servicekit::Pool& pool, absl::Time deadline,
                                               const Caller& caller, const std::string& request_id,
                                               const std::string& fingerprint, const Transfer& transfer);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_OPERATIONS_TRANSFER_CUSTOMERS_H_
