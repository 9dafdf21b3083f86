#ifndef VALUE_SVC_STORE_RUN_STORE_H_
#define VALUE_SVC_STORE_RUN_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "servicekit/mysql/transaction.h"
#include "value-svc/domain/scoring_run.h"
#include "value-svc/store/statements.h"

namespace clientele::value {

using servicekit::Transaction;

// Scoring runs and the shards that they are made of.
class RunStore {
 public:
  // The shards' ranges rise and hold all customers: `shard_size` each, in the last `rest`.
  absl::Status Insert(Transaction& tx, const ScoringRun& run, absl::Span<const CustomerRange> shards,
                      int64_t shard_size, int64_t rest);
  // The one that is neither finished nor cancelled; there is at most one.
  // As it is once others' transactions are through.
  absl::StatusOr<std::optional<ScoringRun>> OpenForShare(Transaction& tx);
  absl::StatusOr<std::optional<ScoringRun>> Open(Transaction& tx);
  absl::StatusOr<ScoringRun> Get(Transaction& tx, Id id);
  absl::StatusOr<ScoringRun> GetForUpdate(Transaction& tx, Id id);
  absl::StatusOr<std::vector<ScoringRun>> ListNewestFirst(Transaction& tx, const std::optional<Id>& below,
                                                          int64_t limit);
  absl::StatusOr<RunProgress> Progress(Transaction& tx, Id id);
  using ProgressByRun = absl::flat_hash_map<Id, RunProgress>;
  // Runs whose shards are gone are not there.
  absl::StatusOr<ProgressByRun> Progress(Transaction& tx, absl::Span<const ScoringRun> runs);

  // Of the finished runs that are kept for their day (all but previews): the last up to a time, the first of
  // all, and the last before a time.
  absl::StatusOr<std::optional<ScoringRun>> LastUpTo(Transaction& tx, absl::Time time);
  absl::StatusOr<std::optional<ScoringRun>> First(Transaction& tx);
  absl::StatusOr<std::optional<ScoringRun>> LastBefore(Transaction& tx, absl::Time time);
  // The last one that changed the scores in force.
  absl::StatusOr<std::optional<ScoringRun>> LastInForce(Transaction& tx);
  // The latest day that a finished run, also a preview, stands for.
  absl::StatusOr<std::optional<absl::Time>> LatestDay(Transaction& tx);
  // All finished ones as of `time` and later, previews too, by day.
  absl::StatusOr<std::vector<ScoringRun>> FinishedSince(Transaction& tx, absl::Time time);

  struct Shard {
    int64_t number = 0;
    CustomerRange range;
    std::string observed;
  };
  // Locks a shard at `stage` that nobody has locked.
  absl::StatusOr<std::optional<Shard>> Claim(Transaction& tx, Id run, ShardStage stage);
  absl::Status Advance(Transaction& tx, Id run, int64_t shard, ShardStage stage, int64_t customer_count,
                       std::string observed);
  absl::StatusOr<bool> HasShards(Transaction& tx, Id run, ShardStage stage);
  absl::StatusOr<int64_t> CountShards(Transaction& tx, Id run, ShardStage stage);
  // Locks this shard; none when it is no longer at `stage`.
  absl::StatusOr<std::optional<Shard>> Lock(Transaction& tx, Id run, int64_t shard, ShardStage stage);
  struct Part {
    int64_t customer_count = 0;
    std::string observed;
  };
  // Cuts a shard that is locked after the customer `at`; the upper part gets the next free number.
  absl::Status Cut(Transaction& tx, Id run, const Shard& shard, ShardStage stage, Id at, Part lower,
                   Part upper);
  // One of the shards above `after`, by number, without locking it.
  absl::StatusOr<std::optional<Shard>> Next(Transaction& tx, Id run, int64_t after);

  // Locks the run; none when somebody else has it locked, or it is no longer in `state`.
  absl::StatusOr<std::optional<ScoringRun>> LockIn(Transaction& tx, Id id, RunState state);
  absl::Status SetState(Transaction& tx, Id id, RunState state, std::optional<absl::Time> finish_time);
  // All there are, in no order.
  absl::StatusOr<std::vector<ScoringRun>> All(Transaction& tx);
  // Runs that go on from the tiers of `run` will go on from those of `previous`.
  absl::Status GoOnFrom(Transaction& tx, Id run, std::optional<Id> previous);
  absl::StatusOr<std::vector<Id>> OfModel(Transaction& tx, Id model);
  // One that still has scores.
  absl::StatusOr<std::optional<Id>> CancelledWithScores(Transaction& tx);
  absl::Status RemoveShards(Transaction& tx, Id run);
  absl::Status Remove(Transaction& tx, Id run);
};

}  // namespace clientele::value

#endif  // VALUE_SVC_STORE_RUN_STORE_H_
