#ifndef CUSTOMER_SVC_RPC_HISTORY_SERVICE_H_
#define CUSTOMER_SVC_RPC_HISTORY_SERVICE_H_

#include "clientele/customer/v1/history_service.grpc.pb.h"
#include "customer-svc/rpc/calls.h"

namespace clientele::customer {

// HistoryService of the contract.
class HistoryService final : public v1::HistoryService::CallbackService {
 public:
  explicit HistoryService(Backend backend);
  ~HistoryService() override;

  CLIENTELE_RPC(ListChanges, ListChangesResponse)
  CLIENTELE_RPC(EraseCustomer, EraseCustomerResponse)
  CLIENTELE_RPC(EraseContact, EraseContactResponse)

 private:
  Backend backend_;
};

v1::FieldChange Encode(const FieldChange& change);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_RPC_HISTORY_SERVICE_H_
