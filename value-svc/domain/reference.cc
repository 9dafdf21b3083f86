#include "value-svc/domain/reference.h"

#include <algorithm>
#include <cmath>

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
  reference.Measure();
  return reference;
}

void ReferenceDistribution::Measure() {
  const double count = static_cast<double>(size());
  for (size_t i = 0; i < values_.size(); ++i) {
    mean_ += static_cast<double>(values_[i]) * (static_cast<double>(below_[i + 1] - below_[i]) / count);
  }
  double variance = 0;
  for (size_t i = 0; i < values_.size(); ++i) {
    const double distance = static_cast<double>(values_[i]) - mean_;
    variance += distance * distance * (static_cast<double>(below_[i + 1] - below_[i]) / count);
  }
  deviation_ = std::sqrt(variance);
  fifth_ = Quantile(5);
  ninety_fifth_ = Quantile(95);
}

int64_t ReferenceDistribution::Quantile(int64_t share_percent) const {
  const absl::int128 wanted = absl::int128{size()} * share_percent;
  const auto reached = std::partition_point(below_.begin() + 1, below_.end(), [&](int64_t through) {
    return absl::int128{through} * 100 < wanted;
  });
  return values_[reached - below_.begin() - 1];
}

namespace {

// From `low`, 0, to `high`, 100, in a straight line. Where both are one: below it, at it, above it.
int64_t Between(double low, double high, double value) {
  if (high <= low) return value < low ? 0 : value > high ? kFullScoreMicros : kMiddleScoreMicros;
  const double share = std::clamp((value - low) / (high - low), 0.0, 1.0);
  return static_cast<int64_t>(std::lround(share * static_cast<double>(kFullScoreMicros)));
}

// A logarithm that also takes 0 and losses, in whole units of the figure.
double SignedLog(int64_t micros) {
  const double units = static_cast<double>(micros) / 1e6;
  return std::copysign(std::log1p(std::fabs(units)), units);
}

}  // namespace

int64_t ReferenceDistribution::NormalizeMicros(Normalization method, int64_t value) const {
  if (values_.empty()) return kMiddleScoreMicros;
  const double figure = static_cast<double>(value);
  switch (method) {
    case Normalization::kPercentile:
      return PercentileMicros(value);
    case Normalization::kZScore:
      return Between(mean_ - 3 * deviation_, mean_ + 3 * deviation_, figure);
    case Normalization::kMinMax:
      return Between(static_cast<double>(values_.front()), static_cast<double>(values_.back()), figure);
    case Normalization::kLogarithmic:
      return Between(SignedLog(values_.front()), SignedLog(values_.back()), SignedLog(value));
    case Normalization::kWinsorized:
      return Between(static_cast<double>(fifth_), static_cast<double>(ninety_fifth_), figure);
  }
  return PercentileMicros(value);
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
