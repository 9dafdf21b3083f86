#ifndef LIFECYCLE_SVC_OPERATIONS_STALL_H_
#define LIFECYCLE_SVC_OPERATIONS_STALL_H_

#include <string>

#include "absl/status/statusor.h"
#include "lifecycle-svc/operations/environment.h"

namespace clientele::lifecycle {

// What a follow-up of kind STALLED is raised for: the standstill of a customer's journey, or that it is to be
// given to somebody else.
std::string StallCause(Id customer, bool reassignment);

// Escalates the standstill of some customers, at most `limit` of each stage, tier and level, and lets go of
// those who have moved on; how many there were. `call` is the service's own, with its token, for customers
// that go back to the pool; `may_recycle` is whether any may, since it is known who owns them now. A customer
// that customer-svc does not release stays where it is and stops no other: that error is the answer only when
// nothing else changed. Any replica may do it at any time: each customer is judged again under its lock.
absl::StatusOr<int> EscalateStalled(const Environment& environment, const CallContext& call, int limit,
                                    bool may_recycle);

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_OPERATIONS_STALL_H_
