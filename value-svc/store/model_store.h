#ifndef VALUE_SVC_STORE_MODEL_STORE_H_
#define VALUE_SVC_STORE_MODEL_STORE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "servicekit/mysql/transaction.h"
#include "value-svc/domain/scoring_model.h"

namespace clientele::value {

using servicekit::Transaction;

// Scoring models, which never change once published but for their state.
class ModelStore {
 public:
  // Makes `model` the one in force, with the next version (set in it), and retires the one before.
  absl::Status Publish(Transaction& tx, ScoringModel& model);

  // The model in force, with its reference distributions; NOT_FOUND, with what to do, before the first
  // publication. Kept in memory until another one is published.
  absl::StatusOr<std::shared_ptr<const ScoringModel>> Published(Transaction& tx);
  // Without reference distributions.
  absl::StatusOr<ScoringModel> Get(Transaction& tx, Id id);
  absl::StatusOr<std::vector<ScoringModel>> ListNewestFirst(Transaction& tx,
                                                            std::optional<int64_t> below_version,
                                                            int64_t limit);

  // How far the customers have been scored with the model in force.
  struct Progress {
    Id model;
    Id through;
  };
  // NOT_FOUND when all have been, or there is no model. Locks it.
  absl::StatusOr<Progress> UnfinishedForUpdate(Transaction& tx);
  absl::Status SetProgress(Transaction& tx, const Progress& progress, bool finished);
  absl::StatusOr<bool> HasUnfinished(Transaction& tx);

 private:
  absl::Mutex mutex_;
  std::shared_ptr<const ScoringModel> published_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace clientele::value

#endif  // VALUE_SVC_STORE_MODEL_STORE_H_
