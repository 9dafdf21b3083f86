#ifndef CUSTOMER_SVC_RPC_DUPLICATE_SERVICE_H_
#define CUSTOMER_SVC_RPC_DUPLICATE_SERVICE_H_

#include "clientele/customer/v1/duplicate_service.grpc.pb.h"
#include "customer-svc/rpc/calls.h"

namespace clientele::customer {

// DuplicateService of the contract.
class DuplicateService final : public v1::DuplicateService::CallbackService {
 public:
  explicit DuplicateService(Backend backend);
  ~DuplicateService() override;

  CLIENTELE_RPC(ListDuplicates, ListDuplicatesResponse)
  CLIENTELE_RPC(FindDuplicates, FindDuplicatesResponse)
  CLIENTELE_RPC(ListDuplicatePairs, ListDuplicatePairsResponse)
  CLIENTELE_RPC(DismissDuplicate, DismissDuplicateResponse)

 private:
  Backend backend_;
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_RPC_DUPLICATE_SERVICE_H_
