#ifndef CUSTOMER_SVC_STORE_IMPORT_STORE_H_
#define CUSTOMER_SVC_STORE_IMPORT_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "customer-svc/store/field_changes.h"
#include "servicekit/mysql/transaction.h"
#include "servicekit/types/id.h"

namespace clientele::customer {

// One import as a whole: how far it is, and how far it has been taken back.
struct ImportRun {
  enum class State { kRunning = 1, kSucceeded = 2, kReverting = 3, kReverted = 4 };

  servicekit::Id id;
  std::string description;
  State state = State::kRunning;
  std::string actor;
  absl::Time create_time, update_time;
  int64_t created = 0, updated = 0, unchanged = 0, rejected = 0;
  int64_t last_row = 0;          // The highest row that was answered.
  servicekit::Id revert_before;  // Writes of the import from here on have been taken back; nil: none yet.
  int64_t reverted = 0, kept = 0;
};

// Imports, and the writes that each of them made, which the history knows.
class ImportStore {
 public:
  absl::Status Insert(servicekit::Transaction& tx, const ImportRun& run);
  // NOT_FOUND.
  absl::StatusOr<ImportRun> Get(servicekit::Transaction& tx, servicekit::Id id);
  absl::StatusOr<ImportRun> Lock(servicekit::Transaction& tx, servicekit::Id id);
  // Newest first. `before` is nil for the first page.
  absl::StatusOr<std::vector<ImportRun>> List(servicekit::Transaction& tx, servicekit::Id before,
                                              int64_t limit);
  absl::Status Update(servicekit::Transaction& tx, const ImportRun& run);

  // A write of the import.
  struct Write {
    servicekit::Id id;
    absl::Time time;
    std::string resource;
    std::vector<FieldChange> fields;
  };
  // Newest first, those before `before` (nil: all).
  absl::StatusOr<std::vector<Write>> Writes(servicekit::Transaction& tx, servicekit::Id import,
                                            servicekit::Id before, int64_t limit);
  // Takes away children that an import made.
  template <typename Child>
  absl::Status DeleteChildren(servicekit::Transaction& tx, const std::vector<servicekit::Id>& ids);
  // Which of these customers something belongs to: children, or customers whose parent they are.
  absl::StatusOr<std::vector<servicekit::Id>> InUse(servicekit::Transaction& tx,
                                                    const std::vector<servicekit::Id>& customers);
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_STORE_IMPORT_STORE_H_
