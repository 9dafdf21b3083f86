#ifndef VALUE_SVC_STORE_ACTION_STORE_H_
#define VALUE_SVC_STORE_ACTION_STORE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/mysql/transaction.h"
#include "value-svc/domain/action.h"
#include "value-svc/store/slice.h"

namespace clientele::value {

using servicekit::Transaction;

struct ActionCustomer {
  Id customer;
  bool held_out = false;
  int64_t score_micros = 0;
};

// Actions with their customers. Everything but Insert and SetCost is over the customers that `principal` may
// read; an action of which that is none is not there.
class ActionStore {
 public:
  absl::Status Insert(Transaction& tx, const Action& action, absl::Span<const ActionCustomer> customers);

  // An action, with how many of each group `principal` may read.
  struct Seen {
    Action action;
    int64_t treated_count = 0;
    int64_t held_out_count = 0;
  };
  absl::StatusOr<Seen> Get(Transaction& tx, const servicekit::Principal& principal, Id id);  // NOT_FOUND.
  struct Place {
    absl::Time create_time;
    Id id;
  };
  // Newest first.
  absl::StatusOr<std::vector<Seen>> List(Transaction& tx, const servicekit::Principal& principal,
                                         const std::optional<Place>& after, int64_t limit);
  absl::StatusOr<std::vector<ActionCustomer>> ListCustomers(Transaction& tx,
                                                            const servicekit::Principal& principal, Id id,
                                                            std::optional<Id> after, int64_t limit);

  // Locks the action until the end of the transaction. NOT_FOUND.
  absl::StatusOr<int64_t> VersionForUpdate(Transaction& tx, Id id);
  // Stores the cost as of `action.version`, with its author and time.
  absl::Status SetCost(Transaction& tx, const Action& action, const std::string& author, absl::Time time);

  // What the customers brought within the action's outcome window, but not after `until`, and in as much time
  // before it.
  absl::StatusOr<std::vector<ActionOutcome>> Outcomes(Transaction& tx, const servicekit::Principal& principal,
                                                      const Action& action, absl::Time until);

  // Finds out their `merged_count`.
  absl::Status CountMerged(Transaction& tx, absl::Span<Action* const> actions);

  // One group of one action, or its members of one target market, as sums.
  struct GroupSum {
    Id action;
    bool held_out = false;
    std::optional<Id> target_market;
    int64_t count = 0;
    double result = 0, result_squares = 0, before = 0, before_squares = 0, products = 0, profit = 0;
  };
  // Of all actions planned from `start` until before `end`, over the customers of a slice.
  struct Planned {
    absl::Time start;
    absl::Time end;
    Slice slice;
  };
  absl::StatusOr<std::vector<GroupSum>> Sums(Transaction& tx, const servicekit::Principal& principal,
                                             const Planned& planned, absl::Time until);
  // By target market: who is in several counts in each.
  absl::StatusOr<std::vector<GroupSum>> SumsByTargetMarket(Transaction& tx,
                                                           const servicekit::Principal& principal,
                                                           const Planned& planned, absl::Time until);
  // Both ends of all outcome windows.
  absl::StatusOr<std::vector<absl::Time>> OutcomeTimes(Transaction& tx);
  // Of them, `merged_count` is known.
  absl::StatusOr<std::vector<Action>> PlannedBetween(Transaction& tx, absl::Time start, absl::Time end);
};

}  // namespace clientele::value

#endif  // VALUE_SVC_STORE_ACTION_STORE_H_
