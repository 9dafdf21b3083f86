#ifndef CUSTOMER_SVC_OPERATIONS_ASSIGNER_H_
#define CUSTOMER_SVC_OPERATIONS_ASSIGNER_H_

#include "absl/status/statusor.h"
#include "customer-svc/domain/ownership.h"
#include "customer-svc/operations/stores.h"
#include "servicekit/access/principal.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::customer {

// The principal as one who gives customers to people: with the teams below, for a manager.
absl::StatusOr<Assigner> AssignerFor(Stores& stores, servicekit::Transaction& tx,
                                     const servicekit::Principal& principal);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_OPERATIONS_ASSIGNER_H_
