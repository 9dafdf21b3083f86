#ifndef LIFECYCLE_SVC_STORE_FOLLOW_UP_STORE_H_
#define LIFECYCLE_SVC_STORE_FOLLOW_UP_STORE_H_

#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lifecycle-svc/domain/follow_up.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::lifecycle {

using servicekit::Sql;
using servicekit::Transaction;

class FollowUpStore {
 public:
  // With whoever owns its customer at the moment.
  struct Owned {
    FollowUp follow_up;
    std::optional<Id> owner;
  };
  struct Load {
    std::optional<Id> owner;
    int64_t open_count = 0;
    int64_t overdue_count = 0;
    int64_t snoozed_count = 0;
  };

  // NOT_FOUND when there is none.
  static absl::StatusOr<Id> FindCustomer(Transaction& tx, Id id);
  // Those of the customers that are not done.
  static absl::StatusOr<std::vector<FollowUp>> FindOpen(Transaction& tx, const std::vector<Id>& customers);
  static absl::StatusOr<std::vector<FollowUp>> Find(Transaction& tx, const std::vector<Id>& ids);
  // NOT_FOUND unless there and `rule` (over journeys j) applies.
  static absl::StatusOr<Owned> Get(Transaction& tx, Id id, const Sql& rule);
  // A condition ` AND (…)` for those that are in one of `states` at `now`.
  static Sql InStates(const std::vector<FollowUpState>& states, absl::Time now);
  // In order of due time, those after the one given (or from the start).
  static absl::StatusOr<std::vector<Owned>> List(Transaction& tx, const Sql& rule, const Sql& condition,
                                                 absl::Time after_time, Id after, int limit);
  static absl::StatusOr<std::vector<Load>> Summarize(Transaction& tx, const Sql& rule, const Sql& condition,
                                                     absl::Time now);
  // Customers and their owners.
  static absl::StatusOr<std::vector<std::pair<Id, std::optional<Id>>>> FindOwners(
      Transaction& tx, const std::vector<Id>& customers);
  static absl::Status Insert(Transaction& tx, const std::vector<FollowUp>& follow_ups);
  static absl::Status Update(Transaction& tx, const FollowUp& follow_up);
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_STORE_FOLLOW_UP_STORE_H_
