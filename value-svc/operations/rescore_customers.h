#ifndef VALUE_SVC_OPERATIONS_RESCORE_CUSTOMERS_H_
#define VALUE_SVC_OPERATIONS_RESCORE_CUSTOMERS_H_

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "servicekit/feed/publisher.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

// Computes anew whatever the marked customers' facts touch: their scores in force, and what the runs on and
// after each mark's time had found. Of those who were merged into another it removes all.
absl::Status RescoreCustomers(Transaction& tx, Stores& stores, servicekit::FeedPublisher& feed,
                              absl::Span<const RescoreQueue::Mark> marks, absl::Time now);

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_RESCORE_CUSTOMERS_H_
