#ifndef LIFECYCLE_SVC_RPC_FUNNEL_RPC_H_
#define LIFECYCLE_SVC_RPC_FUNNEL_RPC_H_

#include "clientele/lifecycle/v1/funnel_service.grpc.pb.h"
#include "lifecycle-svc/rpc/calls.h"

namespace clientele::lifecycle {

class FunnelRpc final : public v1::FunnelService::CallbackService {
 public:
  explicit FunnelRpc(Backend backend);
  ~FunnelRpc() override;

  CLIENTELE_RPC(QueryFunnel, QueryFunnelResponse)
  CLIENTELE_RPC(ListFunnelCustomers, ListFunnelCustomersResponse)
  CLIENTELE_RPC(QueryStageTimes, QueryStageTimesResponse)
  CLIENTELE_RPC(ListStageVisits, ListStageVisitsResponse)
  CLIENTELE_RPC(QueryVelocity, QueryVelocityResponse)
  CLIENTELE_RPC(ListVelocityOpportunities, ListVelocityOpportunitiesResponse)

 private:
  const Backend backend_;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_RPC_FUNNEL_RPC_H_
