#ifndef CUSTOMER_SVC_RPC_ATTRIBUTE_SERVICE_H_
#define CUSTOMER_SVC_RPC_ATTRIBUTE_SERVICE_H_

#include "clientele/customer/v1/attribute_service.grpc.pb.h"
#include "customer-svc/rpc/calls.h"

namespace clientele::customer {

// AttributeService of the contract. Which attributes there are is no secret: everyone who is signed in may
// read it.
class AttributeService final : public v1::AttributeService::CallbackService {
 public:
  explicit AttributeService(Backend backend);
  ~AttributeService() override;

  CLIENTELE_RPC(CreateAttribute, Attribute)
  CLIENTELE_RPC(GetAttribute, Attribute)
  CLIENTELE_RPC(ListAttributes, ListAttributesResponse)
  CLIENTELE_RPC(UpdateAttribute, Attribute)
  CLIENTELE_RPC(DeleteAttribute, DeleteAttributeResponse)

 private:
  Backend backend_;
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_RPC_ATTRIBUTE_SERVICE_H_
