#ifndef LIFECYCLE_SVC_RPC_STALL_RPC_H_
#define LIFECYCLE_SVC_RPC_STALL_RPC_H_

#include "clientele/lifecycle/v1/stall_service.grpc.pb.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/rpc/calls.h"

namespace clientele::lifecycle {

class StallRpc final : public v1::StallService::CallbackService {
 public:
  explicit StallRpc(Backend backend);
  ~StallRpc() override;

  CLIENTELE_RPC(ListStallRules, ListStallRulesResponse)
  CLIENTELE_WRITE(UpdateStallRule, StallRule)
  CLIENTELE_RPC(SummarizeStalledCustomers, SummarizeStalledCustomersResponse)
  CLIENTELE_RPC(ListStalledCustomers, ListStalledCustomersResponse)

 private:
  const Backend backend_;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_RPC_STALL_RPC_H_
