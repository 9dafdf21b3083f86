#ifndef CUSTOMER_SVC_OPERATIONS_DRY_RUN_H_
#define CUSTOMER_SVC_OPERATIONS_DRY_RUN_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/types/span.h"
#include "customer-svc/operations/import_records.h"
#include "customer-svc/store/field_changes.h"

namespace clientele::customer {

// What a stream of records would do, told without storing anything. Each message is written and rolled back,
// so a later one would not find what an earlier one made; therefore it is remembered what that was, and stood
// in for while a message that refers to it is tried.
class DryRun {
 public:
  // What one record would change.
  struct RecordChange {
    int64_t row;
    std::vector<FieldChange> fields;
  };

  // Records that make what `records` refer to and earlier messages would have made, as far as anybody needs
  // to know: to be applied before them.
  std::vector<ImportRecord> StandIns(absl::Span<const ImportRecord> records) const;
  void Remember(absl::Span<const ImportRecord> records, const std::vector<ImportResult>& results);

  std::vector<RecordChange> changes;  // Of the last message.

 private:
  using Known = absl::flat_hash_set<ExternalId>;
  Known teams_, representatives_, customers_;
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_OPERATIONS_DRY_RUN_H_
