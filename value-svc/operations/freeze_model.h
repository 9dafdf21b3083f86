#ifndef VALUE_SVC_OPERATIONS_FREEZE_MODEL_H_
#define VALUE_SVC_OPERATIONS_FREEZE_MODEL_H_

#include "absl/status/status.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

// Freezes what a run has read into its model: pooled rates, fitted sales, reference distributions and
// boundaries. The reference is those who are active: percentiles among customers of whom most never bought
// would tell nothing.
absl::Status FreezeModel(Transaction& tx, Stores& stores, const ScoringRun& run, absl::Time now);

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_FREEZE_MODEL_H_
