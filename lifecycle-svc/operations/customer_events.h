#ifndef LIFECYCLE_SVC_OPERATIONS_CUSTOMER_EVENTS_H_
#define LIFECYCLE_SVC_OPERATIONS_CUSTOMER_EVENTS_H_

#include "absl/status/status.h"
#include "clientele/customer/v1/customer_feed.pb.h"
#include "lifecycle-svc/operations/environment.h"

// What customer-svc's feed tells of the identity of customers. Each applies to a transaction in which the
// journeys that the event names, and those they count as, are locked; doing so again changes nothing.
namespace clientele::lifecycle {

absl::Status MergeCustomers(const Environment& environment, const CallContext& call, Transaction& tx,
                            const customer::v1::CustomersMerged& event);
absl::Status SplitCustomers(const Environment& environment, const CallContext& call, Transaction& tx,
                            const customer::v1::CustomersSplit& event);
absl::Status EraseCustomer(Transaction& tx, const customer::v1::CustomerErased& event);

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_OPERATIONS_CUSTOMER_EVENTS_H_
