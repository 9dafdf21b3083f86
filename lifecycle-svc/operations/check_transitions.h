#ifndef LIFECYCLE_SVC_OPERATIONS_CHECK_TRANSITIONS_H_
#define LIFECYCLE_SVC_OPERATIONS_CHECK_TRANSITIONS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "clientele/lifecycle/v1/journey_service.pb.h"
#include "lifecycle-svc/operations/environment.h"

namespace clientele::lifecycle {

// Whether each of the customers may be moved to `stage` now, and what is missing; in the order asked for,
// those that do not exist or that the caller may not see left out. Reads here, and asks customer-svc once.
absl::StatusOr<std::vector<v1::TransitionCheck>> CheckTransitions(const Environment& environment,
                                                                  const CallContext& call,
                                                                  const std::vector<Id>& customers,
                                                                  Stage stage);

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_OPERATIONS_CHECK_TRANSITIONS_H_
