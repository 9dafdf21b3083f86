#ifndef CUSTOMER_SVC_OPERATIONS_IMPORT_RECORDS_H_
#define CUSTOMER_SVC_OPERATIONS_IMPORT_RECORDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "customer-svc/operations/caller.h"
#include "customer-svc/operations/stores.h"
#include "servicekit/mysql/pool.h"

namespace clientele::customer {

struct TeamRecord {
  Team team;
  Reference parent;
};
struct RepresentativeRecord {
  Representative representative;
  Reference team;
};
struct CustomerRecord {
  Customer customer;
  Reference parent, owner, team;
};
template <typename Child>
struct ChildRecord {
  Reference customer;
  Child child;
  Reference representative;  // Of an interaction.
};

struct ImportRecord {
  int64_t row = 0;
  absl::Status malformed;  // What was wrong with its form; OK when it can be looked at.
  std::variant<std::monostate, TeamRecord, RepresentativeRecord, CustomerRecord, ChildRecord<Contact>,
               ChildRecord<Need>, ChildRecord<Interaction>>
      record;
};

struct ImportResult {
  enum class Outcome { kUnspecified = 0, kCreated = 1, kUpdated = 2, kUnchanged = 3, kRejected = 4 };
  int64_t row = 0;
  Outcome outcome = Outcome::kUnspecified;
  std::string name;
  absl::Status error;  // When rejected.
};

class DryRun;

// How the records of one message are applied.
struct ImportOptions {
  std::optional<servicekit::Id> run;  // The import that they belong to.
  // Nothing is stored, and it is told what would change. May be null.
  DryRun* dry_run = nullptr;
};

// The RPC ImportRecords, for one message: PERMISSION_DENIED unless administrator; otherwise a result for each
// record, in order. All records are one transaction of few statements. When the database refuses it, because
// of one record or because someone else was faster, each record is tried alone, so that only the wrong ones
// are rejected. An error means that the rest was not tried: send it again.
absl::StatusOr<std::vector<ImportResult>> ImportRecords(Stores& stores, servicekit::Pool& pool,
                                                        absl::Time deadline, const Caller& caller,
                                                        const std::vector<ImportRecord>& records,
                                                        const ImportOptions& options = {});

// The RPCs CreateCustomerImport and CompleteCustomerImport: for administrators (PERMISSION_DENIED);
// INVALID_ARGUMENT, NOT_FOUND, FAILED_PRECONDITION.
absl::StatusOr<ImportRun> CreateImportRun(Stores& stores, servicekit::Transaction& tx, const Caller& caller,
                                          const std::string& description);
absl::StatusOr<ImportRun> CompleteImportRun(Stores& stores, servicekit::Transaction& tx, const Caller& caller,
                                            servicekit::Id id);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_OPERATIONS_IMPORT_RECORDS_H_
