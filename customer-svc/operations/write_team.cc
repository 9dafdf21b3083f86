#include "customer-svc/operations/write_team.h"

#include "customer-svc/domain/version.h"
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
  SetDefaults(resource);
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

// Updates after the checks that all share. `check` looks at what the change refers to.
template <typename Resource, typename CheckReferences>
absl::StatusOr<Resource> Update(Stores& stores, Transaction& tx, const Caller& caller,
                                std::string_view prefix, absl::StatusOr<Resource> before,
                                int64_t expected_version,
                                absl::FunctionRef<absl::StatusOr<Resource>(const Resource&)> apply,
                                CheckReferences check) {
  if (!before.ok()) return before;
  absl::Status status = CheckVersion(expected_version, before->version);
  if (!status.ok()) return status;
  const absl::StatusOr<Resource> applied = apply(*before);
  if (!applied.ok()) return applied;
  Resource after = Merge(*before, *applied, ChangedFields(*before, *applied));
  SetDefaults(after);
  if (ChangedFields(*before, after).empty()) return before;
  servicekit::Violations violations;
  Check(violations, prefix, after);
  if (violations.empty()) status = check(*before, after, violations);
  if (!status.ok()) return status;
  if (!violations.empty()) return violations.status();
  std::vector<Change<Resource>> changes = {{*std::move(before), std::move(after)}};
  status = SaveChanged(stores, tx, caller.author, changes);
  if (!status.ok()) return status;
  return std::move(changes.front().after);
}

// A violation unless the team is there.
absl::Status RequireTeam(Stores& stores, Transaction& tx, const std::optional<Id>& team,
                         std::string_view field, servicekit::Violations& violations) {
  if (!team) return absl::OkStatus();
  const auto existing = stores.teams.ExistingTeams(tx, {*team});
  if (!existing.ok()) return existing.status();
  if (existing->empty()) violations.Add(field, "no such team");
  return absl::OkStatus();
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

absl::StatusOr<Team> UpdateTeam(Stores& stores, Transaction& tx, const Caller& caller, Id id,
                                int64_t expected_version,
                                absl::FunctionRef<absl::StatusOr<Team>(const Team&)> apply) {
  if (const absl::Status status = CheckAdministrator(caller.principal); !status.ok()) return status;
  return Update<Team>(stores, tx, caller, "team.", stores.teams.LockTeam(tx, id), expected_version, apply,
                      [&](const Team& before, const Team& after, servicekit::Violations& violations) {
                        if (before.parent == after.parent) return absl::OkStatus();
                        return RequireTeam(stores, tx, after.parent, "team.parent", violations);
                      });
}

absl::StatusOr<Representative> UpdateRepresentative(
    Stores& stores, Transaction& tx, const Caller& caller, Id id, int64_t expected_version,
    absl::FunctionRef<absl::StatusOr<Representative>(const Representative&)> apply) {
  if (const absl::Status status = CheckAdministrator(caller.principal); !status.ok()) return status;
  return Update<Representative>(
      stores, tx, caller, "representative.", stores.teams.LockRepresentative(tx, id), expected_version, apply,
      [&](const Representative& before, const Representative& after, servicekit::Violations& violations) {
        if (before.team == after.team) return absl::OkStatus();
        return RequireTeam(stores, tx, after.team, "representative.team", violations);
      });
}

}  // namespace clientele::customer
