#ifndef VALUE_SVC_RPC_SCORE_RPC_H_
#define VALUE_SVC_RPC_SCORE_RPC_H_

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "clientele/value/v1/score_service.grpc.pb.h"
#include "servicekit/feed/publisher.h"
#include "servicekit/mysql/pool.h"
#include "servicekit/rpc/serve.h"
#include "servicekit/types/clock.h"
#include "value-svc/operations/begin_run.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

// ScoreService: scores, their pyramid, their models, and the run that makes them.
class ScoreRpc final : public v1::ScoreService::CallbackService {
 public:
  ScoreRpc(servicekit::Executor& executor, servicekit::Pool& pool, Stores& stores,
           servicekit::FeedPublisher& feed, const servicekit::Clock& clock);
  ~ScoreRpc() override;

  grpc::ServerUnaryReactor* GetScore(grpc::CallbackServerContext* context, const v1::GetScoreRequest* request,
                                     v1::Score* response) override {
    return servicekit::Serve(executor_, context, request, response,
                             [this](const auto& call, const auto& r) { return Get(call, r); });
  }
  grpc::ServerUnaryReactor* ListScores(grpc::CallbackServerContext* context,
                                       const v1::ListScoresRequest* request,
                                       v1::ListScoresResponse* response) override {
    return servicekit::Serve(executor_, context, request, response,
                             [this](const auto& call, const auto& r) { return List(call, r); });
  }
  grpc::ServerUnaryReactor* QueryPyramid(grpc::CallbackServerContext* context,
                                         const v1::QueryPyramidRequest* request,
                                         v1::QueryPyramidResponse* response) override {
    return servicekit::Serve(executor_, context, request, response,
                             [this](const auto& call, const auto& r) { return Pyramid(call, r); });
  }
  grpc::ServerWriteReactor<v1::RescoreCustomersResponse>* RescoreCustomers(
      grpc::CallbackServerContext* context, const v1::RescoreCustomersRequest* request) override;
  grpc::ServerUnaryReactor* GetScoringModel(grpc::CallbackServerContext* context,
                                            const v1::GetScoringModelRequest* request,
                                            v1::ScoringModel* response) override {
    return servicekit::Serve(executor_, context, request, response,
                             [this](const auto& call, const auto& r) { return GetModel(call, r); });
  }
  grpc::ServerUnaryReactor* ListScoringModels(grpc::CallbackServerContext* context,
                                              const v1::ListScoringModelsRequest* request,
                                              v1::ListScoringModelsResponse* response) override {
    return servicekit::Serve(executor_, context, request, response,
                             [this](const auto& call, const auto& r) { return ListModels(call, r); });
  }

 private:
  using CallContext = servicekit::CallContext;
  absl::StatusOr<v1::Score> Get(const CallContext& call, const v1::GetScoreRequest& request);
  absl::StatusOr<v1::ListScoresResponse> List(const CallContext& call, const v1::ListScoresRequest& request);
  absl::StatusOr<v1::QueryPyramidResponse> Pyramid(const CallContext& call,
                                                   const v1::QueryPyramidRequest& request);
  absl::StatusOr<v1::ScoringModel> GetModel(const CallContext& call,
                                            const v1::GetScoringModelRequest& request);
  absl::StatusOr<v1::ListScoringModelsResponse> ListModels(const CallContext& call,
                                                           const v1::ListScoringModelsRequest& request);
  struct ScoreList {
    const servicekit::Principal& principal;
    const Slice& slice;
    const servicekit::Sql& condition;
    const std::optional<Rank>& after;
    int64_t limit;
  };
  using ScoresWithModels = std::vector<std::pair<Score, std::shared_ptr<const ScoringModel>>>;
  absl::StatusOr<ScoresWithModels> ListInForce(Transaction& tx, const ScoreList& list);
  absl::StatusOr<ScoresWithModels> ListAsOf(Transaction& tx, const ScoreList& list, absl::Time time);
  // The model that the score was made with.
  absl::StatusOr<std::shared_ptr<const ScoringModel>> ModelOf(Transaction& tx, const Score& score);

  servicekit::Executor& executor_;
  servicekit::Pool& pool_;
  Stores& stores_;
  servicekit::FeedPublisher& feed_;
  const servicekit::Clock& clock_;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_RPC_SCORE_RPC_H_
