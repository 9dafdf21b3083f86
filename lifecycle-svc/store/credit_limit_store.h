#ifndef LIFECYCLE_SVC_STORE_CREDIT_LIMIT_STORE_H_
#define LIFECYCLE_SVC_STORE_CREDIT_LIMIT_STORE_H_

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lifecycle-svc/domain/credit_limit.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::lifecycle {

using servicekit::Transaction;

class CreditLimitStore {
 public:
  // By customer, none of whom may be an alias: what is in force, their own limit or else the one set last for
  // somebody who was merged into them. Customers without any are left out.
  static absl::StatusOr<absl::flat_hash_map<Id, CreditLimit>> Find(Transaction& tx,
                                                                   const std::vector<Id>& customers);
  static absl::Status Put(Transaction& tx, const std::vector<CreditLimit>& limits);
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_STORE_CREDIT_LIMIT_STORE_H_
