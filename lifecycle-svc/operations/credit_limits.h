#ifndef LIFECYCLE_SVC_OPERATIONS_CREDIT_LIMITS_H_
#define LIFECYCLE_SVC_OPERATIONS_CREDIT_LIMITS_H_

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "lifecycle-svc/operations/unit_of_work.h"

namespace clientele::lifecycle {

// PERMISSION_DENIED unless administrator or manager. Of which customers, UnitOfWork::FindJourney() tells.
absl::Status CheckMaySetCreditLimits(const servicekit::Principal& principal);

// What customers may owe, as one transaction sets it.
class CreditLimits {
 public:
  explicit CreditLimits(UnitOfWork& work) : work_(work) {}

  // After the customers were locked; needed before the others.
  absl::Status Load(const std::vector<Id>& customers);
  // Of the customer, or whom it was merged into. Version 0 when none was ever set.
  CreditLimit InForce(Id customer) const;
  // Puts `limit`, as a caller gave it, in the place of the one in force, unless it says the same.
  CreditLimit Set(Id customer, CreditLimit limit);

 private:
  UnitOfWork& work_;
  absl::flat_hash_map<Id, CreditLimit> in_force_;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_OPERATIONS_CREDIT_LIMITS_H_
