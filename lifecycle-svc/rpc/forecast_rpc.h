#ifndef LIFECYCLE_SVC_RPC_FORECAST_RPC_H_
#define LIFECYCLE_SVC_RPC_FORECAST_RPC_H_

#include "clientele/lifecycle/v1/forecast_service.grpc.pb.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/rpc/calls.h"

namespace clientele::lifecycle {

class ForecastRpc final : public v1::ForecastService::CallbackService {
 public:
  explicit ForecastRpc(Backend backend);
  ~ForecastRpc() override;

  CLIENTELE_RPC(GetForecast, GetForecastResponse)
  CLIENTELE_WRITE(CreateSalesTarget, SalesTarget)
  CLIENTELE_RPC(ListSalesTargets, ListSalesTargetsResponse)
  CLIENTELE_WRITE(DeleteSalesTarget, SalesTarget)
  CLIENTELE_RPC(ReportAttainment, ReportAttainmentResponse)

 private:
  const Backend backend_;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_RPC_FORECAST_RPC_H_
