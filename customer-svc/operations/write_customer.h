#ifndef CUSTOMER_SVC_OPERATIONS_WRITE_CUSTOMER_H_
#define CUSTOMER_SVC_OPERATIONS_WRITE_CUSTOMER_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "customer-svc/operations/caller.h"
#include "customer-svc/operations/stores.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::customer {

// The RPC CreateCustomer: PERMISSION_DENIED, INVALID_ARGUMENT, ALREADY_EXISTS.
absl::StatusOr<Customer> CreateCustomer(Stores& stores, servicekit::Transaction& tx, const Caller& caller,
                                        Customer customer);

// The RPC UpdateCustomer: also NOT_FOUND, and ABORTED when `expected_version` is neither 0 nor the current
// one. `apply` makes of the current customer what the caller wants. An update that changes nothing leaves no
// trace.
absl::StatusOr<Customer> UpdateCustomer(Stores& stores, servicekit::Transaction& tx, const Caller& caller,
                                        servicekit::Id id, int64_t expected_version,
                                        absl::FunctionRef<absl::StatusOr<Customer>(const Customer&)> apply);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_OPERATIONS_WRITE_CUSTOMER_H_
