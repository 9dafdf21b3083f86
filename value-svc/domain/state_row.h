#ifndef VALUE_SVC_DOMAIN_STATE_ROW_H_
#define VALUE_SVC_DOMAIN_STATE_ROW_H_

#include <cstdint>

#include "value-svc/domain/scoring_model.h"

namespace clientele::value {

// One customer in a state: in what a run found, or in the scores in force. All that pyramids and migrations
// are made of.
struct StateRow {
  Id customer;
  Tier tier = Tier::kNone;
  int64_t score_micros = 0;
  PerFactor<int64_t> contribution_micros;
  Decimal revenue;
  Decimal profit;
  Decimal value_at_risk;

  friend bool operator==(const StateRow&, const StateRow&) = default;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_STATE_ROW_H_
