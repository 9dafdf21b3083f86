#ifndef VALUE_SVC_STORE_MERGE_STORE_H_
#define VALUE_SVC_STORE_MERGE_STORE_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "servicekit/mysql/transaction.h"
#include "value-svc/domain/family.h"

namespace clientele::value {

using servicekit::Transaction;

// Merges of customers, and whether they were undone.
class MergeStore {
 public:
  // In any order, also more than once: one that was undone stays so.
  absl::Status Record(Transaction& tx, const Merge& merge, bool undone);
  // Those that stand, of `customers` into others.
  absl::StatusOr<std::vector<Merge>> OfCustomers(Transaction& tx, absl::Span<const Id> customers);
};

}  // namespace clientele::value

#endif  // VALUE_SVC_STORE_MERGE_STORE_H_
