#ifndef VALUE_SVC_DOMAIN_WEIGHING_AHP_H_
#define VALUE_SVC_DOMAIN_WEIGHING_AHP_H_

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace clientele::value {

// `first` counts `ratio` times as much as `second` (1/9 to 9 on Saaty's scale, though any positive ratio will
// do).
struct PairwiseComparison {
  size_t first = 0;
  size_t second = 0;
  double ratio = 1;
};

// Comparisons that contradict each other this much are refused.
inline constexpr double kInconsistent = 0.10;
inline constexpr size_t kMostCompared = 10;  // Beyond, nobody published how random comparisons do.

// What follows from comparing things in pairs (analytic hierarchy process, Saaty 1980).
struct AhpResult {
  std::vector<double> weights;  // Sum to 1.
  double lambda_max = 0;        // As many as there are things when nothing contradicts anything.
  double consistency_index = 0;
  double consistency_ratio = 0;
  bool consistent() const { return consistency_ratio < kInconsistent; }
  // The comparison that is furthest from what all others say, and the ratio that they would give it.
  PairwiseComparison most_inconsistent;
  double consistent_ratio = 1;
};

// `comparisons` must compare each pair of the `count` things once, in either direction; INVALID_ARGUMENT
// otherwise. Inconsistent ones are answered, not refused, so that the caller can name the pair.
absl::StatusOr<AhpResult> WeighByPairs(size_t count, absl::Span<const PairwiseComparison> comparisons);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_WEIGHING_AHP_H_
