#ifndef VALUE_SVC_DOMAIN_FACTOR_WEIGHTS_H_
#define VALUE_SVC_DOMAIN_FACTOR_WEIGHTS_H_

#include "absl/status/status.h"
#include "value-svc/domain/scoring_model.h"

namespace clientele::value {

// Sets the weights that the model's comparisons say, and their consistency ratio; nothing without
// comparisons. INVALID_ARGUMENT on `comparisons` unless each pair is compared once; with reason
// COMPARISONS_INCONSISTENT, naming the pair that contradicts the others most, at a consistency ratio of 0.10
// or more.
absl::Status WeighByComparisons(ScoringModel& model);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_FACTOR_WEIGHTS_H_
