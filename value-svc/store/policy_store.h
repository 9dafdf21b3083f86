#ifndef VALUE_SVC_STORE_POLICY_STORE_H_
#define VALUE_SVC_STORE_POLICY_STORE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "servicekit/mysql/transaction.h"
#include "value-svc/domain/policy.h"

namespace clientele::value {

using servicekit::Transaction;

// Policies, with every version that they ever had.
class PolicyStore {
 public:
  absl::Status Insert(Transaction& tx, const Policy& policy);
  // Stores the next version. `policy.version` must be one above the stored one, which is locked.
  absl::Status Update(Transaction& tx, const Policy& policy);

  absl::StatusOr<Policy> Get(Transaction& tx, Id id);  // NOT_FOUND.
  absl::StatusOr<Policy> GetForUpdate(Transaction& tx, Id id);

  struct Place {  // In the order of the list.
    int64_t priority = 0;
    Id id;
  };
  absl::StatusOr<std::vector<Policy>> List(Transaction& tx, const std::optional<Place>& after, int64_t limit);
  // Those that recommend something, from `from` on, that one included.
  absl::StatusOr<std::vector<Policy>> ListEnabled(Transaction& tx, const Place& from);
  absl::StatusOr<std::vector<Policy>> ListVersions(Transaction& tx, Id id, std::optional<int64_t> below,
                                                   int64_t limit);
};

}  // namespace clientele::value

#endif  // VALUE_SVC_STORE_POLICY_STORE_H_
