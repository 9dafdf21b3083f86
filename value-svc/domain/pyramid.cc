#include "value-svc/domain/pyramid.h"

#include <algorithm>
#include <string>
#include <utility>

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

Boundaries DrawBoundaries(const std::array<int64_t, kCutTierCount>& tier_share_micros,
                          std::vector<Rank> active) {
  std::sort(active.begin(), active.end());
  Boundaries boundaries;
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

Boundaries ThresholdBoundaries(const std::array<int64_t, kCutTierCount - 1>& tier_threshold_micros) {
  // After all ids, so that everybody who has the threshold is above the boundary.
  const Id last = *Id::FromBytes(std::string(Id::kSize, '\xff'));
  Boundaries boundaries;
  for (size_t i = 0; i < tier_threshold_micros.size(); ++i)
    boundaries[i] = Boundary{tier_threshold_micros[i], last};
  return boundaries;
}

Boundaries CutTiers(const ScoringModel& model, std::vector<Rank> active) {
  return model.tier_mode == TierMode::kThresholds
             ? ThresholdBoundaries(model.tier_threshold_micros)
             : DrawBoundaries(model.tier_share_micros, std::move(active));
}

Tier TierOf(const Boundaries& boundaries, bool active, const Rank& rank) {
  if (!active) return Tier::kInactive;
  for (size_t i = 0; i < kCutTierCount; ++i) {
    if (!boundaries[i].has_value()) continue;
    if (!(Rank{boundaries[i]->score_micros, boundaries[i]->customer} < rank)) return kCutTiers[i];
  }
  return Tier::kSmall;
}

}  // namespace clientele::value
