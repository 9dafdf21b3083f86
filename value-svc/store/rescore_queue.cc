#include "value-svc/store/rescore_queue.h"

#include <algorithm>
#include <bit>

namespace clientele::value {
namespace {

using servicekit::Parameter;
using servicekit::Row;
using servicekit::Sql;

constexpr size_t kRemovedAtOnce = 512;

RescoreQueue::Mark Decode(const Row& row) { return {row.Id(0), row.Int64(1)}; }

}  // namespace

absl::Status RescoreQueue::Add(Transaction& tx, std::vector<Id> customers) {
  std::sort(customers.begin(), customers.end());
  customers.erase(std::unique(customers.begin(), customers.end()), customers.end());
  std::vector<std::vector<Parameter>> rows;
  for (Id customer : customers) rows.push_back({customer, 1});
  return tx
      .InsertMany("INSERT INTO rescore_queue (customer_id, revision) VALUES ", rows,
                  " ON DUPLICATE KEY UPDATE revision = revision + 1")
      .status();
}

absl::Status RescoreQueue::AddUnscored(Transaction& tx, absl::Span<const Id> customers) {
  if (customers.empty()) return absl::OkStatus();
  auto scored = tx.QueryAll(Sql("SELECT customer_id FROM scores WHERE customer_id IN ") + IdList(customers),
                            [](const Row& row) { return row.Id(0); });
  if (!scored.ok()) return scored.status();
  std::sort(scored->begin(), scored->end());
  std::vector<Id> unscored;
  for (Id customer : customers) {
    if (!std::binary_search(scored->begin(), scored->end(), customer)) unscored.push_back(customer);
  }
  return Add(tx, std::move(unscored));
}

absl::StatusOr<std::vector<RescoreQueue::Mark>> RescoreQueue::List(Transaction& tx, int64_t limit) {
  return tx.QueryAll(
      Sql("SELECT customer_id, revision FROM rescore_queue ORDER BY customer_id LIMIT ?", {limit}), Decode);
}

absl::StatusOr<std::vector<RescoreQueue::Mark>> RescoreQueue::List(Transaction& tx,
                                                                   const CustomerRange& range) {
  return tx.QueryAll(
      Sql("SELECT customer_id, revision FROM rescore_queue WHERE customer_id > ? AND customer_id <= ?",
          {range.after, range.through}),
      Decode);
}

absl::Status RescoreQueue::Remove(Transaction& tx, absl::Span<const Mark> marks) {
  while (!marks.empty()) {
    const absl::Span<const Mark> some = marks.subspan(0, kRemovedAtOnce);
    marks.remove_prefix(some.size());
    std::vector<Sql> pairs;
    for (size_t i = 0; i < std::bit_ceil(some.size()); ++i) {
      const Mark& mark = some[std::min(i, some.size() - 1)];
      pairs.push_back(Sql("(customer_id = ? AND revision = ?)", {mark.customer, mark.revision}));
    }
    const absl::Status status =
        tx.Execute(Sql("DELETE FROM rescore_queue WHERE ") + Sql::Join(pairs, " OR ")).status();
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace clientele::value
