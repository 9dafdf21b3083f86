#ifndef CUSTOMER_SVC_STORE_TRANSFER_STORE_H_
#define CUSTOMER_SVC_STORE_TRANSFER_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "customer-svc/domain/customer.h"
#include "servicekit/access/principal.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::customer {

// How far a bulk transfer is. The customers that it looks at lie behind `after` and up to `until`.
struct TransferState {
  std::string request_id;   // 16 bytes.
  std::string fingerprint;  // Of the request: the same id with another one is refused.
  servicekit::Id after, until;
  int64_t moved = 0;
  int64_t batches = 0;
  bool done = false;
};

// Which customers a transfer means, and where they go.
struct TransferScope {
  servicekit::Sql condition;  // May be empty.
  std::optional<servicekit::Id> owner;
  servicekit::Id team;
};

// Bulk transfers: their progress, and the customers that they mean.
class TransferStore {
 public:
  // The transfer with this request id, locked, and made when it is not there.
  absl::StatusOr<TransferState> LockOrCreate(servicekit::Transaction& tx, const TransferState& fresh,
                                             absl::Time now);
  absl::Status Update(servicekit::Transaction& tx, const TransferState& state);
  // How many batches of it are committed, waiting for one that is going on; 0 when there is none.
  absl::StatusOr<int64_t> CountBatches(servicekit::Transaction& tx, const std::string& request_id);

  // The next customers that the writer may change and that are not where they should go, by id.
  absl::StatusOr<std::vector<servicekit::Id>> Next(servicekit::Transaction& tx,
                                                   const servicekit::Principal& writer,
                                                   const TransferScope& scope, const TransferState& state,
                                                   int64_t limit);
  // How many there are for each owner and team, also of those that are where they should go.
  struct Origin {
    std::optional<servicekit::Id> owner, team;
    int64_t count;
  };
  absl::StatusOr<std::vector<Origin>> CountByOwner(servicekit::Transaction& tx,
                                                   const servicekit::Principal& writer,
                                                   const TransferScope& scope);
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_STORE_TRANSFER_STORE_H_
