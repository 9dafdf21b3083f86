#ifndef VALUE_SVC_DOMAIN_RUN_RETENTION_H_
#define VALUE_SVC_DOMAIN_RUN_RETENTION_H_

#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "value-svc/domain/scoring_run.h"

namespace clientele::value {

// How long what runs found is kept, where nothing else needs it.
struct RunRetention {
  absl::Duration keep_all = absl::Hours(24) * 90;
};

// The runs that may go, the oldest day first. For good stay: the last run of each month (UTC), so that the
// years can be compared; those that brought a model into force; the last one up to each of `needed_days`; the
// one that the scores in force are of, and the one that its tiers go on from; and what an open run goes on
// from. Previews and cancelled runs stay for a while only.
std::vector<ScoringRun> RunsToForget(absl::Span<const ScoringRun> runs,
                                     absl::Span<const absl::Time> needed_days, const RunRetention& retention,
                                     absl::Time now);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_RUN_RETENTION_H_
