#ifndef CUSTOMER_SVC_OPERATIONS_OWN_CUSTOMER_H_
#define CUSTOMER_SVC_OPERATIONS_OWN_CUSTOMER_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "customer-svc/operations/caller.h"
#include "customer-svc/operations/stores.h"
#include "servicekit/mysql/transaction.h"

// The RPCs ClaimCustomer and ReleaseCustomer: NOT_FOUND, PERMISSION_DENIED, FAILED_PRECONDITION, and ABORTED
// when `expected_version` is neither 0 nor the current one.
namespace clientele::customer {

absl::StatusOr<Customer> ClaimCustomer(Stores& stores, servicekit::Transaction& tx, const Caller& caller,
                                       servicekit::Id id, int64_t expected_version);
absl::StatusOr<Customer> ReleaseCustomer(Stores& stores, servicekit::Transaction& tx, const Caller& caller,
                                         servicekit::Id id, int64_t expected_version);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_OPERATIONS_OWN_CUSTOMER_H_
