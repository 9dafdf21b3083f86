#ifndef VALUE_SVC_OPERATIONS_LET_GO_H_
#define VALUE_SVC_OPERATIONS_LET_GO_H_

#include <vector>

#include "absl/status/status.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

// customer-svc tells that there are no such customers any more: they go with their scores, but for those of
// whom there are figures.
absl::Status LetGo(Transaction& tx, Stores& stores, std::vector<Id> customers);

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_LET_GO_H_
