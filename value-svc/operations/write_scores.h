#ifndef VALUE_SVC_OPERATIONS_WRITE_SCORES_H_
#define VALUE_SVC_OPERATIONS_WRITE_SCORES_H_

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "servicekit/feed/publisher.h"
#include "value-svc/domain/scoring_model.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

// Scores these customers under `model`, and tells the feed of those whose tier is another than before.
absl::Status WriteScores(Transaction& tx, Stores& stores, servicekit::FeedPublisher& feed,
                         const ScoringModel& model, absl::Span<const Observations> observations,
                         absl::Time as_of, absl::Time now);

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_WRITE_SCORES_H_
