#ifndef VALUE_SVC_OPERATIONS_RESCORE_RUN_H_
#define VALUE_SVC_OPERATIONS_RESCORE_RUN_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "servicekit/feed/publisher.h"
#include "servicekit/types/clock.h"
#include "value-svc/domain/observations.h"
#include "value-svc/domain/scoring_model.h"
#include "value-svc/operations/stores.h"

namespace clientele::value {

// The name of the lease that whoever scores has.
inline constexpr char kScoringLease[] = "scoring";

// One run of RescoreCustomers, in steps of at most a batch of customers: reads what the ledger says of
// everybody, then publishes the next model with its frozen reference, pooled rates and boundaries, then
// scores everybody with it. The observations stay in memory in between: about 250 bytes a customer. A run
// that is broken off after the publication is finished by the RescoreWorker.
class RescoreRun {
 public:
  struct Options {
    std::optional<absl::Time> as_of;  // DefaultAsOf when empty.
    int64_t batch = 2000;
    // Longer than a batch takes; how long nobody else scores after a run that was broken off.
    absl::Duration lease = absl::Seconds(10);
  };
  struct Progress {
    int64_t read = 0;
    int64_t scored = 0;
    int64_t customers = 0;
    std::optional<Id> model;  // Once it is published.
    bool finished = false;
  };

  RescoreRun(servicekit::Pool& pool, Stores& stores, servicekit::FeedPublisher& feed,
             const servicekit::Clock& clock, Options options);
  RescoreRun(const RescoreRun&) = delete;
  RescoreRun& operator=(const RescoreRun&) = delete;

  // Does the next piece of work; not called again after `finished` or an error. ABORTED when somebody else is
  // scoring.
  absl::StatusOr<Progress> Step(absl::Time deadline);

 private:
  enum class Stage { kBegin, kRead, kPublish, kScore, kFinished };

  absl::Status Begin(absl::Time deadline);
  absl::Status ReadBatch(absl::Time deadline);
  absl::Status Publish(absl::Time deadline);
  absl::Status ScoreBatch(absl::Time deadline);
  // Runs `body` under the lease.
  absl::Status Fenced(absl::Time deadline, std::function<absl::Status(Transaction&)> body);

  servicekit::Pool& pool_;
  Stores& stores_;
  servicekit::FeedPublisher& feed_;
  const servicekit::Clock& clock_;
  const Options options_;
  const std::string holder_;

  Stage stage_ = Stage::kBegin;
  Progress progress_;
  ScoringModel model_;
  std::vector<Observations> observations_;
  std::vector<RescoreQueue::Mark> marks_;  // Seen before their customers' facts were read; both by customer.
};

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_RESCORE_RUN_H_
