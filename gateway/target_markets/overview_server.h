#ifndef GATEWAY_TARGET_MARKETS_OVERVIEW_SERVER_H_
#define GATEWAY_TARGET_MARKETS_OVERVIEW_SERVER_H_

#include "absl/time/time.h"
#include "clientele/gateway/v1/target_market_overview_service.grpc.pb.h"
#include "gateway/upstream/upstreams.h"

namespace clientele::gateway {

// QueryTargetMarketOverview: asks the services for the figures of every target market, some at a time, and
// answers with those that came in time.
class TargetMarketOverviewServer final : public v1::TargetMarketOverviewService::CallbackService {
 public:
  // `patience` bounds the wait for all of them together.
  explicit TargetMarketOverviewServer(Upstreams& upstreams, absl::Duration patience = absl::Seconds(10))
      : upstreams_(upstreams), patience_(patience) {}

  grpc::ServerUnaryReactor* QueryTargetMarketOverview(
      grpc::CallbackServerContext* context, const v1::QueryTargetMarketOverviewRequest* request,
      v1::QueryTargetMarketOverviewResponse* response) override;

 private:
  Upstreams& upstreams_;
  const absl::Duration patience_;
};

}  // namespace clientele::gateway

#endif  // GATEWAY_TARGET_MARKETS_OVERVIEW_SERVER_H_
