#ifndef VALUE_SVC_STORE_STATE_STORE_H_
#define VALUE_SVC_STORE_STATE_STORE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/mysql/transaction.h"
#include "value-svc/domain/pyramid.h"
#include "value-svc/domain/state_sums.h"
#include "value-svc/store/slice.h"
#include "value-svc/store/state_chunks.h"

namespace clientele::value {

using servicekit::Transaction;

// Pyramids and migrations: sums over the tiers of all customers in one state, or in two. A state is what a
// run found, or, without a run, the scores in force. Everything is over what a principal may read, as the
// customers are owned now; sums must be asked for in one snapshot (StateCursor).
class StateStore {
 public:
  absl::StatusOr<PyramidSums> Pyramid(Transaction& tx, const servicekit::Principal& principal,
                                      const State& state, const Slice& slice);
  // The same by target market, for those with members, by id. Who is in several counts in each.
  absl::StatusOr<std::map<Id, PyramidSums>> TargetMarkets(Transaction& tx,
                                                          const servicekit::Principal& principal,
                                                          const State& state, const Slice& slice);
  // By rank, from below `after` on; `condition` is over `s.tier` and `s.score_micros`.
  absl::StatusOr<std::vector<Rank>> ListRanks(Transaction& tx, const servicekit::Principal& principal,
                                              const State& state, const Slice& slice,
                                              const servicekit::Sql& condition,
                                              const std::optional<Rank>& after, int64_t limit);

  absl::StatusOr<std::vector<TierMove>> Moves(Transaction& tx, const servicekit::Principal& principal,
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
