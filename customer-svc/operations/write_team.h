#ifndef CUSTOMER_SVC_OPERATIONS_WRITE_TEAM_H_
#define CUSTOMER_SVC_OPERATIONS_WRITE_TEAM_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "customer-svc/operations/caller.h"
#include "customer-svc/operations/stores.h"
#include "servicekit/mysql/transaction.h"

// The RPCs Create… and Update… of teams and representatives: for administrators (PERMISSION_DENIED);
// INVALID_ARGUMENT, ALREADY_EXISTS.
namespace clientele::customer {

// Also NOT_FOUND for the team that was named.
absl::StatusOr<Team> CreateTeam(Stores& stores, servicekit::Transaction& tx, const Caller& caller, Team team);
absl::StatusOr<Representative> CreateRepresentative(Stores& stores, servicekit::Transaction& tx,
                                                    const Caller& caller, Representative representative);

// Also NOT_FOUND, and ABORTED when `expected_version` is neither 0 nor the current one. An update that
// changes nothing leaves no trace.
absl::StatusOr<Team> UpdateTeam(Stores& stores, servicekit::Transaction& tx, const Caller& caller,
                                servicekit::Id id, int64_t expected_version,
                                absl::FunctionRef<absl::StatusOr<Team>(const Team&)> apply);
absl::StatusOr<Representative> UpdateRepresentative(
    Stores& stores, servicekit::Transaction& tx, const Caller& caller, servicekit::Id id,
    int64_t expected_version, absl::FunctionRef<absl::StatusOr<Representative>(const Representative&)> apply);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_OPERATIONS_WRITE_TEAM_H_
