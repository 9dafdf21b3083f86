#include "value-svc/domain/reference.h"

#include <algorithm>

#include "absl/numeric/int128.h"

namespace clientele::value {

ReferenceDistribution ReferenceDistribution::FromValues(std::vector<int64_t> values) {
  std::sort(values.begin(), values.end());
  std::vector<Step> steps;
  for (int64_t value : values) {
    if (steps.empty() || steps.back().value != value) steps.push_back({value, 0});
    ++steps.back().count;
  }
  return FromSteps(steps);
}

ReferenceDistribution ReferenceDistribution::FromSteps(absl::Span<const Step> steps) {
  ReferenceDistribution reference;
  if (steps.empty()) return reference;
  reference.values_.reserve(steps.size());
  reference.below_.reserve(steps.size() + 1);
  int64_t below = 0;
  for (const Step& step : steps) {
    reference.values_.push_back(step.value);
    reference.below_.push_back(below);
    below += step.count;
  }
  reference.below_.push_back(below);
  return reference;
}

int64_t ReferenceDistribution::PercentileMicros(int64_t value) const {
  if (values_.empty()) return kMiddleScoreMicros;
  const size_t first = std::lower_bound(values_.begin(), values_.end(), value) - values_.begin();
  const bool found = first < values_.size() && values_[first] == value;
  const int64_t below = below_[first];
  const int64_t equal = found ? below_[first + 1] - below : 0;
  // Rounded half up: rising in 2 × below + equal, so it never falls as the value rises.
  const absl::int128 doubled = (absl::int128{2} * below + equal) * kFullScoreMicros;
  return static_cast<int64_t>((doubled + size()) / (absl::int128{2} * size()));
}

std::vector<ReferenceDistribution::Step> ReferenceDistribution::steps() const {
  std::vector<Step> steps;
  steps.reserve(values_.size());
  for (size_t i = 0; i < values_.size(); ++i) steps.push_back({values_[i], below_[i + 1] - below_[i]});
  return steps;
}

}  // namespace clientele::value
