#include "value-svc/store/merge_store.h"

#include "value-svc/store/statements.h"

namespace clientele::value {

using servicekit::Row;
using servicekit::Sql;

absl::Status MergeStore::Record(Transaction& tx, const Merge& merge, bool undone) {
  return tx
      .Execute(Sql(R"sql(
        INSERT INTO customer_merges (id, survivor_id, merged_id, undone) VALUES (?, ?, ?, ?)
        ON DUPLICATE KEY UPDATE undone = GREATEST(undone, VALUES(undone)))sql",
                   {merge.id, merge.survivor, merge.merged, undone}))
      .status();
}

absl::StatusOr<std::vector<Merge>> MergeStore::OfCustomers(Transaction& tx, absl::Span<const Id> customers) {
  if (customers.empty()) return std::vector<Merge>();
  // Locking, so that it sees what another transaction committed meanwhile; the customers are locked before.
  return tx.QueryAll(
      Sql("SELECT id, survivor_id, merged_id FROM customer_merges WHERE undone = 0 AND merged_id IN ") +
          IdList(customers) + Sql(" FOR UPDATE"),
      [](const Row& row) {
        return Merge{row.Id(0), row.Id(1), row.Id(2)};
      });
}

}  // namespace clientele::value
