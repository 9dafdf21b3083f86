#ifndef CUSTOMER_SVC_OPERATIONS_REVERT_IMPORT_H_
#define CUSTOMER_SVC_OPERATIONS_REVERT_IMPORT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "customer-svc/operations/caller.h"
#include "customer-svc/operations/stores.h"
#include "servicekit/mysql/pool.h"

namespace clientele::customer {

// What could not be taken back of one write, because it was changed since.
struct KeptWrite {
  std::string resource;
  std::vector<std::string> fields;  // Empty: the whole of it.
  std::string reason;               // In a sentence.
};

struct RevertProgress {
  ImportRun run;
  std::vector<KeptWrite> kept;  // Of this batch.
};

// The next batch of the RPC RevertCustomerImport, newest writes first, in a transaction of its own: for
// administrators (PERMISSION_DENIED); NOT_FOUND. `run.state` is kReverted when there are no more.
absl::StatusOr<RevertProgress> RevertBatch(Stores& stores, servicekit::Pool& pool, absl::Time deadline,
                                           const Caller& caller, servicekit::Id import);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_OPERATIONS_REVERT_IMPORT_H_
