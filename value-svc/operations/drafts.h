#ifndef VALUE_SVC_OPERATIONS_DRAFTS_H_
#define VALUE_SVC_OPERATIONS_DRAFTS_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

// What people chose of the model in force, as the beginning of a new one; the defaults when there is none.
absl::StatusOr<ScoringModel> NextModel(Transaction& tx, Stores& stores);

// A draft that may be changed now, locked. NOT_FOUND; FAILED_PRECONDITION (MODEL_NOT_DRAFT) once it was
// published; ABORTED when `revision` (0: any) is not its, and (RESCORE_RUNNING) while a run works with it.
absl::StatusOr<ScoringModel> LockDraft(Transaction& tx, Stores& stores, Id id, int64_t revision);

// Removes a draft that LockDraft gave, with its previews.
absl::Status RemoveDraft(Transaction& tx, Stores& stores, Id id, absl::Time now);

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_DRAFTS_H_
