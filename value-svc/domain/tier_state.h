#ifndef VALUE_SVC_DOMAIN_TIER_STATE_H_
#define VALUE_SVC_DOMAIN_TIER_STATE_H_

#include <cstdint>

#include "value-svc/domain/pyramid.h"
#include "value-svc/domain/scoring_model.h"

namespace clientele::value {

// A customer's tier, and the one that its score has passed into without being confirmed often enough yet.
struct TierState {
  Tier tier = Tier::kNone;
  Tier pending = Tier::kNone;
  int64_t confirmations = 0;  // In how many runs in a row it has passed there so far.

  friend bool operator==(const TierState&, const TierState&) = default;
};

// The tier after one more scoring. Whoever had no tier or was inactive is cut at once, and whoever is no
// longer active is inactive at once; hysteresis is for those who stay active.
TierState NextTier(const TierState& before, const Boundaries& boundaries, const Hysteresis& hysteresis,
                   bool active, const Rank& rank);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_TIER_STATE_H_
