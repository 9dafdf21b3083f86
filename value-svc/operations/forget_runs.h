#ifndef VALUE_SVC_OPERATIONS_FORGET_RUNS_H_
#define VALUE_SVC_OPERATIONS_FORGET_RUNS_H_

#include "absl/status/statusor.h"
#include "value-svc/domain/run_retention.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

// Lets go of one run that is no longer needed; false when there is none. What it found is taken away by
// SweepCancelled; then the run itself goes, and a model that nothing else was scored with. Runs that went on
// from its tiers go on from those before it. Nobody else may begin a run or rescore meanwhile.
absl::StatusOr<bool> ForgetOneRun(Transaction& tx, Stores& stores, const RunRetention& retention,
                                  absl::Time now);

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_FORGET_RUNS_H_
