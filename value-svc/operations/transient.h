#ifndef VALUE_SVC_OPERATIONS_TRANSIENT_H_
#define VALUE_SVC_OPERATIONS_TRANSIENT_H_

#include "absl/status/status.h"

namespace clientele::value {

// Nothing that the customers at work are to blame for: the same again may succeed.
inline bool IsTransient(const absl::Status& status) {
  return absl::IsAborted(status) || absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsCancelled(status);
}

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_TRANSIENT_H_
