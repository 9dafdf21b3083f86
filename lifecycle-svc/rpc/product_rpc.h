#ifndef LIFECYCLE_SVC_RPC_PRODUCT_RPC_H_
#define LIFECYCLE_SVC_RPC_PRODUCT_RPC_H_

#include "clientele/lifecycle/v1/product_service.grpc.pb.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/rpc/calls.h"

namespace clientele::lifecycle {

class ProductRpc final : public v1::ProductService::CallbackService {
 public:
  explicit ProductRpc(Backend backend);
  ~ProductRpc() override;

  CLIENTELE_WRITE(CreateProduct, Product)
  CLIENTELE_RPC(GetProduct, Product)
  CLIENTELE_RPC(ListProducts, ListProductsResponse)
  CLIENTELE_WRITE(UpdateProduct, Product)
  CLIENTELE_WRITE(SetExchangeRate, ExchangeRate)
  CLIENTELE_RPC(ListExchangeRates, ListExchangeRatesResponse)

 private:
  const Backend backend_;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_RPC_PRODUCT_RPC_H_
