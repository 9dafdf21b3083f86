#ifndef CUSTOMER_SVC_OPERATIONS_DRY_RUN_H_
#define CUSTOMER_SVC_OPERATIONS_DRY_RUN_H_

#include <cstdint>
#include <deque>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/types/span.h"
#include "customer-svc/operations/import_records.h"
#include "customer-svc/store/field_changes.h"

namespace clientele::customer {

// What a stream of records would do, told without storing anything. Each message is written and rolled back,
// so a later one would not find what an earlier one made; therefore it is remembered what that was, and
// applied again before a message that builds on it is tried.
class DryRun {
 public:
  // What one record would change.
  struct RecordChange {
    int64_t row;
    std::vector<FieldChange> fields;
  };
  // What a record is found again by, among those of its kind: an external id, or a registration number.
  enum class Kind { kTeam, kRepresentative, kCustomer, kRegistrationNumber, kContact, kNeed, kInteraction };
  using Key = std::pair<Kind, ExternalId>;

  // So many records are remembered whole, some 200 MB; of more of them, only that they are there.
  static constexpr size_t kMostWhole = 200'000;

  explicit DryRun(size_t most_whole = kMostWhole) : most_whole_(most_whole) {}

  // The records of earlier messages that `records` build on, and those that these build on, in their order:
  // to be applied before them.
  std::vector<ImportRecord> StandIns(absl::Span<const ImportRecord> records) const;
  void Remember(absl::Span<const ImportRecord> records, const std::vector<ImportResult>& results);

  std::vector<RecordChange> changes;  // Of the last message.

 private:
  size_t most_whole_;
  std::deque<ImportRecord> whole_;
  absl::flat_hash_map<Key, std::vector<size_t>> by_key_;  // Places in whole_.
  absl::flat_hash_set<Key> there_;                        // Keys of those beyond.
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_OPERATIONS_DRY_RUN_H_
