#ifndef LIFECYCLE_SVC_STORE_STALL_STORE_H_
#define LIFECYCLE_SVC_STORE_STALL_STORE_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lifecycle-svc/domain/journey.h"
#include "lifecycle-svc/domain/stall.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::lifecycle {

using servicekit::Sql;
using servicekit::Transaction;

// Where a customer stands in what standstill is judged by.
struct Standing {
  Id customer;
  std::string display_name;
  std::optional<Id> owner;
  std::optional<Id> team;
  Stage stage = Stage::kNone;
  Tier tier = Tier::kNone;
  StallLevel level = StallLevel::kNone;
  absl::Time quiet_since;
  absl::Time level_time;  // Since when it is at `level`.
  int64_t customer_version = 0;
};

// Who stands still, by which rule, and what that is judged by.
class StallStore {
 public:
  // By stage and tier.
  static absl::StatusOr<std::vector<StallRule>> ListRules(Transaction& tx);
  // Locks the row. NOT_FOUND.
  static absl::StatusOr<StallRule> GetRuleForUpdate(Transaction& tx, Stage stage, Tier tier);
  static absl::Status UpdateRule(Transaction& tx, const StallRule& rule);

  // The newest contact and progress of a customer; what is older than is known changes nothing.
  static absl::Status TouchContact(Transaction& tx, Id customer, absl::Time time);
  static absl::Status TouchProgress(Transaction& tx, Id customer, absl::Time time);
  // False when the customer is not there.
  static absl::StatusOr<bool> SetTier(Transaction& tx, Id customer, Tier tier);

  // What `from` was told and did is what is known of `to` now, which was split from it at `time`: they begin
  // with the same tier and contact, and the split counts as progress.
  static absl::Status CopyStanding(Transaction& tx, Id from, Id to, absl::Time time);

  // Customers of the rule's stage and tier at `level`, at most `limit`: quiet since `before` or longer, and
  // at the level since `asked_before` or longer …
  static absl::StatusOr<std::vector<Id>> FindQuiet(Transaction& tx, const StallRule& rule, StallLevel level,
                                                   absl::Time before, absl::Time asked_before, int limit);
  // … and those at `level` that are quiet only since after that.
  static absl::StatusOr<std::vector<Id>> FindAwake(Transaction& tx, const StallRule& rule, StallLevel level,
                                                   absl::Time after, int limit);
  // Those at any level who left the lifecycle's way, where no rule applies.
  static absl::StatusOr<std::vector<Id>> FindBeside(Transaction& tx, StallLevel level, int limit);
  static absl::StatusOr<std::vector<Standing>> Get(Transaction& tx, const std::vector<Id>& customers);
  static absl::Status SetLevel(Transaction& tx, Id customer, StallLevel level, absl::Time time);

  struct Count {
    Stage stage;
    Tier tier;
    StallLevel level;
    int64_t customers;
  };
  // Over those who stand still at `now`. `condition` starts with ` AND ` or is empty.
  static absl::StatusOr<std::vector<Count>> Summarize(Transaction& tx, absl::Time now, const Sql& rule,
                                                      const Sql& condition);
  // In order of customer, those after `after`; with the time from which each stands still.
  static absl::StatusOr<std::vector<std::pair<Standing, absl::Time>>> List(Transaction& tx, absl::Time now,
                                                                           const Sql& rule,
                                                                           const Sql& condition, Id after,
                                                                           int limit);
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_STORE_STALL_STORE_H_
