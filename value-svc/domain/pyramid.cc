#include "value-svc/domain/pyramid.h"

#include <algorithm>

#include "absl/numeric/int128.h"

namespace clientele::value {

std::array<int64_t, kCutTierCount> CumulativeCounts(
    const std::array<int64_t, kCutTierCount>& tier_share_micros, int64_t active_count) {
  std::array<int64_t, kCutTierCount> counts;
  for (size_t i = 0; i < kCutTierCount; ++i) {
    counts[i] =
        static_cast<int64_t>((absl::int128{tier_share_micros[i]} * active_count + 999'999) / 1'000'000);
  }
  return counts;
}

std::array<std::optional<Boundary>, kCutTierCount> DrawBoundaries(
    const std::array<int64_t, kCutTierCount>& tier_share_micros, std::vector<Rank> active) {
  std::sort(active.begin(), active.end());
  std::array<std::optional<Boundary>, kCutTierCount> boundaries;
  const auto counts = CumulativeCounts(tier_share_micros, static_cast<int64_t>(active.size()));
  int64_t above = 0;
  for (size_t i = 0; i < kCutTierCount; ++i) {
    if (counts[i] > above) {
      const Rank& last = active[counts[i] - 1];
      boundaries[i] = Boundary{last.score_micros, last.customer};
    }
    above = counts[i];
  }
  return boundaries;
}

Tier TierOf(const std::array<std::optional<Boundary>, kCutTierCount>& boundaries, bool active,
            const Rank& rank) {
  if (!active) return Tier::kInactive;
  for (size_t i = 0; i < kCutTierCount; ++i) {
    if (!boundaries[i].has_value()) continue;
    if (!(Rank{boundaries[i]->score_micros, boundaries[i]->customer} < rank)) return kCutTiers[i];
  }
  return Tier::kSmall;
}

}  // namespace clientele::value
