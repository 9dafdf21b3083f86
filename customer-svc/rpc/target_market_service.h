#ifndef CUSTOMER_SVC_RPC_TARGET_MARKET_SERVICE_H_
#define CUSTOMER_SVC_RPC_TARGET_MARKET_SERVICE_H_

#include "clientele/customer/v1/target_market_service.grpc.pb.h"
#include "customer-svc/rpc/calls.h"

namespace clientele::customer {

// TargetMarketService of the contract. Definitions are no secret; members and their number are what the
// caller may see.
class TargetMarketService final : public v1::TargetMarketService::CallbackService {
 public:
  explicit TargetMarketService(Backend backend);
  ~TargetMarketService() override;

  CLIENTELE_RPC(CreateTargetMarket, TargetMarket)
  CLIENTELE_RPC(GetTargetMarket, TargetMarket)
  CLIENTELE_RPC(ListTargetMarkets, ListTargetMarketsResponse)
  CLIENTELE_RPC(UpdateTargetMarket, TargetMarket)
  CLIENTELE_RPC(DeleteTargetMarket, DeleteTargetMarketResponse)
  CLIENTELE_RPC(ListTargetMarketMembers, ListTargetMarketMembersResponse)

 private:
  Backend backend_;
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_RPC_TARGET_MARKET_SERVICE_H_
