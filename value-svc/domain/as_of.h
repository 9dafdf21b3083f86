#ifndef VALUE_SVC_DOMAIN_AS_OF_H_
#define VALUE_SVC_DOMAIN_AS_OF_H_

#include "absl/time/time.h"
#include "value-svc/domain/scoring_model.h"

namespace clientele::value {

// The time that scoring goes by unless told otherwise: now; or, when nothing has happened within a horizon
// from now, the time of the last thing that did, so that a history imported years later is scored as it stood
// at its end instead of everybody being inactive.
inline absl::Time DefaultAsOf(absl::Time now, absl::Time latest_event_time, absl::Duration horizon) {
  if (latest_event_time == absl::InfinitePast() || latest_event_time > now - horizon) return now;
  return latest_event_time;
}

// The time that one customer is rescored by under `model`.
inline absl::Time AsOfInForce(const ScoringModel& model, absl::Time now, absl::Time latest_event_time) {
  return model.as_of_fixed ? model.as_of : DefaultAsOf(now, latest_event_time, model.horizon());
}

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_AS_OF_H_
