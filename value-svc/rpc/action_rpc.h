#ifndef VALUE_SVC_RPC_ACTION_RPC_H_
#define VALUE_SVC_RPC_ACTION_RPC_H_

#include <cstdint>
#include <functional>

#include "clientele/value/v1/action_service.grpc.pb.h"
#include "value-svc/rpc/calls.h"

namespace clientele::value {

class ActionRpc final : public v1::ActionService::CallbackService {
 public:
  // `seed` gives a new seed, above 0, for each hold-out.
  explicit ActionRpc(Backend backend, std::function<int64_t()> seed = RandomSeed);
  ~ActionRpc() override;

  CLIENTELE_RPC(PlanAction, v1::Action)
  CLIENTELE_RPC(GetAction, v1::Action)
  CLIENTELE_RPC(ListActions, v1::ListActionsResponse)
  CLIENTELE_RPC(ListActionCustomers, v1::ListActionCustomersResponse)
  CLIENTELE_RPC(RecordActionCost, v1::Action)
  CLIENTELE_RPC(MeasureAction, v1::ActionEffect)
  CLIENTELE_RPC(QuerySpending, v1::QuerySpendingResponse)

 private:
  absl::StatusOr<std::string> Currency(Transaction& tx);
  static int64_t RandomSeed();

  const Backend backend_;
  const std::function<int64_t()> seed_;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_RPC_ACTION_RPC_H_
