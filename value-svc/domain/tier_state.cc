#include "value-svc/domain/tier_state.h"

namespace clientele::value {
namespace {

// Tiers are numbered from the top.
bool IsAbove(Tier a, Tier b) { return a < b; }

// Where the score lies past the margin: the tier that it reaches with so much less, or falls to with so much
// more.
Tier Passed(Tier from, const Boundaries& boundaries, int64_t margin_micros, const Rank& rank) {
  const Tier up = TierOf(boundaries, true, {rank.score_micros - margin_micros, rank.customer});
  if (IsAbove(up, from)) return up;
  const Tier down = TierOf(boundaries, true, {rank.score_micros + margin_micros, rank.customer});
  return IsAbove(from, down) ? down : from;
}

}  // namespace

TierState NextTier(const TierState& before, const Boundaries& boundaries, const Hysteresis& hysteresis,
                   bool active, const Rank& rank) {
  if (!active) return {Tier::kInactive};
  if (before.tier == Tier::kNone || before.tier == Tier::kInactive) return {TierOf(boundaries, true, rank)};
  const Tier passed = Passed(before.tier, boundaries, hysteresis.margin_micros, rank);
  if (passed == before.tier) return {before.tier};
  const bool same_direction =
      before.pending != Tier::kNone && IsAbove(before.pending, before.tier) == IsAbove(passed, before.tier);
  const int64_t confirmations = same_direction ? before.confirmations + 1 : 1;
  if (confirmations >= hysteresis.confirmations) return {passed};
  return {before.tier, passed, confirmations};
}

}  // namespace clientele::value
