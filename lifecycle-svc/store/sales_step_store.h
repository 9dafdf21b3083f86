#ifndef LIFECYCLE_SVC_STORE_SALES_STEP_STORE_H_
#define LIFECYCLE_SVC_STORE_SALES_STEP_STORE_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lifecycle-svc/domain/opportunity.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::lifecycle {

using servicekit::Sql;
using servicekit::Transaction;

// What opportunities in each step are taken for.
class SalesStepStore {
 public:
  static absl::StatusOr<SalesSteps> Get(Transaction& tx);
  // Locks the row. NOT_FOUND.
  static absl::StatusOr<StepDefaults> GetForUpdate(Transaction& tx, SalesStep step);
  static absl::Status Update(Transaction& tx, SalesStep step, const StepDefaults& defaults);
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_STORE_SALES_STEP_STORE_H_
