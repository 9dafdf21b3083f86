#ifndef CUSTOMER_SVC_STORE_HISTORY_STORE_H_
#define CUSTOMER_SVC_STORE_HISTORY_STORE_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "customer-svc/store/field_changes.h"
#include "servicekit/mysql/transaction.h"
#include "servicekit/types/id.h"

namespace clientele::customer {

// Who writes, through which RPC, when.
struct Author {
  std::string subject;
  std::string method;  // `UpdateCustomer`.
  absl::Time time;
  std::optional<servicekit::Id> import = std::nullopt;  // The import that the write belongs to.
  std::string reason = "";                              // Why owners change, where someone said so.
};

// The change history: each write leaves one row, in its own transaction.
class HistoryStore {
 public:
  struct Entry {
    servicekit::Id customer;  // Nil for teams and representatives.
    std::string resource;     // Its name.
    std::string changes;      // From ChangesToJson.
  };

  absl::Status Append(servicekit::Transaction& tx, const Author& author, const std::vector<Entry>& entries);
  // One write, as it is told.
  struct Change {
    servicekit::Id id;
    absl::Time time;
    std::string actor, method, resource;
    std::vector<FieldChange> fields;
  };
  // The writes to any of `customers`, newest first. `before` is nil for the first page.
  absl::StatusOr<std::vector<Change>> List(servicekit::Transaction& tx,
                                           const std::vector<servicekit::Id>& customers,
                                           servicekit::Id before, int64_t limit);
  // That a customer became part of another one, and that it is its own again: a field `merged_into`.
  absl::Status AppendMerge(servicekit::Transaction& tx, const Author& author, servicekit::Id merged,
                           servicekit::Id survivor);
  absl::Status AppendSplit(servicekit::Transaction& tx, const Author& author, servicekit::Id merged,
                           servicekit::Id survivor);
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_STORE_HISTORY_STORE_H_
