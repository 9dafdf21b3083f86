#ifndef CUSTOMER_SVC_RPC_HIERARCHY_SERVICE_H_
#define CUSTOMER_SVC_RPC_HIERARCHY_SERVICE_H_

#include "clientele/customer/v1/hierarchy_service.grpc.pb.h"
#include "customer-svc/rpc/calls.h"

namespace clientele::customer {

// HierarchyService of the contract.
class HierarchyService final : public v1::HierarchyService::CallbackService {
 public:
  explicit HierarchyService(Backend backend);
  ~HierarchyService() override;

  CLIENTELE_RPC(GetCustomerTree, CustomerTree)

 private:
  Backend backend_;
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_RPC_HIERARCHY_SERVICE_H_
