#include "value-svc/domain/score_difference.h"

namespace clientele::value {

ScoreDifference SplitDifference(const PerFactor<int64_t>& weights_before, const PerFactor<int64_t>& before,
                                const PerFactor<int64_t>& moved, const PerFactor<int64_t>& weights_after,
                                const PerFactor<int64_t>& after) {
  const Contributions first = Contribute(weights_before, before);
  const Contributions behaved = Contribute(weights_before, moved);
  const Contributions weighed = Contribute(weights_after, moved);
  const Contributions last = Contribute(weights_after, after);
  ScoreDifference difference;
  // Each state's contributions sum to its score exactly, so the steps do, too.
  for (Factor factor : kFactors) {
    difference.behaviour[factor] = behaved.contribution_micros[factor] - first.contribution_micros[factor];
    difference.weights[factor] = weighed.contribution_micros[factor] - behaved.contribution_micros[factor];
    difference.cutoffs[factor] = last.contribution_micros[factor] - weighed.contribution_micros[factor];
  }
  difference.behaviour_sum = behaved.score_micros - first.score_micros;
  difference.weights_sum = weighed.score_micros - behaved.score_micros;
  difference.cutoffs_sum = last.score_micros - weighed.score_micros;
  return difference;
}

}  // namespace clientele::value
