#ifndef LIFECYCLE_SVC_STORE_JOURNEY_STORE_H_
#define LIFECYCLE_SVC_STORE_JOURNEY_STORE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lifecycle-svc/domain/journey.h"
#include "servicekit/access/row_rule.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::lifecycle {

using servicekit::Sql;
using servicekit::Transaction;

// The journeys, their moves, and the teams that row rules ask for. Every statement on something that belongs
// to a customer joins `journeys j` and applies a rule over RuleColumns().
class JourneyStore {
 public:
  static servicekit::RowColumns RuleColumns() { return {"j.owner_id", "j.team_id"}; }

  // Adds the customers that are not there yet; their progress is empty until their moves are folded.
  static absl::Status InsertMissing(Transaction& tx, const std::vector<KnownCustomer>& customers);
  // Which of them are there.
  static absl::StatusOr<std::vector<Id>> FindKnown(Transaction& tx, const std::vector<Id>& customers);
  // Locks the rows, in order of id, so that no two writes wait for each other. Must come before any plain
  // read of the transaction: those see the data of the moment of the first one.
  static absl::Status Lock(Transaction& tx, const std::vector<Id>& customers);
  // Those of them to which `rule` applies.
  static absl::StatusOr<std::vector<Journey>> Get(Transaction& tx, const std::vector<Id>& customers,
                                                  const Sql& rule);
  // In order of customer, those after `after`. `condition` starts with ` AND ` or is empty.
  static absl::StatusOr<std::vector<Journey>> List(Transaction& tx, const Sql& rule, const Sql& condition,
                                                   Id after, int limit);
  static absl::Status UpdateProgress(Transaction& tx, const Journey& journey);
  // Takes over what customer-svc says, unless something newer is known.
  static absl::Status UpdateCustomer(Transaction& tx, const KnownCustomer& customer);

  // All moves of the customers, by customer in order of Precedes().
  static absl::StatusOr<std::vector<StoredMove>> GetMoves(Transaction& tx, const std::vector<Id>& customers);
  static absl::StatusOr<std::vector<Move>> FindMoves(Transaction& tx, const std::vector<ExternalId>& ids);
  static absl::Status InsertMoves(Transaction& tx, const std::vector<StoredMove>& moves);
  static absl::Status UpdateStep(Transaction& tx, const StoredMove& move);
  static absl::Status DeleteMove(Transaction& tx, const Move& move);
  // The moves of one customer that came to something, after the one given (or from the start), in order.
  static absl::StatusOr<std::vector<StoredMove>> ListTransitions(Transaction& tx, Id customer,
                                                                 absl::Time after_time, Id after, int limit);

  // Puts a team with all that is below it under `parent`, or at the top.
  static absl::Status PlaceTeam(Transaction& tx, Id team, std::optional<Id> parent);
};

// A cell of the funnel: customers who are alike in all that it counts by.
struct FunnelCell {
  Stage stage;
  Stage furthest_stage;
  Stage lost_from_stage;
  bool recycled;
  int64_t customers;
};

class FunnelStore {
 public:
  // `condition` as in JourneyStore::List.
  static absl::StatusOr<std::vector<FunnelCell>> Count(Transaction& tx, const Sql& rule,
                                                       const Sql& condition);
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_STORE_JOURNEY_STORE_H_
