#ifndef CUSTOMER_SVC_RPC_OWNERSHIP_SERVICE_H_
#define CUSTOMER_SVC_RPC_OWNERSHIP_SERVICE_H_

#include "clientele/customer/v1/ownership_service.grpc.pb.h"
#include "customer-svc/rpc/calls.h"

namespace clientele::customer {

// OwnershipService of the contract.
class OwnershipService final : public v1::OwnershipService::CallbackService {
 public:
  explicit OwnershipService(Backend backend);
  ~OwnershipService() override;

  CLIENTELE_RPC(ClaimCustomer, Customer)
  CLIENTELE_RPC(ReleaseCustomer, Customer)
  CLIENTELE_RPC(PreviewTransfer, PreviewTransferResponse)
  CLIENTELE_RPC(ListOwnerships, ListOwnershipsResponse)
  grpc::ServerWriteReactor<v1::TransferCustomersResponse>* TransferCustomers(
      grpc::CallbackServerContext* context, const v1::TransferCustomersRequest* request) override;

 private:
  Backend backend_;
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_RPC_OWNERSHIP_SERVICE_H_
