#ifndef CUSTOMER_SVC_OPERATIONS_TARGET_MARKET_SEARCH_H_
#define CUSTOMER_SVC_OPERATIONS_TARGET_MARKET_SEARCH_H_

#include "absl/status/statusor.h"
#include "customer-svc/operations/stores.h"
#include "servicekit/mysql/pool.h"
#include "servicekit/types/clock.h"

namespace clientele::customer {

// Looks for the members of target markets whose definition changed, some customers a transaction, behind
// whatever else goes on. How far it is lies in the database: any replica goes on where another stopped, one
// at a time. One step; false when there was nothing to do.
absl::StatusOr<bool> SearchTargetMarkets(Stores& stores, servicekit::Pool& pool,
                                         const servicekit::Clock& clock);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_OPERATIONS_TARGET_MARKET_SEARCH_H_
