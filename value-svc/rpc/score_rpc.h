#ifndef VALUE_SVC_RPC_SCORE_RPC_H_
#define VALUE_SVC_RPC_SCORE_RPC_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "clientele/value/v1/score_service.grpc.pb.h"
#include "value-svc/operations/begin_run.h"
#include "value-svc/rpc/calls.h"

namespace clientele::value {

// ScoreService: scores, their pyramid, their models, and the run that makes them.
class ScoreRpc final : public v1::ScoreService::CallbackService {
 public:
  explicit ScoreRpc(Backend backend);
  ~ScoreRpc() override;

  CLIENTELE_RPC(GetScore, v1::Score)
  CLIENTELE_RPC(ListScores, v1::ListScoresResponse)
  CLIENTELE_RPC(QueryPyramid, v1::QueryPyramidResponse)
  CLIENTELE_RPC(QueryTargetMarketValues, v1::QueryTargetMarketValuesResponse)
  grpc::ServerWriteReactor<v1::RescoreCustomersResponse>* RescoreCustomers(
      grpc::CallbackServerContext* context, const v1::RescoreCustomersRequest* request) override;
  CLIENTELE_RPC(GetScoringModel, v1::ScoringModel)
  CLIENTELE_RPC(ListScoringModels, v1::ListScoringModelsResponse)

 private:
  struct ScoreList {
    const servicekit::Principal& principal;
    const Slice& slice;
    const servicekit::Sql& condition;
    const std::optional<Rank>& after;
    int64_t limit;
  };
  struct Listed {
    Rank rank;  // By which it stands in the list.
    Score score;
    std::shared_ptr<const ScoringModel> model;
  };
  absl::StatusOr<std::vector<Listed>> ListInForce(Transaction& tx, const ScoreList& list);
  absl::StatusOr<std::vector<Listed>> ListAsOf(Transaction& tx, const ScoreList& list, absl::Time time);
  // The state in force, or of the last run up to a time.
  struct FoundState {
    State state;
    Id model;
    absl::Time as_of;
    std::string base_currency;
  };
  absl::StatusOr<FoundState> FindState(Transaction& tx, const std::optional<absl::Time>& as_of);
  template <typename Response>
  static void Tell(const FoundState& found, Response* response);
  // The model that the score was made with.
  absl::StatusOr<std::shared_ptr<const ScoringModel>> ModelOf(Transaction& tx, const Score& score);

  const Backend backend_;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_RPC_SCORE_RPC_H_
