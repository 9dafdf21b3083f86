#ifndef CUSTOMER_SVC_STORE_MERGE_STORE_H_
#define CUSTOMER_SVC_STORE_MERGE_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "customer-svc/domain/customer.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::customer {

// One merge: who became part of whom, and all that is needed to undo it.
struct CustomerMerge {
  enum class State { kMerged = 1, kSplit = 2, kErased = 3 };

  servicekit::Id id;
  servicekit::Id survivor, merged;
  State state = State::kMerged;
  std::string actor;
  absl::Time merge_time;
  std::string split_actor;
  std::optional<absl::Time> split_time;
  int64_t contacts = 0, needs = 0, interactions = 0, subsidiaries = 0;  // Moved by it.
  // Fields as they were; the merged customer also with its version and times. Empty once erased.
  Customer survivor_before, survivor_after, merged_before;
};

// What one merge moved from the merged customer to the survivor.
enum class MovedKind { kContact = 1, kNeed = 2, kInteraction = 3, kSubsidiary = 4, kAlias = 5 };

// Merges with their snapshots, and the aliases that merged customers live on as.
class MergeStore {
 public:
  absl::Status Insert(servicekit::Transaction& tx, const CustomerMerge& merge);
  // NOT_FOUND.
  absl::StatusOr<CustomerMerge> Get(servicekit::Transaction& tx, servicekit::Id id);
  absl::StatusOr<CustomerMerge> Lock(servicekit::Transaction& tx, servicekit::Id id);
  // Merges that a customer took part in, as either, newest first. `before` is nil for the first page.
  absl::StatusOr<std::vector<CustomerMerge>> List(servicekit::Transaction& tx, servicekit::Id customer,
                                                  servicekit::Id before, int64_t limit);
  absl::Status MarkSplit(servicekit::Transaction& tx, const CustomerMerge& merge);

  // Gives all that belongs to `merge.merged` to the survivor, remembers what that was, and counts it into
  // `merge`. Subsidiaries are not moved, only remembered: they change by a write of their own.
  absl::Status MoveAll(servicekit::Transaction& tx, CustomerMerge& merge,
                       const std::vector<servicekit::Id>& subsidiaries);
  // Gives back what is still there of it.
  absl::Status MoveBack(servicekit::Transaction& tx, const CustomerMerge& merge);
  absl::StatusOr<std::vector<servicekit::Id>> Moved(servicekit::Transaction& tx, servicekit::Id merge,
                                                    MovedKind kind);
  // How many contacts, needs and interactions the survivor got since, which stay with it.
  absl::StatusOr<int64_t> CountAddedSince(servicekit::Transaction& tx, const CustomerMerge& merge);
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_STORE_MERGE_STORE_H_
