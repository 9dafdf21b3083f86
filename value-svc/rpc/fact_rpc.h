#ifndef VALUE_SVC_RPC_FACT_RPC_H_
#define VALUE_SVC_RPC_FACT_RPC_H_

#include "clientele/value/v1/fact_service.grpc.pb.h"
#include "value-svc/rpc/calls.h"

namespace clientele::value {

// FactService: reads the ledger.
class FactRpc final : public v1::FactService::CallbackService {
 public:
  explicit FactRpc(Backend backend);
  ~FactRpc() override;

  CLIENTELE_RPC(ListFacts, v1::ListFactsResponse)
  CLIENTELE_RPC(SummarizeFacts, v1::SummarizeFactsResponse)

 private:
  const Backend backend_;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_RPC_FACT_RPC_H_
