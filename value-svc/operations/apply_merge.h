#ifndef VALUE_SVC_OPERATIONS_APPLY_MERGE_H_
#define VALUE_SVC_OPERATIONS_APPLY_MERGE_H_

#include "absl/status/status.h"
#include "value-svc/domain/family.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

// A merge was made, or was `undone`: facts count for whom they count now, and everything that follows from
// them is marked to be computed anew, also as of past days. Merges may be told in any order, and more than
// once.
absl::Status ApplyMerge(Transaction& tx, Stores& stores, const Merge& merge, bool undone);

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_APPLY_MERGE_H_
