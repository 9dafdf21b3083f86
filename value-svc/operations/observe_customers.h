#ifndef VALUE_SVC_OPERATIONS_OBSERVE_CUSTOMERS_H_
#define VALUE_SVC_OPERATIONS_OBSERVE_CUSTOMERS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "value-svc/domain/observations.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

// What the ledger says of `customers` as of a day: one for each, in the same order. `customers` must rise.
// With `whole` they are all that there are between the first and the last, so that the ledger can be read in
// one go.
absl::StatusOr<std::vector<Observations>> ObserveCustomers(Transaction& tx, Stores& stores,
                                                           absl::Span<const Id> customers, bool whole,
                                                           absl::Time as_of, const ObservationTerms& terms);

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_OBSERVE_CUSTOMERS_H_
