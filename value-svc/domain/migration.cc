#include "value-svc/domain/migration.h"

#include <algorithm>
#include <numeric>

namespace clientele::value {

std::optional<Factor> MigrationDriver(Tier from, Tier to, const PerFactor<int64_t>& before,
                                      const PerFactor<int64_t>& after) {
  if (from == Tier::kNone || from == to) return std::nullopt;
  const int64_t direction = to < from ? 1 : -1;  // Tiers are numbered from the top.
  std::optional<Factor> driver;
  int64_t furthest = 0;
  for (Factor factor : kFactors) {
    const int64_t moved = direction * (after[factor] - before[factor]);
    if (moved > furthest) {
      furthest = moved;
      driver = factor;
    }
  }
  return driver;
}

std::vector<int64_t> SharesMicros(absl::Span<const int64_t> counts) {
  constexpr int64_t kWhole = 1'000'000;
  std::vector<int64_t> shares(counts.size()), rests(counts.size());
  const int64_t sum = std::accumulate(counts.begin(), counts.end(), int64_t{0});
  if (sum <= 0) return shares;
  int64_t left = kWhole;
  for (size_t i = 0; i < counts.size(); ++i) {
    const absl::int128 exact = absl::int128{counts[i]} * kWhole;
    shares[i] = static_cast<int64_t>(exact / sum);
    rests[i] = static_cast<int64_t>(exact % sum);
    left -= shares[i];
  }
  std::vector<size_t> by_rest(counts.size());
  std::iota(by_rest.begin(), by_rest.end(), size_t{0});
  std::stable_sort(by_rest.begin(), by_rest.end(), [&](size_t a, size_t b) { return rests[a] > rests[b]; });
  for (int64_t i = 0; i < left; ++i) ++shares[by_rest[static_cast<size_t>(i)]];
  return shares;
}

}  // namespace clientele::value
