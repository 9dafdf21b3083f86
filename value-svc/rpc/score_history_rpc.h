#ifndef VALUE_SVC_RPC_SCORE_HISTORY_RPC_H_
#define VALUE_SVC_RPC_SCORE_HISTORY_RPC_H_

#include <string>
#include <vector>

#include "clientele/value/v1/score_history_service.grpc.pb.h"
#include "value-svc/rpc/calls.h"

namespace clientele::value {

// ScoreHistoryService: how one customer's value came about.
class ScoreHistoryRpc final : public v1::ScoreHistoryService::CallbackService {
 public:
  explicit ScoreHistoryRpc(Backend backend);
  ~ScoreHistoryRpc() override;

  CLIENTELE_RPC(ListScoreHistory, v1::ListScoreHistoryResponse)
  CLIENTELE_RPC(ListTierChanges, v1::ListTierChangesResponse)
  CLIENTELE_RPC(CompareScores, v1::CompareScoresResponse)

 private:
  const Backend backend_;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_RPC_SCORE_HISTORY_RPC_H_
