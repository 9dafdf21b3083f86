#ifndef VALUE_SVC_RPC_SCORING_RUN_RPC_H_
#define VALUE_SVC_RPC_SCORING_RUN_RPC_H_

#include "clientele/value/v1/scoring_run_service.grpc.pb.h"
#include "value-svc/rpc/calls.h"

namespace clientele::value {

// ScoringRunService: runs over all customers, which the workers of all replicas do.
class ScoringRunRpc final : public v1::ScoringRunService::CallbackService {
 public:
  explicit ScoringRunRpc(Backend backend);
  ~ScoringRunRpc() override;

  CLIENTELE_RPC(CreateScoringRun, v1::ScoringRun)
  CLIENTELE_RPC(GetScoringRun, v1::ScoringRun)
  CLIENTELE_RPC(ListScoringRuns, v1::ListScoringRunsResponse)
  CLIENTELE_RPC(CancelScoringRun, v1::ScoringRun)

 private:
  const Backend backend_;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_RPC_SCORING_RUN_RPC_H_
