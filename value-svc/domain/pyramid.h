#ifndef VALUE_SVC_DOMAIN_PYRAMID_H_
#define VALUE_SVC_DOMAIN_PYRAMID_H_

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "value-svc/domain/scoring_model.h"

namespace clientele::value {

// An active customer's place: higher scores first, ties by id.
struct Rank {
  int64_t score_micros = 0;
  Id customer;

  friend bool operator<(const Rank& a, const Rank& b) {
    return a.score_micros != b.score_micros ? a.score_micros > b.score_micros : a.customer < b.customer;
  }
};

// How many of `active_count` customers belong to the tiers up to each one: share × count, rounded up.
std::array<int64_t, kCutTierCount> CumulativeCounts(
    const std::array<int64_t, kCutTierCount>& tier_share_micros, int64_t active_count);

// The last customer of each tier; none for a tier that nobody is in. `active` comes in any order.
Boundaries DrawBoundaries(const std::array<int64_t, kCutTierCount>& tier_share_micros,
                          std::vector<Rank> active);

// Whoever has at least a tier's threshold is in it; SMALL takes the rest.
Boundaries ThresholdBoundaries(const std::array<int64_t, kCutTierCount - 1>& tier_threshold_micros);

// By the model's mode.
Boundaries CutTiers(const ScoringModel& model, std::vector<Rank> active);

// The tier under boundaries drawn before, also of a customer who was not there then: SMALL below the last
// boundary, INACTIVE unless active.
Tier TierOf(const Boundaries& boundaries, bool active, const Rank& rank);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_PYRAMID_H_
