#ifndef VALUE_SVC_RPC_FACT_RPC_H_
#define VALUE_SVC_RPC_FACT_RPC_H_

#include "absl/status/statusor.h"
#include "clientele/value/v1/fact_service.grpc.pb.h"
#include "servicekit/mysql/pool.h"
#include "servicekit/rpc/serve.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

// FactService: reads the ledger.
class FactRpc final : public v1::FactService::CallbackService {
 public:
  FactRpc(servicekit::Executor& executor, servicekit::Pool& pool, Stores& stores);
  ~FactRpc() override;

  grpc::ServerUnaryReactor* ListFacts(grpc::CallbackServerContext* context,
                                      const v1::ListFactsRequest* request,
                                      v1::ListFactsResponse* response) override {
    return servicekit::Serve(executor_, context, request, response,
                             [this](const auto& call, const auto& r) { return List(call, r); });
  }
  grpc::ServerUnaryReactor* SummarizeFacts(grpc::CallbackServerContext* context,
                                           const v1::SummarizeFactsRequest* request,
                                           v1::SummarizeFactsResponse* response) override {
    return servicekit::Serve(executor_, context, request, response,
                             [this](const auto& call, const auto& r) { return Summarize(call, r); });
  }

 private:
  absl::StatusOr<v1::ListFactsResponse> List(const servicekit::CallContext& call,
                                             const v1::ListFactsRequest& request);
  absl::StatusOr<v1::SummarizeFactsResponse> Summarize(const servicekit::CallContext& call,
                                                       const v1::SummarizeFactsRequest& request);

  servicekit::Executor& executor_;
  servicekit::Pool& pool_;
  Stores& stores_;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_RPC_FACT_RPC_H_
