#ifndef VALUE_SVC_STORE_MODEL_STORE_H_
#define VALUE_SVC_STORE_MODEL_STORE_H_

#include <cstdint>
#include <deque>
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

// Scoring models. A draft may be changed; what was published never changes but for its state.
class ModelStore {
 public:
  // With the next version and its first revision, which are set in it.
  absl::Status InsertDraft(Transaction& tx, ScoringModel& model);
  // Replaces what people choose, and sets the next revision in it.
  absl::Status UpdateDraft(Transaction& tx, ScoringModel& model);
  absl::Status Remove(Transaction& tx, Id model);
  // Stores what is frozen with the reference.
  absl::Status Freeze(Transaction& tx, const ScoringModel& model);
  // Retires the one before.
  absl::Status BringIntoForce(Transaction& tx, Id model);

  // The model in force, with its reference distributions; NOT_FOUND, with what to do, before the first
  // publication.
  absl::StatusOr<std::shared_ptr<const ScoringModel>> Published(Transaction& tx);
  // The same of any model.
  absl::StatusOr<std::shared_ptr<const ScoringModel>> GetFrozen(Transaction& tx, Id id);
  // Without reference distributions.
  absl::StatusOr<ScoringModel> Get(Transaction& tx, Id id);
  absl::StatusOr<ScoringModel> GetForUpdate(Transaction& tx, Id id);
  absl::StatusOr<std::vector<ScoringModel>> ListNewestFirst(Transaction& tx,
                                                            std::optional<int64_t> below_version,
                                                            int64_t limit);

 private:
  absl::StatusOr<ScoringModel> Find(Transaction& tx, Id id, servicekit::SqlText suffix);
  // With its reference distributions, from memory if it is there.
  absl::StatusOr<std::shared_ptr<const ScoringModel>> Whole(Transaction& tx, ScoringModel model);

  absl::Mutex mutex_;
  std::deque<std::shared_ptr<const ScoringModel>> kept_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace clientele::value

#endif  // VALUE_SVC_STORE_MODEL_STORE_H_
