#ifndef CUSTOMER_SVC_OPERATIONS_WRITE_TARGET_MARKET_H_
#define CUSTOMER_SVC_OPERATIONS_WRITE_TARGET_MARKET_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "customer-svc/operations/caller.h"
#include "customer-svc/operations/stores.h"
#include "servicekit/mysql/transaction.h"

// The RPCs CreateTargetMarket, UpdateTargetMarket and DeleteTargetMarket: for administrators
// (PERMISSION_DENIED).
namespace clientele::customer {

// INVALID_ARGUMENT, RESOURCE_EXHAUSTED.
absl::StatusOr<TargetMarket> CreateTargetMarket(Stores& stores, servicekit::Transaction& tx,
                                                const Caller& caller, TargetMarket market);
// NOT_FOUND, INVALID_ARGUMENT, ABORTED for a stale version. An update that changes nothing leaves no trace.
absl::StatusOr<TargetMarket> UpdateTargetMarket(
    Stores& stores, servicekit::Transaction& tx, const Caller& caller, servicekit::Id id,
    int64_t expected_version, absl::FunctionRef<absl::StatusOr<TargetMarket>(const TargetMarket&)> apply);
// NOT_FOUND, ABORTED.
absl::Status DeleteTargetMarket(Stores& stores, servicekit::Transaction& tx, const Caller& caller,
                                servicekit::Id id, int64_t expected_version);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_OPERATIONS_WRITE_TARGET_MARKET_H_
