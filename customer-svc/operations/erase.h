#ifndef CUSTOMER_SVC_OPERATIONS_ERASE_H_
#define CUSTOMER_SVC_OPERATIONS_ERASE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "customer-svc/operations/caller.h"
#include "customer-svc/operations/stores.h"
#include "servicekit/mysql/transaction.h"
#include "servicekit/types/resource_name.h"

// The RPCs EraseCustomer and EraseContact: for administrators (PERMISSION_DENIED); NOT_FOUND.
namespace clientele::customer {

struct Erased {
  int64_t contacts = 0, needs = 0, interactions = 0, changes = 0, feed_entries = 0;
};

absl::StatusOr<Erased> EraseCustomer(Stores& stores, servicekit::Transaction& tx, const Caller& caller,
                                     servicekit::Id id);
absl::Status EraseContact(Stores& stores, servicekit::Transaction& tx, const Caller& caller,
                          servicekit::ChildName name);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_OPERATIONS_ERASE_H_
