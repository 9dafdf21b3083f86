#ifndef VALUE_SVC_DOMAIN_SCORE_DIFFERENCE_H_
#define VALUE_SVC_DOMAIN_SCORE_DIFFERENCE_H_

#include <cstdint>

#include "value-svc/domain/score.h"
#include "value-svc/domain/scoring_model.h"

namespace clientele::value {

// Why a score differs between two times, factor by factor, in millionths. The sums are those over all
// factors, and add up to the difference of the scores.
struct ScoreDifference {
  PerFactor<int64_t> behaviour;
  PerFactor<int64_t> weights;
  PerFactor<int64_t> cutoffs;
  int64_t behaviour_sum = 0;
  int64_t weights_sum = 0;
  int64_t cutoffs_sum = 0;

  int64_t sum() const { return behaviour_sum + weights_sum + cutoffs_sum; }
  int64_t Of(Factor factor) const { return behaviour[factor] + weights[factor] + cutoffs[factor]; }
};

// Step by step from the first state to the second: other facts under the first model, then the second's
// weights, then the second's yardstick. `before` and `moved` are the factors at the first and at the second
// time by the first yardstick, `after` those at the second time by the second.
ScoreDifference SplitDifference(const PerFactor<int64_t>& weights_before, const PerFactor<int64_t>& before,
                                const PerFactor<int64_t>& moved, const PerFactor<int64_t>& weights_after,
                                const PerFactor<int64_t>& after);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_SCORE_DIFFERENCE_H_
