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
  // Which of them are there, under their own name or merged into another.
  static absl::StatusOr<std::vector<Id>> FindKnown(Transaction& tx, const std::vector<Id>& customers);
  // Locks the rows, in order of id, so that no two writes wait for each other. Must come before any plain
  // read of the transaction: those see the data of the moment of the first one. Those that are there.
  static absl::StatusOr<std::vector<Id>> Lock(Transaction& tx, const std::vector<Id>& customers);
  // Those of them to which `rule` applies.
  static absl::StatusOr<std::vector<Journey>> Get(Transaction& tx, const std::vector<Id>& customers,
                                                  const Sql& rule);
  // In order of customer, those after `after`. `condition` starts with ` AND ` or is empty.
  static absl::StatusOr<std::vector<Journey>> List(Transaction& tx, const Sql& rule, const Sql& condition,
                                                   Id after, int limit);
  // As customer-svc told of it. NOT_FOUND.
  static absl::StatusOr<KnownCustomer> GetCustomer(Transaction& tx, Id customer);
  static absl::Status UpdateProgress(Transaction& tx, const Journey& journey);
  // Some of those that an older version of the rules folded.
  static absl::StatusOr<std::vector<Id>> FindFoldedBefore(Transaction& tx, int fold_version, int limit);
  static absl::Status MarkFolded(Transaction& tx, const std::vector<Id>& customers);
  // Takes over what customer-svc says, unless something newer is known.
  static absl::Status UpdateCustomer(Transaction& tx, const KnownCustomer& customer);
  // The same for the target markets that they are members of. Their rows must be locked.
  static absl::Status ReplaceTargetMarkets(Transaction& tx, const std::vector<KnownCustomer>& customers);
  static absl::Status PutRepresentatives(Transaction& tx,
                                         const std::vector<KnownRepresentative>& representatives);

  // All moves of the customers, by customer in order of Precedes().
  static absl::StatusOr<std::vector<StoredMove>> GetMoves(Transaction& tx, const std::vector<Id>& customers);
  static absl::StatusOr<std::vector<Move>> FindMoves(Transaction& tx, const std::vector<ExternalId>& ids);
  static absl::Status InsertMoves(Transaction& tx, const std::vector<StoredMove>& moves);
  // What the moves come to; they are there already.
  static absl::Status UpdateSteps(Transaction& tx, const std::vector<StoredMove>& moves);
  static absl::Status DeleteMove(Transaction& tx, const Move& move);
  // The moves `m` of one customer that came to something, `order_by` as it stands behind ORDER BY.
  static absl::StatusOr<std::vector<StoredMove>> ListTransitions(Transaction& tx, Id customer,
                                                                 const Sql& condition, const Sql& order_by,
                                                                 int limit);

  // Of all customers, those after `after`, by customer in order of time; condition over `moves m` and
  // `journeys j`.
  static absl::StatusOr<std::vector<StoredMove>> ListMoves(Transaction& tx, const Sql& rule,
                                                           const Sql& condition, Id after_customer,
                                                           absl::Time after_time, Id after, int limit);

  // Puts a team with all that is below it under `parent`, or at the top.
  static absl::Status PlaceTeam(Transaction& tx, Id team, std::optional<Id> parent);
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_STORE_JOURNEY_STORE_H_
