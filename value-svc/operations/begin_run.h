#ifndef VALUE_SVC_OPERATIONS_BEGIN_RUN_H_
#define VALUE_SVC_OPERATIONS_BEGIN_RUN_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

// The name of the lease that whoever begins a run, or rescores outside of one, has in its transaction.
inline constexpr char kScoringLease[] = "scoring";

struct RunRequest {
  RunPurpose purpose = RunPurpose::kRescore;
  std::optional<Id> draft;          // What is published or previewed.
  std::optional<absl::Time> as_of;  // AsOfInForce when empty.
  int64_t shard_size = 2000;
};

// Begins a run over all customers; ScoringWork does it. ABORTED (RESCORE_RUNNING) when another one is going
// on; NOT_FOUND when a snapshot has no model in force to go by.
absl::StatusOr<ScoringRun> BeginRun(Transaction& tx, Stores& stores, const RunRequest& request,
                                    absl::Time now);

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_BEGIN_RUN_H_
