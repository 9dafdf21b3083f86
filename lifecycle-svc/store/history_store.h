#ifndef LIFECYCLE_SVC_STORE_HISTORY_STORE_H_
#define LIFECYCLE_SVC_STORE_HISTORY_STORE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "servicekit/mysql/transaction.h"
#include "servicekit/types/id.h"

namespace clientele::lifecycle {

// The change history: each write leaves a row for each resource that it changed, in its own transaction.
class HistoryStore {
 public:
  struct Entry {
    servicekit::Id customer;  // Nil for products and exchange rates.
    std::string resource;     // Its name.
    std::string changes;      // JSON.
  };
  static absl::Status Append(servicekit::Transaction& tx, absl::Time time, const std::string& actor,
                             const std::string& method, const std::vector<Entry>& entries) {
    if (entries.empty()) return absl::OkStatus();
    std::vector<std::vector<servicekit::Parameter>> rows;
    rows.reserve(entries.size());
    for (const Entry& entry : entries) {
      rows.push_back(
          {entry.customer, servicekit::Id::New(time), time, actor, method, entry.resource, entry.changes});
    }
    return tx
        .InsertMany("INSERT INTO history (customer_id, id, time, actor, method, resource, changes) VALUES ",
                    rows)
        .status();
  }
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_STORE_HISTORY_STORE_H_
