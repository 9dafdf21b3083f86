#ifndef VALUE_SVC_RPC_DECODE_MODEL_H_
#define VALUE_SVC_RPC_DECODE_MODEL_H_

#include "absl/status/statusor.h"
#include "clientele/value/v1/score_service.pb.h"
#include "value-svc/domain/scoring_model.h"

namespace clientele::value {

// What people choose of a model, put over `base`: what is left out stays. Weights follow from comparisons
// where there are any. INVALID_ARGUMENT with every field that is wrong.
absl::StatusOr<ScoringModel> DecodeModel(const v1::ScoringModel& message, ScoringModel base);

}  // namespace clientele::value

#endif  // VALUE_SVC_RPC_DECODE_MODEL_H_
