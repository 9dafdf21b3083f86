#ifndef CUSTOMER_SVC_STORE_TEAM_STORE_H_
#define CUSTOMER_SVC_STORE_TEAM_STORE_H_

#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "customer-svc/domain/team.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::customer {

// Teams with the closure of their tree, and representatives.
class TeamStore {
 public:
  enum class Locking { kNone, kForUpdate };

  // NOT_FOUND.
  absl::StatusOr<Team> GetTeam(servicekit::Transaction& tx, servicekit::Id id);
  absl::StatusOr<std::vector<Team>> ListTeams(servicekit::Transaction& tx, const servicekit::Sql& condition,
                                              const servicekit::Sql& order, int64_t limit);
  // Also the team's place in the tree. Of several, a parent comes before its children. ALREADY_EXISTS (reason
  // EXTERNAL_ID_TAKEN).
  absl::Status InsertTeams(servicekit::Transaction& tx, const std::vector<Team>& teams);
  // Everything but the place in the tree, which Move changes.
  absl::Status UpdateTeam(servicekit::Transaction& tx, const Team& team);
  // For a write. NOT_FOUND.
  absl::StatusOr<Team> LockTeam(servicekit::Transaction& tx, servicekit::Id id);
  // Nobody else changes the tree until the transaction ends: two moves at once could make a circle together.
  absl::Status LockTree(servicekit::Transaction& tx);
  // Puts a team with all below it under another one, or at the top. After LockTree.
  absl::Status Move(servicekit::Transaction& tx, servicekit::Id team,
                    const std::optional<servicekit::Id>& parent);
  // Those that are there.
  absl::StatusOr<absl::flat_hash_map<ExternalId, Team>> FindTeamsByExternalIds(
      servicekit::Transaction& tx, const std::vector<ExternalId>& ids, Locking locking = Locking::kNone);
  // Those of `ids` that exist.
  absl::StatusOr<absl::flat_hash_set<servicekit::Id>> ExistingTeams(servicekit::Transaction& tx,
                                                                    const std::vector<servicekit::Id>& ids);
  // `teams` and all below them.
  absl::StatusOr<absl::flat_hash_set<servicekit::Id>> TeamsBelow(servicekit::Transaction& tx,
                                                                 const std::vector<servicekit::Id>& teams);

  // NOT_FOUND.
  absl::StatusOr<Representative> GetRepresentative(servicekit::Transaction& tx, servicekit::Id id);
  absl::StatusOr<std::vector<Representative>> ListRepresentatives(servicekit::Transaction& tx,
                                                                  const servicekit::Sql& condition,
                                                                  const servicekit::Sql& order,
                                                                  int64_t limit);
  // For a write. NOT_FOUND.
  absl::StatusOr<Representative> LockRepresentative(servicekit::Transaction& tx, servicekit::Id id);
  // Locked against change while someone is given customers. NOT_FOUND.
  absl::StatusOr<Representative> ShareRepresentative(servicekit::Transaction& tx, servicekit::Id id);
  // ALREADY_EXISTS (reason EXTERNAL_ID_TAKEN).
  absl::Status InsertRepresentatives(servicekit::Transaction& tx,
                                     const std::vector<Representative>& representatives);
  absl::Status UpdateRepresentative(servicekit::Transaction& tx, const Representative& representative);
  absl::StatusOr<absl::flat_hash_map<ExternalId, Representative>> FindRepresentativesByExternalIds(
      servicekit::Transaction& tx, const std::vector<ExternalId>& ids, Locking locking = Locking::kNone);
  // The teams of those of `ids` that exist.
  absl::StatusOr<absl::flat_hash_map<servicekit::Id, servicekit::Id>> TeamsOfRepresentatives(
      servicekit::Transaction& tx, const std::vector<servicekit::Id>& ids);
  // The same, locked against change, so that what an owner's customers get stays true.
  absl::StatusOr<absl::flat_hash_map<servicekit::Id, servicekit::Id>> LockTeamsOfRepresentatives(
      servicekit::Transaction& tx, const std::vector<servicekit::Id>& ids);
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_STORE_TEAM_STORE_H_
