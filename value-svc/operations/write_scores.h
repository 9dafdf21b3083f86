#ifndef VALUE_SVC_OPERATIONS_WRITE_SCORES_H_
#define VALUE_SVC_OPERATIONS_WRITE_SCORES_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "servicekit/feed/publisher.h"
#include "value-svc/domain/scoring_model.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

// Scores with their tiers, which go on from those in `before`; in the order of `observations`.
std::vector<Score> ScoreWithTiers(Scorer& scorer, const ScoringModel& model,
                                  absl::Span<const Observations> observations,
                                  const RunScoreStore::States& before, absl::Time as_of);

// Puts the scores into force, and tells the feed of those whose tier is another than before.
absl::Status WriteInForce(Transaction& tx, Stores& stores, servicekit::FeedPublisher& feed,
                          absl::Span<const Score> scores, absl::Time now);

// Keeps what a run found of those who were there as of its day, and forgets the others.
absl::Status WriteRun(Transaction& tx, Stores& stores, Id run, absl::Span<const Observations> observations,
                      absl::Span<const Score> scores);

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_WRITE_SCORES_H_
