#ifndef CUSTOMER_SVC_STORE_OWNERSHIP_STORE_H_
#define CUSTOMER_SVC_STORE_OWNERSHIP_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "customer-svc/domain/customer.h"
#include "customer-svc/store/history_store.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::customer {

// A time during which a customer had one owner and one team; it ends where the customer's next one begins, or
// where the customer was merged into another.
struct Ownership {
  servicekit::Id id;
  std::optional<servicekit::Id> owner, team;
  absl::Time start_time;
  std::optional<absl::Time> end_time;
  std::string actor, method, reason;
};

// Who owned a customer from when on.
class OwnershipStore {
 public:
  // The owner and team that these have from now on.
  absl::Status Append(servicekit::Transaction& tx, const Author& author,
                      const std::vector<Customer>& customers);
  // Of a customer and those that were merged into it. Newest first; `before` is nil for the first page.
  absl::StatusOr<std::vector<Ownership>> List(servicekit::Transaction& tx,
                                              const std::vector<servicekit::Id>& customers,
                                              servicekit::Id before, int64_t limit);
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_STORE_OWNERSHIP_STORE_H_
