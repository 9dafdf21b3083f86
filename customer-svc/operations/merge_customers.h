#ifndef CUSTOMER_SVC_OPERATIONS_MERGE_CUSTOMERS_H_
#define CUSTOMER_SVC_OPERATIONS_MERGE_CUSTOMERS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "customer-svc/operations/caller.h"
#include "customer-svc/operations/stores.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::customer {

// The RPC MergeCustomers. Its errors are told in the contract.
struct MergeCommand {
  servicekit::Id survivor, merged;
  std::vector<std::string> fields_from_merged;
  int64_t survivor_version = 0, merged_version = 0;  // Expected; 0 is any.
};
struct MergeResult {
  CustomerMerge merge;
  Customer survivor;
};
absl::StatusOr<MergeResult> MergeCustomers(Stores& stores, servicekit::Transaction& tx, const Caller& caller,
                                           const MergeCommand& command);

// The RPC SplitCustomers.
struct SplitResult {
  // What could not be undone.
  struct Remainder {
    servicekit::Id customer;
    std::string field;
    std::string description;
  };
  Customer survivor, restored;
  std::vector<Remainder> remainders;
};
absl::StatusOr<SplitResult> SplitCustomers(Stores& stores, servicekit::Transaction& tx, const Caller& caller,
                                           servicekit::Id merge, int64_t survivor_version);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_OPERATIONS_MERGE_CUSTOMERS_H_
