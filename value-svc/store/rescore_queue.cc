#include "value-svc/store/rescore_queue.h"

#include <algorithm>
#include <bit>

namespace clientele::value {
namespace {

using servicekit::Parameter;
using servicekit::Row;
using servicekit::Sql;

constexpr size_t kRemovedAtOnce = 512;

RescoreQueue::Mark Decode(const Row& row) { return {row.Id(0), row.Int64(1), row.Time(2)}; }

}  // namespace

absl::Status RescoreQueue::Add(Transaction& tx, std::vector<Touched> touched) {
  // In the order of ids, of each customer the earliest.
  std::sort(touched.begin(), touched.end(), [](const Touched& a, const Touched& b) {
    return a.customer != b.customer ? a.customer < b.customer : a.since < b.since;
  });
  touched.erase(std::unique(touched.begin(), touched.end(),
                            [](const Touched& a, const Touched& b) { return a.customer == b.customer; }),
                touched.end());
  std::vector<std::vector<Parameter>> rows;
  for (const Touched& one : touched)
    rows.push_back({one.customer, 1, std::max(one.since, absl::UnixEpoch())});
  return tx
      .InsertMany("INSERT INTO rescore_queue (customer_id, revision, since_time) VALUES ", rows,
                  " ON DUPLICATE KEY UPDATE revision = revision + 1, since_time = LEAST(since_time, "
                  "VALUES(since_time))")
      .status();
}

absl::Status RescoreQueue::AddUnscored(Transaction& tx, std::vector<Touched> touched) {
  if (touched.empty()) return absl::OkStatus();
  std::vector<Id> customers;
  for (const Touched& one : touched) customers.push_back(one.customer);
  auto scored = tx.QueryAll(Sql("SELECT customer_id FROM scores WHERE customer_id IN ") + IdList(customers),
                            [](const Row& row) { return row.Id(0); });
  if (!scored.ok()) return scored.status();
  std::sort(scored->begin(), scored->end());
  std::erase_if(touched, [&](const Touched& one) {
    return std::binary_search(scored->begin(), scored->end(), one.customer);
  });
  return Add(tx, std::move(touched));
}

absl::StatusOr<std::vector<RescoreQueue::Mark>> RescoreQueue::List(Transaction& tx, int64_t limit) {
  return tx.QueryAll(
      Sql("SELECT customer_id, revision, since_time FROM rescore_queue ORDER BY customer_id LIMIT ?",
          {limit}),
      Decode);
}

absl::StatusOr<std::vector<RescoreQueue::Mark>> RescoreQueue::List(Transaction& tx,
                                                                   const CustomerRange& range) {
  return tx.QueryAll(Sql("SELECT customer_id, revision, since_time FROM rescore_queue WHERE customer_id > ? "
                         "AND customer_id <= ?",
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
