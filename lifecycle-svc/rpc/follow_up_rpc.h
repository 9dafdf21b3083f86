#ifndef LIFECYCLE_SVC_RPC_FOLLOW_UP_RPC_H_
#define LIFECYCLE_SVC_RPC_FOLLOW_UP_RPC_H_

#include "clientele/lifecycle/v1/follow_up_service.grpc.pb.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/rpc/calls.h"

namespace clientele::lifecycle {

class FollowUpRpc final : public v1::FollowUpService::CallbackService {
 public:
  explicit FollowUpRpc(Backend backend);
  ~FollowUpRpc() override;

  CLIENTELE_WRITE(CreateFollowUp, FollowUp)
  CLIENTELE_RPC(GetFollowUp, FollowUp)
  CLIENTELE_RPC(ListFollowUps, ListFollowUpsResponse)
  CLIENTELE_WRITE(SnoozeFollowUp, FollowUp)
  CLIENTELE_WRITE(CompleteFollowUp, FollowUp)
  CLIENTELE_RPC(SummarizeFollowUps, SummarizeFollowUpsResponse)

 private:
  const Backend backend_;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_RPC_FOLLOW_UP_RPC_H_
