#ifndef VALUE_SVC_OPERATIONS_CANCEL_RUN_H_
#define VALUE_SVC_OPERATIONS_CANCEL_RUN_H_

#include "absl/status/statusor.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

// Stops a run, with the model that a RESCORE made for itself. What it kept is removed by SweepCancelled.
// NOT_FOUND; FAILED_PRECONDITION once it changes scores in force, or is at its end.
absl::StatusOr<ScoringRun> CancelRun(Transaction& tx, Stores& stores, Id id, absl::Time now);

// Removes some of what cancelled runs kept; true when there was something.
absl::StatusOr<bool> SweepCancelled(Transaction& tx, Stores& stores);

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_CANCEL_RUN_H_
