#ifndef CUSTOMER_SVC_RPC_REQUIREMENT_SET_SERVICE_H_
#define CUSTOMER_SVC_RPC_REQUIREMENT_SET_SERVICE_H_

#include "clientele/customer/v1/requirement_set_service.grpc.pb.h"
#include "customer-svc/rpc/calls.h"

namespace clientele::customer {

// RequirementSetService of the contract. What a stage asks for is no secret: everyone who is signed in may
// read it.
class RequirementSetService final : public v1::RequirementSetService::CallbackService {
 public:
  explicit RequirementSetService(Backend backend);
  ~RequirementSetService() override;

  CLIENTELE_RPC(GetRequirementSet, RequirementSet)
  CLIENTELE_RPC(ListRequirementSets, ListRequirementSetsResponse)
  CLIENTELE_RPC(UpdateRequirementSet, RequirementSet)
  CLIENTELE_RPC(PreviewRequirementSet, PreviewRequirementSetResponse)

 private:
  Backend backend_;
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_RPC_REQUIREMENT_SET_SERVICE_H_
