#ifndef LIFECYCLE_SVC_STORE_SALES_TARGET_STORE_H_
#define LIFECYCLE_SVC_STORE_SALES_TARGET_STORE_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lifecycle-svc/domain/sales_target.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::lifecycle {

using servicekit::Sql;
using servicekit::Transaction;

class SalesTargetStore {
 public:
  // Their own for representatives, those of their teams for managers.
  static servicekit::RowColumns RuleColumns() { return {"t.owner_id", "t.team_id"}; }

  struct Attainment {
    SalesTarget target;
    Decimal ordered;
    int64_t order_count = 0;
  };

  // NOT_FOUND unless there and `rule` applies.
  static absl::StatusOr<SalesTarget> Get(Transaction& tx, Id id, const Sql& rule);
  // In order of id, those after `after`. `condition` starts with ` AND ` or is empty.
  static absl::StatusOr<std::vector<SalesTarget>> List(Transaction& tx, const Sql& rule, const Sql& condition,
                                                       Id after, int limit);
  // Those of List() whose period holds the day, with what was ordered in it by then; `order_rule` is over
  // journeys j.
  static absl::StatusOr<std::vector<Attainment>> Report(Transaction& tx, const Sql& rule,
                                                        const Sql& order_rule, absl::CivilDay day, Id after,
                                                        int limit);
  // Whether the team is one of these or below one of them.
  static absl::StatusOr<bool> IsBelow(Transaction& tx, Id team, const std::vector<Id>& above);
  // ALREADY_EXISTS when there is one of the same team, owner and first day.
  static absl::Status Insert(Transaction& tx, const SalesTarget& target);
  static absl::Status Delete(Transaction& tx, Id id);
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_STORE_SALES_TARGET_STORE_H_
