#ifndef CUSTOMER_SVC_OPERATIONS_WRITE_TEAM_H_
#define CUSTOMER_SVC_OPERATIONS_WRITE_TEAM_H_

#include "absl/status/statusor.h"
#include "customer-svc/operations/caller.h"
#include "customer-svc/operations/stores.h"
#include "servicekit/mysql/transaction.h"

// The RPCs CreateTeam and CreateRepresentative: for administrators (PERMISSION_DENIED); INVALID_ARGUMENT,
// ALREADY_EXISTS, and NOT_FOUND for the team that was named.
namespace clientele::customer {

absl::StatusOr<Team> CreateTeam(Stores& stores, servicekit::Transaction& tx, const Caller& caller, Team team);
absl::StatusOr<Representative> CreateRepresentative(Stores& stores, servicekit::Transaction& tx,
                                                    const Caller& caller, Representative representative);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_OPERATIONS_WRITE_TEAM_H_
