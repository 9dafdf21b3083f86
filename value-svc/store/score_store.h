#ifndef VALUE_SVC_STORE_SCORE_STORE_H_
#define VALUE_SVC_STORE_SCORE_STORE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/mysql/transaction.h"
#include "value-svc/domain/pyramid.h"
#include "value-svc/domain/score.h"
#include "value-svc/store/slice.h"

namespace clientele::value {

using servicekit::Transaction;

// The current score of each customer.
class ScoreStore {
 public:
  // The customers must be locked, since their owners are stored beside the scores.
  absl::Status Put(Transaction& tx, absl::Span<const Score> scores);
  absl::Status Remove(Transaction& tx, absl::Span<const Id> customers);
  absl::StatusOr<absl::flat_hash_map<Id, Tier>> Tiers(Transaction& tx, absl::Span<const Id> customers);

  // NOT_FOUND when it has none, or `principal` may not read the customer.
  absl::StatusOr<Score> Get(Transaction& tx, const servicekit::Principal& principal, Id customer);
  // Highest first, ties by id, from below `after` on. `condition` is over the columns of `scores`; empty for
  // all.
  absl::StatusOr<std::vector<Score>> List(Transaction& tx, const servicekit::Principal& principal,
                                          const Slice& slice, const servicekit::Sql& condition,
                                          const std::optional<Rank>& after, int64_t limit);
};

}  // namespace clientele::value

#endif  // VALUE_SVC_STORE_SCORE_STORE_H_
