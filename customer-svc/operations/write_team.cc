#include "customer-svc/operations/write_team.h"

#include "customer-svc/operations/save.h"
#include "servicekit/access/row_rule.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::Transaction;

absl::Status CheckTeamExists(Stores& stores, Transaction& tx, Id team) {
  const auto existing = stores.teams.ExistingTeams(tx, {team});
  if (!existing.ok()) return existing.status();
  return existing->empty() ? absl::NotFoundError("no such team") : absl::OkStatus();
}

// Creates after the checks that all share. `team` is the one that it belongs to, if any.
template <typename Resource>
absl::StatusOr<Resource> Create(Stores& stores, Transaction& tx, const Caller& caller,
                                std::string_view prefix, Resource resource, const std::optional<Id>& team) {
  absl::Status status = CheckAdministrator(caller.principal);
  if (!status.ok()) return status;
  servicekit::Violations violations;
  Check(violations, prefix, resource);
  if (!violations.empty()) return violations.status();
  if (team) status = CheckTeamExists(stores, tx, *team);
  if (!status.ok()) return status;
  resource.id = Id::New(caller.author.time);
  std::vector<Resource> created = {std::move(resource)};
  status = SaveNew(stores, tx, caller.author, created);
  if (!status.ok()) return status;
  return std::move(created.front());
}

}  // namespace

absl::StatusOr<Team> CreateTeam(Stores& stores, Transaction& tx, const Caller& caller, Team team) {
  const std::optional<Id> parent = team.parent;
  return Create(stores, tx, caller, "team.", std::move(team), parent);
}

absl::StatusOr<Representative> CreateRepresentative(Stores& stores, Transaction& tx, const Caller& caller,
                                                    Representative representative) {
  const Id team = representative.team;
  return Create(stores, tx, caller, "representative.", std::move(representative), std::optional<Id>(team));
}

}  // namespace clientele::customer
