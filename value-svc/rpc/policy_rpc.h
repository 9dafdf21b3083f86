#ifndef VALUE_SVC_RPC_POLICY_RPC_H_
#define VALUE_SVC_RPC_POLICY_RPC_H_

#include "clientele/value/v1/policy_service.grpc.pb.h"
#include "value-svc/rpc/calls.h"

namespace clientele::value {

class PolicyRpc final : public v1::PolicyService::CallbackService {
 public:
  explicit PolicyRpc(Backend backend);
  ~PolicyRpc() override;

  CLIENTELE_RPC(CreatePolicy, v1::Policy)
  CLIENTELE_RPC(GetPolicy, v1::Policy)
  CLIENTELE_RPC(ListPolicies, v1::ListPoliciesResponse)
  CLIENTELE_RPC(UpdatePolicy, v1::Policy)
  CLIENTELE_RPC(ListPolicyVersions, v1::ListPolicyVersionsResponse)
  CLIENTELE_RPC(CheckCondition, v1::CheckConditionResponse)
  CLIENTELE_RPC(ListRecommendations, v1::ListRecommendationsResponse)

 private:
  absl::Status PublishChange(Transaction& tx, const v1::Policy& policy);

  const Backend backend_;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_RPC_POLICY_RPC_H_
