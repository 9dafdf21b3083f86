#ifndef VALUE_SVC_STORE_STATE_STORE_H_
#define VALUE_SVC_STORE_STATE_STORE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/mysql/transaction.h"
#include "value-svc/domain/pyramid.h"
#include "value-svc/domain/scoring_model.h"
#include "value-svc/store/slice.h"

namespace clientele::value {

using servicekit::Transaction;

// Pyramids and migrations: sums over the tiers of all customers in one state, or in two. A state is what a
// run found, or, without a run, the scores in force. Everything is over what a principal may read, as the
// customers are owned now.
class StateStore {
 public:
  using State = std::optional<Id>;  // The run.

  struct TierSum {
    Tier tier;
    int64_t count;
    Decimal revenue;
    Decimal profit;
    Decimal value_at_risk;
    int64_t lowest_score_micros;
    int64_t highest_score_micros;
  };
  // The tiers that have customers.
  absl::StatusOr<std::vector<TierSum>> Pyramid(Transaction& tx, const servicekit::Principal& principal,
                                               const State& state, const Slice& slice);
  // Revenue and profit of those who have any, in micro-units, in no order.
  struct Values {
    std::vector<int64_t> revenue_micros;
    std::vector<int64_t> profit_micros;
  };
  absl::StatusOr<Values> ValuesOf(Transaction& tx, const servicekit::Principal& principal, const State& state,
                                  const Slice& slice);
  // By rank, from below `after` on; `condition` is over `s.tier` and `s.score_micros`.
  absl::StatusOr<std::vector<Rank>> ListRanks(Transaction& tx, const servicekit::Principal& principal,
                                              const State& state, const Slice& slice,
                                              const servicekit::Sql& condition,
                                              const std::optional<Rank>& after, int64_t limit);

  // Those who moved between the same two tiers, or stayed, with the same driver.
  struct Move {
    Tier from;  // kNone: was not there before.
    Tier to;
    std::optional<Factor> driver;
    int64_t count;
    Decimal from_revenue, to_revenue, from_profit, to_profit;
  };
  absl::StatusOr<std::vector<Move>> Moves(Transaction& tx, const servicekit::Principal& principal,
                                          const State& from, const State& to, const Slice& slice);

  struct Moved {
    Id customer;
    Tier from;
    Tier to;
    int64_t from_score_micros, to_score_micros;
    Decimal from_revenue, to_revenue, from_profit, to_profit;
    PerFactor<int64_t> from_contribution, to_contribution;
  };
  // By customer; `condition` is over `COALESCE(f.tier, 0)` and `s.tier`.
  absl::StatusOr<std::vector<Moved>> ListMoved(Transaction& tx, const servicekit::Principal& principal,
                                               const State& from, const State& to, const Slice& slice,
                                               const servicekit::Sql& condition, Id after, int64_t limit);
};

}  // namespace clientele::value

#endif  // VALUE_SVC_STORE_STATE_STORE_H_
