#ifndef CUSTOMER_SVC_OPERATIONS_SAVE_H_
#define CUSTOMER_SVC_OPERATIONS_SAVE_H_

#include <vector>

#include "absl/status/status.h"
#include "customer-svc/operations/stores.h"
#include "servicekit/mysql/transaction.h"

// The end of every write: rows, history and feed together, for one resource or for many.
namespace clientele::customer {

template <typename Resource>
struct Change {
  Resource before;
  Resource after;
};

// A save of each kind stamps what it creates with `author.time` and version 1, and what it changes with the
// next version. What does not differ from `before` must not be given.
absl::Status SaveNew(Stores& stores, servicekit::Transaction& tx, const Author& author,
                     std::vector<Customer>& customers);
absl::Status SaveChanged(Stores& stores, servicekit::Transaction& tx, const Author& author,
                         std::vector<Change<Customer>>& changes);

// Makes a row again of the customer that `merge` made an alias.
absl::Status SaveRestored(Stores& stores, servicekit::Transaction& tx, const Author& author,
                          const CustomerMerge& merge, const Customer& restored);

template <BelongsToCustomer Child>
absl::Status SaveNew(Stores& stores, servicekit::Transaction& tx, const Author& author,
                     std::vector<Child>& children);
template <BelongsToCustomer Child>
absl::Status SaveChanged(Stores& stores, servicekit::Transaction& tx, const Author& author,
                         std::vector<Change<Child>>& changes);

absl::Status SaveNew(Stores& stores, servicekit::Transaction& tx, const Author& author,
                     std::vector<Team>& teams);
// A new parent moves the team with all below it. INVALID_ARGUMENT when the parent lies below the team.
absl::Status SaveChanged(Stores& stores, servicekit::Transaction& tx, const Author& author,
                         std::vector<Change<Team>>& changes);

absl::Status SaveNew(Stores& stores, servicekit::Transaction& tx, const Author& author,
                     std::vector<Representative>& representatives);
// The customers of a representative who moved to another team move too.
absl::Status SaveChanged(Stores& stores, servicekit::Transaction& tx, const Author& author,
                         std::vector<Change<Representative>>& changes);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_OPERATIONS_SAVE_H_
