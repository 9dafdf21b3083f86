#ifndef CUSTOMER_SVC_OPERATIONS_UPDATE_REQUIREMENT_SET_H_
#define CUSTOMER_SVC_OPERATIONS_UPDATE_REQUIREMENT_SET_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "customer-svc/operations/caller.h"
#include "customer-svc/operations/stores.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::customer {

// The RPC UpdateRequirementSet: PERMISSION_DENIED, NOT_FOUND, INVALID_ARGUMENT, and ABORTED when
// `expected_version` is neither 0 nor the current one. An update that changes nothing leaves no trace.
absl::StatusOr<RequirementSet> UpdateRequirementSet(
    Stores& stores, servicekit::Transaction& tx, const Caller& caller, Stage stage, int64_t expected_version,
    absl::FunctionRef<absl::StatusOr<RequirementSet>(const RequirementSet&)> apply);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_OPERATIONS_UPDATE_REQUIREMENT_SET_H_
