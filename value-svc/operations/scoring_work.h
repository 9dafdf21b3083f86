#ifndef VALUE_SVC_OPERATIONS_SCORING_WORK_H_
#define VALUE_SVC_OPERATIONS_SCORING_WORK_H_

#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "servicekit/feed/publisher.h"
#include "servicekit/types/clock.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

// Works on the run that is open, a piece at a time, whoever began it: any number of these, in any number of
// processes, share its shards. A piece is one transaction, so one that is broken off has not happened. Facts
// are read shard by shard and kept with the shard; when all were read, one of the workers freezes the model's
// reference; then scores are written shard by shard. What stays in memory is the reference, about 80 bytes a
// customer, and while it is frozen as much again. A customer who cannot be scored (a row that does not fit,
// say) holds up nobody else: the shard is halved until that one is alone, who is then passed over. One thread
// at a time.
class ScoringWork {
 public:
  ScoringWork(servicekit::Pool& pool, Stores& stores, servicekit::FeedPublisher& feed,
              const servicekit::Clock& clock)
      : pool_(pool), stores_(stores), feed_(feed), clock_(clock) {}

  enum class Did {
    kNothing,  // No run is open.
    kWaited,   // Others have what is left.
    kPiece,
  };
  absl::StatusOr<Did> Step(absl::Time deadline);

 private:
  struct Claimed {
    ScoringRun run;
    ShardStage stage = ShardStage::kToRead;
    int64_t shard = 0;
  };

  absl::StatusOr<Did> Read(Transaction& tx, const ScoringRun& run);
  absl::StatusOr<Did> Freeze(Transaction& tx, const ScoringRun& run);
  absl::StatusOr<Did> Score(Transaction& tx, const ScoringRun& run);
  absl::StatusOr<Did> Finish(Transaction& tx, const ScoringRun& run);
  absl::StatusOr<std::optional<RunStore::Shard>> Claim(Transaction& tx, const ScoringRun& run,
                                                       ShardStage stage);
  // After `cause` ended the work on a shard: makes it smaller, or passes over the one customer in it. Returns
  // `cause` when too many would be passed over for them to be what is wrong.
  absl::StatusOr<Did> Isolate(Transaction& tx, const Claimed& claimed, const absl::Status& cause);
  absl::Status PassOver(Transaction& tx, const ScoringRun& run, const RunStore::Shard& shard, Id customer,
                        const absl::Status& cause);
  absl::Status WriteShard(Transaction& tx, const ScoringRun& run, const RunStore::Shard& shard);
  // The run's model, kept with what its customers have in common from one shard to the next.
  absl::Status UseModelOf(Transaction& tx, const ScoringRun& run);

  servicekit::Pool& pool_;
  Stores& stores_;
  servicekit::FeedPublisher& feed_;
  const servicekit::Clock& clock_;
  std::optional<Claimed> claimed_;  // By the last step.
  std::shared_ptr<const ScoringModel> model_;
  std::unique_ptr<Scorer> scorer_;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_SCORING_WORK_H_
