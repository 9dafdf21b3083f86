#ifndef VALUE_SVC_RPC_SCORING_MODEL_RPC_H_
#define VALUE_SVC_RPC_SCORING_MODEL_RPC_H_

#include <google/protobuf/empty.pb.h>

#include "clientele/value/v1/scoring_model_service.grpc.pb.h"
#include "value-svc/rpc/calls.h"

namespace clientele::value {

// ScoringModelService: models from draft to publication.
class ScoringModelRpc final : public v1::ScoringModelService::CallbackService {
 public:
  explicit ScoringModelRpc(Backend backend);
  ~ScoringModelRpc() override;

  CLIENTELE_RPC(CreateScoringModel, v1::ScoringModel)
  CLIENTELE_RPC(UpdateScoringModel, v1::ScoringModel)
  CLIENTELE_RPC(DeleteScoringModel, google::protobuf::Empty)
  CLIENTELE_RPC(PreviewScoringModel, v1::ScoringRun)
  CLIENTELE_RPC(PublishScoringModel, v1::ScoringRun)

 private:
  const Backend backend_;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_RPC_SCORING_MODEL_RPC_H_
