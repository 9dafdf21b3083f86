#ifndef VALUE_SVC_DOMAIN_REFERENCE_H_
#define VALUE_SVC_DOMAIN_REFERENCE_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace clientele::value {

inline constexpr int64_t kFullScoreMicros = 100'000'000;
inline constexpr int64_t kMiddleScoreMicros = kFullScoreMicros / 2;

// How a raw figure becomes 0 to 100. The numbers are stored and are the contract's; the README has the
// formulas.
enum class Normalization { kPercentile = 1, kZScore = 2, kMinMax = 3, kLogarithmic = 4, kWinsorized = 5 };

// One factor's raw figures among the customers of the day on which a model was published: each distinct
// figure with how many had it. Exact, so that percentiles are, and frozen.
class ReferenceDistribution {
 public:
  struct Step {
    int64_t value;
    int64_t count;
    friend bool operator==(const Step&, const Step&) = default;
  };

  ReferenceDistribution() = default;
  static ReferenceDistribution FromValues(std::vector<int64_t> values);
  // `steps` must rise by value; all counts are above 0.
  static ReferenceDistribution FromSteps(absl::Span<const Step> steps);

  // The percentile rank in millionths, 0 to 100,000,000: the share of the reference below `value` plus half
  // of the share that is equal (mid-rank). The middle when the reference is empty.
  int64_t PercentileMicros(int64_t value) const;

  // By any of the methods, in millionths, 0 to 100,000,000; never falls as the value rises. The middle when
  // the reference is empty, or when it is all one value and `value` is that.
  int64_t NormalizeMicros(Normalization method, int64_t value) const;

  int64_t size() const { return below_.empty() ? 0 : below_.back(); }
  std::vector<Step> steps() const;

  friend bool operator==(const ReferenceDistribution&, const ReferenceDistribution&) = default;

 private:
  void Measure();
  // The smallest value that at least `share_percent` of the reference do not exceed.
  int64_t Quantile(int64_t share_percent) const;

  std::vector<int64_t> values_;  // Distinct, rising.
  std::vector<int64_t>
      below_;  // One more than values_: how many lie below values_[i]; last, how many there are.
  double mean_ = 0, deviation_ = 0;
  int64_t fifth_ = 0, ninety_fifth_ = 0;  // The 5th and the 95th percentile.
};

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_REFERENCE_H_
