#ifndef LIFECYCLE_SVC_STORE_DELIVERY_STORE_H_
#define LIFECYCLE_SVC_STORE_DELIVERY_STORE_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lifecycle-svc/domain/delivery.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::lifecycle {

using servicekit::Sql;
using servicekit::Transaction;

// The delivery models as data: the matrix and the templates.
class DeliveryStore {
 public:
  // Must come before any plain read of the transaction.
  static absl::Status LockMatrix(Transaction& tx);
  static absl::StatusOr<DeliveryMatrix> GetMatrix(Transaction& tx);
  static absl::Status PutMatrix(Transaction& tx, const DeliveryMatrix& matrix);

  // Must come before any plain read of the transaction.
  static absl::Status LockTemplate(Transaction& tx, DeliveryModel model);
  // In order of the models.
  static absl::StatusOr<std::vector<DeliveryTemplate>> GetTemplates(Transaction& tx);
  static absl::Status PutTemplate(Transaction& tx, const DeliveryTemplate& delivery_template);
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_STORE_DELIVERY_STORE_H_
