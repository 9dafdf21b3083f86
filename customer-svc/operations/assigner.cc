#include "customer-svc/operations/assigner.h"

namespace clientele::customer {

using servicekit::Id;
using servicekit::Role;

absl::StatusOr<Assigner> AssignerFor(Stores& stores, servicekit::Transaction& tx,
                                     const servicekit::Principal& principal) {
  Assigner assigner{.representative = principal.representative, .own_teams = principal.teams};
  switch (principal.role) {
    case Role::kAdministrator:
    case Role::kService:
      assigner.reach = Assigner::Reach::kAll;
      break;
    case Role::kManager: {
      assigner.reach = Assigner::Reach::kTeams;
      absl::StatusOr<absl::flat_hash_set<Id>> teams = stores.teams.TeamsBelow(tx, principal.teams);
      if (!teams.ok()) return teams.status();
      assigner.teams = *std::move(teams);
      break;
    }
    case Role::kRepresentative:
    case Role::kAnalyst:
      assigner.reach = Assigner::Reach::kSelf;
      break;
  }
  return assigner;
}

}  // namespace clientele::customer
