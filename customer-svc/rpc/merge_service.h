#ifndef CUSTOMER_SVC_RPC_MERGE_SERVICE_H_
#define CUSTOMER_SVC_RPC_MERGE_SERVICE_H_

#include "clientele/customer/v1/merge_service.grpc.pb.h"
#include "customer-svc/rpc/calls.h"

namespace clientele::customer {

// MergeService of the contract. The previews do the whole write and then roll it back, so that they cannot
// say anything else than what would happen.
class MergeService final : public v1::MergeService::CallbackService {
 public:
  explicit MergeService(Backend backend);
  ~MergeService() override;

  CLIENTELE_RPC(MergeCustomers, CustomerMerge)
  CLIENTELE_RPC(GetCustomerMerge, CustomerMerge)
  CLIENTELE_RPC(ListCustomerMerges, ListCustomerMergesResponse)
  CLIENTELE_RPC(SplitCustomers, SplitCustomersResponse)
  grpc::ServerUnaryReactor* PreviewMerge(grpc::CallbackServerContext* context,
                                         const v1::MergeCustomersRequest* request,
                                         v1::PreviewMergeResponse* response) override;
  grpc::ServerUnaryReactor* PreviewSplit(grpc::CallbackServerContext* context,
                                         const v1::SplitCustomersRequest* request,
                                         v1::SplitCustomersResponse* response) override;

 private:
  Backend backend_;
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_RPC_MERGE_SERVICE_H_
