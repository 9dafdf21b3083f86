#ifndef LIFECYCLE_SVC_OPERATIONS_KNOWN_CUSTOMERS_H_
#define LIFECYCLE_SVC_OPERATIONS_KNOWN_CUSTOMERS_H_

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lifecycle-svc/operations/environment.h"
#include "lifecycle-svc/operations/unit_of_work.h"

namespace clientele::lifecycle {

// Of the customers, those that are not known here yet, as customer-svc tells of them; it is asked only if
// there are any. Comes before the transaction. NOT_FOUND when one does not exist.
absl::StatusOr<std::vector<KnownCustomer>> HearOfMissing(const Environment& environment,
                                                         const CallContext& call,
                                                         const std::vector<Id>& customers);

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_OPERATIONS_KNOWN_CUSTOMERS_H_
