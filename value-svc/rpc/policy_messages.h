#ifndef VALUE_SVC_RPC_POLICY_MESSAGES_H_
#define VALUE_SVC_RPC_POLICY_MESSAGES_H_

#include "absl/status/statusor.h"
#include "clientele/value/v1/policy_service.pb.h"
#include "value-svc/domain/policy.h"

namespace clientele::value {

v1::Policy Encode(const Policy& policy);
// INVALID_ARGUMENT with all that is wrong, each under `policy.`.
absl::StatusOr<Policy> Decode(const v1::Policy& message);
v1::Recommendation Encode(const Policy& policy, const Standing& standing);

}  // namespace clientele::value

#endif  // VALUE_SVC_RPC_POLICY_MESSAGES_H_
