#ifndef CUSTOMER_SVC_OPERATIONS_RESTORED_ATTRIBUTES_H_
#define CUSTOMER_SVC_OPERATIONS_RESTORED_ATTRIBUTES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "customer-svc/operations/stores.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::customer {

// Checks the values in `restored` that are not the same in `now`: definitions change and go, but nobody asks
// what old values lie in snapshots and history. What is not allowed any more becomes what it is in `now`, if
// it is there at all. Returns the ids of such attributes; the definitions of the others stay locked.
absl::StatusOr<std::vector<std::string>> SettleRestoredAttributes(Stores& stores, servicekit::Transaction& tx,
                                                                  const AttributeValues& now,
                                                                  AttributeValues& restored);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_OPERATIONS_RESTORED_ATTRIBUTES_H_
