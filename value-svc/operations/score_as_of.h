#ifndef VALUE_SVC_OPERATIONS_SCORE_AS_OF_H_
#define VALUE_SVC_OPERATIONS_SCORE_AS_OF_H_

#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "value-svc/domain/score_difference.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

// By what customers were scored at a time: the model of the last run up to then; of the first run, when the
// time lies before all; the one in force, when there are no runs. NOT_FOUND before the first publication.
struct Yardstick {
  std::shared_ptr<const ScoringModel> model;
  std::optional<ScoringRun> run;
};
absl::StatusOr<Yardstick> YardstickAt(Transaction& tx, Stores& stores, absl::Time time);

// Scores computed from the facts up to `as_of`, with the tiers that a run on that day would have found.
// `customers` must rise.
absl::StatusOr<std::vector<Score>> ScoresAsOf(Transaction& tx, Stores& stores, const Yardstick& yardstick,
                                              absl::Span<const Id> customers, absl::Time as_of);

struct ComparedScores {
  Score from;
  Score to;
  std::shared_ptr<const ScoringModel> from_model;
  std::shared_ptr<const ScoringModel> to_model;
  ScoreDifference difference;
};
absl::StatusOr<ComparedScores> CompareScores(Transaction& tx, Stores& stores, Id customer, absl::Time from,
                                             absl::Time to);

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_SCORE_AS_OF_H_
