#include "customer-svc/operations/import_batch.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::Violations;

// The team that a record refers to, by whichever way: `reference` wins over `id`. nullopt when it refers to
// none, or, with a violation, to one that is not there.
std::optional<Id> ResolveTeam(const Reference& reference, const std::optional<Id>& id,
                              const absl::flat_hash_map<ExternalId, Id>& by_external_id,
                              const absl::flat_hash_set<Id>& existing, std::string_view reference_field,
                              std::string_view id_field, Violations& violations) {
  if (const auto* external_id = std::get_if<ExternalId>(&reference)) {
    const auto found = by_external_id.find(*external_id);
    if (found != by_external_id.end()) return found->second;
    violations.Add(reference_field, "no team has this external id");
    return std::nullopt;
  }
  const auto* named = std::get_if<Id>(&reference);
  const std::optional<Id> wanted = named != nullptr ? std::optional(*named) : id;
  if (!wanted || existing.contains(*wanted)) return wanted;
  violations.Add(named != nullptr ? reference_field : id_field, "no such team");
  return std::nullopt;
}

}  // namespace

absl::Status ImportTeams(ImportBatch batch, const Imports<TeamRecord>& imports) {
  if (imports.empty()) return absl::OkStatus();
  Referenced parents;
  for (const auto& [record, result] : imports) {
    parents.Add(record->parent);
    parents.Add(record->team.parent);
    if (record->team.external_id) parents.external_ids.push_back(*record->team.external_id);
  }
  auto found = batch.stores.teams.FindTeamsByExternalIds(batch.tx, parents.external_ids,
                                                         TeamStore::Locking::kForUpdate);
  if (!found.ok()) return found.status();
  auto existing = batch.stores.teams.ExistingTeams(batch.tx, parents.ids);
  if (!existing.ok()) return existing.status();
  Workspace<Team> workspace;
  absl::flat_hash_map<ExternalId, Id> by_external_id;
  for (auto& [external_id, team] : *found) {
    by_external_id.emplace(external_id, team.id);
    workspace.Load(std::move(team));
  }

  for (const auto& [record, result] : imports) {
    Violations violations;
    Team update = record->team;
    update.parent = ResolveTeam(record->parent, update.parent, by_external_id, *existing, "parent",
                                "team.parent", violations);
    const Team* before = nullptr;
    if (!update.external_id) {
      violations.Add("team.external_id", "is required");
    } else if (const auto known = by_external_id.find(*update.external_id); known != by_external_id.end()) {
      before = workspace.Find(known->second);
    }
    Team after = before != nullptr ? Merge(*before, update, FilledFields(update)) : update;
    if (before == nullptr) after.id = Id::New(batch.author.time);
    Check(violations, "team.", after);
    if (!violations.empty()) {
      Reject(*result, violations.status());
      continue;
    }
    by_external_id[*after.external_id] = after.id;
    result->name = servicekit::NameOf("teams", after.id);
    result->outcome = workspace.Put(std::move(after));
  }
  return workspace.Save(batch);
}

absl::Status ImportRepresentatives(ImportBatch batch, const Imports<RepresentativeRecord>& imports) {
  if (imports.empty()) return absl::OkStatus();
  Referenced teams;
  std::vector<ExternalId> external_ids;
  for (const auto& [record, result] : imports) {
    teams.Add(record->team);
    if (!record->representative.team.is_nil()) teams.ids.push_back(record->representative.team);
    if (record->representative.external_id) external_ids.push_back(*record->representative.external_id);
  }
  const auto found_teams = batch.stores.teams.FindTeamsByExternalIds(batch.tx, teams.external_ids);
  if (!found_teams.ok()) return found_teams.status();
  absl::flat_hash_map<ExternalId, Id> teams_by_external_id;
  for (const auto& [external_id, team] : *found_teams) teams_by_external_id.emplace(external_id, team.id);
  const auto existing = batch.stores.teams.ExistingTeams(batch.tx, teams.ids);
  if (!existing.ok()) return existing.status();
  auto found = batch.stores.teams.FindRepresentativesByExternalIds(batch.tx, external_ids,
                                                                   TeamStore::Locking::kForUpdate);
  if (!found.ok()) return found.status();
  Workspace<Representative> workspace;
  absl::flat_hash_map<ExternalId, Id> by_external_id;
  for (auto& [external_id, representative] : *found) {
    by_external_id.emplace(external_id, representative.id);
    workspace.Load(std::move(representative));
  }

  for (const auto& [record, result] : imports) {
    Violations violations;
    Representative update = record->representative;
    const std::optional<Id> named = update.team.is_nil() ? std::nullopt : std::optional(update.team);
    update.team = ResolveTeam(record->team, named, teams_by_external_id, *existing, "team",
                              "representative.team", violations)
                      .value_or(Id());
    const Representative* before = nullptr;
    if (!update.external_id) {
      violations.Add("representative.external_id", "is required");
    } else if (const auto known = by_external_id.find(*update.external_id); known != by_external_id.end()) {
      before = workspace.Find(known->second);
    }
    Representative after = before != nullptr ? Merge(*before, update, FilledFields(update)) : update;
    // Not a field that can be empty: someone who manages no more is told so.
    after.manager = update.manager;
    if (before == nullptr) after.id = Id::New(batch.author.time);
    SetDefaults(after);
    if (violations.empty()) Check(violations, "representative.", after);
    if (!violations.empty()) {
      Reject(*result, violations.status());
      continue;
    }
    by_external_id[*after.external_id] = after.id;
    result->name = servicekit::NameOf("representatives", after.id);
    result->outcome = workspace.Put(std::move(after));
  }
  return workspace.Save(batch);
}

}  // namespace clientele::customer
