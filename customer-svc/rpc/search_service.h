#ifndef CUSTOMER_SVC_RPC_SEARCH_SERVICE_H_
#define CUSTOMER_SVC_RPC_SEARCH_SERVICE_H_

#include "clientele/customer/v1/search_service.grpc.pb.h"
#include "customer-svc/rpc/calls.h"

namespace clientele::customer {

// CustomerSearchService of the contract.
class SearchService final : public v1::CustomerSearchService::CallbackService {
 public:
  explicit SearchService(Backend backend);
  ~SearchService() override;

  CLIENTELE_RPC(SearchCustomers, SearchCustomersResponse)

 private:
  Backend backend_;
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_RPC_SEARCH_SERVICE_H_
