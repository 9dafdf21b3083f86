#ifndef LIFECYCLE_SVC_RPC_STAGE_RPC_H_
#define LIFECYCLE_SVC_RPC_STAGE_RPC_H_

#include "clientele/lifecycle/v1/stage_service.grpc.pb.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/rpc/calls.h"

namespace clientele::lifecycle {

class StageRpc final : public v1::StageService::CallbackService {
 public:
  explicit StageRpc(Backend backend);
  ~StageRpc() override;

  CLIENTELE_RPC(GetStageMachine, StageMachine)
  CLIENTELE_RPC(ListStageConditions, ListStageConditionsResponse)
  CLIENTELE_WRITE(UpdateStageCondition, StageCondition)

 private:
  const Backend backend_;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_RPC_STAGE_RPC_H_
