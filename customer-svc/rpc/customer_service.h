#ifndef CUSTOMER_SVC_RPC_CUSTOMER_SERVICE_H_
#define CUSTOMER_SVC_RPC_CUSTOMER_SERVICE_H_

#include "clientele/customer/v1/customer_service.grpc.pb.h"
#include "customer-svc/rpc/calls.h"

namespace clientele::customer {

// CustomerService of the contract.
class CustomerService final : public v1::CustomerService::CallbackService {
 public:
  explicit CustomerService(Backend backend);
  ~CustomerService() override;

  CLIENTELE_RPC(CreateCustomer, Customer)
  CLIENTELE_RPC(GetCustomer, Customer)
  CLIENTELE_RPC(BatchGetCustomers, BatchGetCustomersResponse)
  CLIENTELE_RPC(ListCustomers, ListCustomersResponse)
  CLIENTELE_RPC(UpdateCustomer, Customer)

  CLIENTELE_RPC(CreateContact, Contact)
  CLIENTELE_RPC(GetContact, Contact)
  CLIENTELE_RPC(ListContacts, ListContactsResponse)
  CLIENTELE_RPC(UpdateContact, Contact)

  CLIENTELE_RPC(CreateNeed, Need)
  CLIENTELE_RPC(GetNeed, Need)
  CLIENTELE_RPC(ListNeeds, ListNeedsResponse)
  CLIENTELE_RPC(UpdateNeed, Need)

  CLIENTELE_RPC(CreateInteraction, Interaction)
  CLIENTELE_RPC(GetInteraction, Interaction)
  CLIENTELE_RPC(ListInteractions, ListInteractionsResponse)
  CLIENTELE_RPC(UpdateInteraction, Interaction)

 private:
  Backend backend_;
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_RPC_CUSTOMER_SERVICE_H_
