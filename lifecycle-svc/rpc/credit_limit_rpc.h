#ifndef LIFECYCLE_SVC_RPC_CREDIT_LIMIT_RPC_H_
#define LIFECYCLE_SVC_RPC_CREDIT_LIMIT_RPC_H_

#include "clientele/lifecycle/v1/credit_limit_service.grpc.pb.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/rpc/calls.h"

namespace clientele::lifecycle {

class CreditLimitRpc final : public v1::CreditLimitService::CallbackService {
 public:
  explicit CreditLimitRpc(Backend backend);
  ~CreditLimitRpc() override;

  CLIENTELE_RPC(GetCreditLimit, CreditLimit)
  CLIENTELE_WRITE(UpdateCreditLimit, CreditLimit)

 private:
  const Backend backend_;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_RPC_CREDIT_LIMIT_RPC_H_
