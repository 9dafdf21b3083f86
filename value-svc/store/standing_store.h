#ifndef VALUE_SVC_STORE_STANDING_STORE_H_
#define VALUE_SVC_STORE_STANDING_STORE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/mysql/transaction.h"
#include "value-svc/domain/policy.h"
#include "value-svc/domain/pyramid.h"

namespace clientele::value {

using servicekit::Transaction;

// What conditions are asked of: scores, and where the customers stand. Conditions are over `scores`
// and `customers`.
class StandingStore {
 public:
  // With days until `as_of`. Highest score first, ties by id, from below `after` on, among those that
  // `principal` may read.
  absl::StatusOr<std::vector<Standing>> List(Transaction& tx, const servicekit::Principal& principal,
                                             absl::Time as_of, const servicekit::Sql& condition,
                                             std::optional<Id> customer, const std::optional<Rank>& after,
                                             int64_t limit);
  absl::StatusOr<int64_t> Count(Transaction& tx, const servicekit::Principal& principal,
                                const servicekit::Sql& condition);
  // Those that `principal` may change, by id.
  absl::StatusOr<std::vector<Rank>> ListWritable(Transaction& tx, const servicekit::Principal& principal,
                                                 const servicekit::Sql& condition, int64_t limit);

  // Where a customer stands in its lifecycle, as the last of a batch says; in any order of customers.
  struct StageChange {
    Id customer;
    Stage stage = Stage::kNone;
    absl::Time since;
  };
  absl::Status SetStages(Transaction& tx, const std::vector<StageChange>& changes);
};

}  // namespace clientele::value

#endif  // VALUE_SVC_STORE_STANDING_STORE_H_
