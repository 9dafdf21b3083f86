#include "value-svc/domain/portfolio/concentration.h"

#include <algorithm>
#include <functional>

#include "absl/numeric/int128.h"

namespace clientele::value {

double Gini(std::vector<int64_t> values) {
  for (int64_t& value : values) value = std::max<int64_t>(value, 0);
  std::sort(values.begin(), values.end());
  // Σ (2i − n − 1)·value_i ÷ (n·Σ value), exact until the division.
  const absl::int128 count = static_cast<int64_t>(values.size());
  absl::int128 weighted = 0, sum = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    weighted += (2 * absl::int128{static_cast<int64_t>(i) + 1} - count - 1) * values[i];
    sum += values[i];
  }
  return sum == 0 ? 0
                  : static_cast<double>(weighted) / (static_cast<double>(count) * static_cast<double>(sum));
}

WhaleCurve DrawWhaleCurve(std::vector<int64_t> values, size_t point_count) {
  WhaleCurve curve;
  absl::int128 total = 0, highest = 0;
  for (int64_t value : values) total += value;
  if (total <= 0 || point_count == 0) return curve;
  std::sort(values.begin(), values.end(), std::greater<>());
  const double count = static_cast<double>(values.size());
  const size_t wanted = std::min(point_count, values.size());
  curve.points.push_back({});
  absl::int128 sum = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    sum += values[i];
    const WhalePoint point{static_cast<double>(i + 1) / count,
                           static_cast<double>(sum) / static_cast<double>(total)};
    if (sum > highest) {
      highest = sum;
      curve.peak = point;
    }
    // The last customer of each of the equal parts.
    if ((i + 1) * wanted / values.size() != i * wanted / values.size()) curve.points.push_back(point);
  }
  return curve;
}

}  // namespace clientele::value
