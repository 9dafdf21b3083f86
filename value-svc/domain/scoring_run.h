#ifndef VALUE_SVC_DOMAIN_SCORING_RUN_H_
#define VALUE_SVC_DOMAIN_SCORING_RUN_H_

#include <cstdint>
#include <optional>

#include "absl/time/time.h"
#include "servicekit/types/id.h"

namespace clientele::value {

using servicekit::Id;

// The numbers of these three are stored, and those of the first two are the contract's.
enum class RunPurpose { kRescore = 1, kPublish = 2, kPreview = 3, kSnapshot = 4, kRefresh = 5 };
enum class RunState { kReading = 1, kScoring = 2, kFinished = 3, kCancelled = 4 };
enum class ShardStage { kToRead = 0, kRead = 1, kScored = 2, kPassedOver = 3 };

// A run over all customers, as of a day.
struct ScoringRun {
  Id id;
  RunPurpose purpose = RunPurpose::kRescore;
  RunState state = RunState::kReading;
  Id model;
  std::optional<Id> previous;  // Whose tiers it goes on from.
  absl::Time as_of;
  absl::Time create_time;
  std::optional<absl::Time> finish_time;

  // Its scores become those in force.
  bool comes_into_force() const {
    return purpose == RunPurpose::kRescore || purpose == RunPurpose::kPublish ||
           purpose == RunPurpose::kRefresh;
  }
  bool is_of_draft() const { return purpose == RunPurpose::kPublish || purpose == RunPurpose::kPreview; }
  // A new reference is frozen from what it reads.
  bool freezes() const { return purpose == RunPurpose::kRescore || is_of_draft(); }
};

struct RunProgress {
  int64_t customers = 0;
  int64_t read = 0;
  int64_t scored = 0;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_SCORING_RUN_H_
