#ifndef VALUE_SVC_STORE_RUN_SCORE_STORE_H_
#define VALUE_SVC_STORE_RUN_SCORE_STORE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "servicekit/mysql/transaction.h"
#include "value-svc/domain/score.h"
#include "value-svc/domain/scoring_run.h"
#include "value-svc/store/statements.h"

namespace clientele::value {

using servicekit::Transaction;

// What each run found.
class RunScoreStore {
 public:
  absl::Status Put(Transaction& tx, Id run, absl::Span<const Score> scores);
  absl::Status Remove(Transaction& tx, Id run, absl::Span<const Id> customers);
  // At most `limit` rows; returns how many they were.
  absl::StatusOr<int64_t> RemoveSome(Transaction& tx, Id run, int64_t limit);

  using States = absl::flat_hash_map<Id, TierState>;
  absl::StatusOr<States> TierStates(Transaction& tx, Id run, const CustomerRange& range);
  absl::StatusOr<States> TierStates(Transaction& tx, Id run, absl::Span<const Id> customers);

  struct Record {
    std::optional<Id> run;  // None: in force.
    Id model;
    absl::Time as_of;
    TierState tier;
    int64_t score_micros = 0;
    PerFactor<int64_t> contribution_micros;
    Decimal revenue;
    Decimal profit;
  };
  // One customer in the runs that are kept for their day, newest first, from below the run `below` on.
  struct Key {
    absl::Time as_of;
    Id run;
  };
  absl::StatusOr<std::vector<Record>> History(Transaction& tx, Id customer, const std::optional<Key>& below,
                                              int64_t limit);
};

}  // namespace clientele::value

#endif  // VALUE_SVC_STORE_RUN_SCORE_STORE_H_
