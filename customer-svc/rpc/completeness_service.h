#ifndef CUSTOMER_SVC_RPC_COMPLETENESS_SERVICE_H_
#define CUSTOMER_SVC_RPC_COMPLETENESS_SERVICE_H_

#include "clientele/customer/v1/completeness_service.grpc.pb.h"
#include "customer-svc/rpc/calls.h"

namespace clientele::customer {

// CompletenessService of the contract.
class CompletenessService final : public v1::CompletenessService::CallbackService {
 public:
  explicit CompletenessService(Backend backend);
  ~CompletenessService() override;

  CLIENTELE_RPC(CheckCompleteness, Completeness)
  CLIENTELE_RPC(BatchCheckCompleteness, BatchCheckCompletenessResponse)
  CLIENTELE_RPC(SupplyInformation, SupplyInformationResponse)

 private:
  Backend backend_;
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_RPC_COMPLETENESS_SERVICE_H_
