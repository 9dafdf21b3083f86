#include "customer-svc/store/team_store.h"

#include "customer-svc/store/lookup.h"
#include "servicekit/mysql/lease.h"
#include "servicekit/types/error.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::Parameter;
using servicekit::Row;
using servicekit::Sql;
using servicekit::SqlText;
using servicekit::Transaction;

constexpr SqlText kSelectTeam =
    "SELECT id, external_system, external_id, display_name, parent_id, create_time, update_time, version"
    "  FROM teams";
constexpr SqlText kSelectRepresentative =
    "SELECT id, external_system, external_id, display_name, department, team_id, manager, create_time,"
    "       update_time, version, state"
    "  FROM representatives";

Team ReadTeam(const Row& row) {
  return {.id = row.Id(0),
          .display_name = row.Text(3),
          .parent = row.OptionalId(4),
          .external_id = ReadExternalId(row, 1),
          .version = row.Int64(7),
          .create_time = row.Time(5),
          .update_time = row.Time(6)};
}

Representative ReadRepresentative(const Row& row) {
  return {.id = row.Id(0),
          .display_name = row.Text(3),
          .department = static_cast<Department>(row.Int64(4)),
          .team = row.Id(5),
          .manager = row.Bool(6),
          .state = static_cast<RepresentativeState>(row.Int64(10)),
          .external_id = ReadExternalId(row, 1),
          .version = row.Int64(9),
          .create_time = row.Time(7),
          .update_time = row.Time(8)};
}

absl::Status NamingTheKey(const absl::Status& status) {
  if (!absl::IsAlreadyExists(status)) return status;
  return servicekit::WithReason(absl::AlreadyExistsError("the external id is taken"), "EXTERNAL_ID_TAKEN");
}

template <typename Resource>
absl::StatusOr<Resource> OrNotFound(absl::StatusOr<Resource> resource, const char* message) {
  if (absl::IsNotFound(resource.status())) return absl::NotFoundError(message);
  return resource;
}

template <typename Resource>
absl::StatusOr<absl::flat_hash_map<ExternalId, Resource>> ByExternalId(Transaction& tx, SqlText select,
                                                                       const std::vector<ExternalId>& ids,
                                                                       Resource (*read)(const Row&),
                                                                       TeamStore::Locking locking) {
  absl::flat_hash_map<ExternalId, Resource> found;
  if (ids.empty()) return found;
  const absl::Status status = tx.Query(
      Sql(select) + Sql(" WHERE ") + MatchExternalIds(ids, "external_system = ?", " AND external_id IN ") +
          Sql(locking == TeamStore::Locking::kForUpdate ? SqlText(" FOR UPDATE") : SqlText("")),
      [&](const Row& row) {
        Resource resource = read(row);
        const ExternalId id = *resource.external_id;
        found.emplace(id, std::move(resource));
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return found;
}

Sql Listing(SqlText select, const Sql& condition, const Sql& order, int64_t limit) {
  Sql sql(select);
  if (!condition.empty()) sql += Sql(" WHERE ") + condition;
  return sql + Sql(" ORDER BY ") + order + Sql(" LIMIT ?", {limit});
}

absl::StatusOr<absl::flat_hash_set<Id>> IdSet(Transaction& tx, const Sql& sql) {
  absl::flat_hash_set<Id> ids;
  const absl::Status status = tx.Query(sql, [&](const Row& row) {
    ids.insert(row.Id(0));
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return ids;
}

absl::StatusOr<absl::flat_hash_map<Id, Id>> IdMap(Transaction& tx, const Sql& sql) {
  absl::flat_hash_map<Id, Id> map;
  const absl::Status status = tx.Query(sql, [&](const Row& row) {
    map.emplace(row.Id(0), row.Id(1));
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return map;
}

}  // namespace

absl::StatusOr<Team> TeamStore::GetTeam(Transaction& tx, Id id) {
  return OrNotFound(tx.QueryOne(Sql(kSelectTeam) + Sql(" WHERE id = ?", {id}), ReadTeam), "no such team");
}

absl::StatusOr<std::vector<Team>> TeamStore::ListTeams(Transaction& tx, const Sql& condition,
                                                       const Sql& order, int64_t limit) {
  return tx.QueryAll(Listing(kSelectTeam, condition, order, limit), ReadTeam);
}

absl::Status TeamStore::InsertTeams(Transaction& tx, const std::vector<Team>& teams) {
  if (teams.empty()) return absl::OkStatus();
  std::vector<std::vector<Parameter>> rows;
  for (const Team& team : teams) {
    rows.push_back({team.id, team.display_name, team.parent, SystemOf(team.external_id),
                    IdOf(team.external_id), team.create_time, team.update_time, team.version});
  }
  absl::Status status = LockTree(tx);
  if (!status.ok()) return status;
  status = NamingTheKey(tx.InsertMany("INSERT INTO teams (id, display_name, parent_id, external_system,"
                                      " external_id, create_time, update_time, version) VALUES ",
                                      rows)
                            .status());
  if (!status.ok()) return status;
  for (const Team& team : teams) {
    status = tx.Execute(Sql("INSERT INTO team_tree (ancestor_id, descendant_id) VALUES (?, ?)",
                            {team.id, team.id}))
                 .status();
    if (status.ok() && team.parent) {
      status = tx.Execute(Sql("INSERT INTO team_tree (ancestor_id, descendant_id)"
                              " SELECT ancestor_id, ? FROM team_tree WHERE descendant_id = ?",
                              {team.id, *team.parent}))
                   .status();
    }
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status TeamStore::UpdateTeam(Transaction& tx, const Team& team) {
  return NamingTheKey(
      tx.Execute(Sql("UPDATE teams SET display_name = ?, external_system = ?, external_id = ?,"
                     " update_time = ?, version = ? WHERE id = ?",
                     {team.display_name, SystemOf(team.external_id), IdOf(team.external_id), team.update_time,
                      team.version, team.id}))
          .status());
}

absl::StatusOr<Team> TeamStore::LockTeam(Transaction& tx, Id id) {
  return OrNotFound(tx.QueryOne(Sql(kSelectTeam) + Sql(" WHERE id = ? FOR UPDATE", {id}), ReadTeam),
                    "no such team");
}

absl::Status TeamStore::LockTree(Transaction& tx) {
  // The row's lock is what counts; a lease of no length is anyone's as soon as it is free.
  return TakeLease(tx, "team_tree", "write", absl::ZeroDuration()).status();
}

absl::Status TeamStore::Move(Transaction& tx, Id team, const std::optional<Id>& parent) {
  absl::Status status =
      tx.Execute(Sql("UPDATE teams SET parent_id = ? WHERE id = ?", {parent, team})).status();
  if (!status.ok()) return status;
  // What is above the team lets go of all that is below it …
  status = tx.Execute(Sql(R"sql(
      DELETE outer_row
        FROM team_tree AS outer_row
        JOIN team_tree AS below ON below.descendant_id = outer_row.descendant_id AND below.ancestor_id = ?
        LEFT JOIN team_tree AS within
          ON within.descendant_id = outer_row.ancestor_id AND within.ancestor_id = ?
       WHERE within.ancestor_id IS NULL)sql",
                          {team, team}))
               .status();
  if (!status.ok() || !parent) return status;
  // … and what is above the new parent, which is not below the team, takes it.
  return tx
      .Execute(Sql(R"sql(
      INSERT INTO team_tree (ancestor_id, descendant_id)
      SELECT above.ancestor_id, below.descendant_id
        FROM team_tree AS above JOIN team_tree AS below
       WHERE above.descendant_id = ? AND below.ancestor_id = ?)sql",
                   {*parent, team}))
      .status();
}

absl::StatusOr<absl::flat_hash_map<ExternalId, Team>> TeamStore::FindTeamsByExternalIds(
    Transaction& tx, const std::vector<ExternalId>& ids, Locking locking) {
  return ByExternalId(tx, kSelectTeam, ids, &ReadTeam, locking);
}

absl::StatusOr<absl::flat_hash_set<Id>> TeamStore::ExistingTeams(Transaction& tx,
                                                                 const std::vector<Id>& ids) {
  if (ids.empty()) return absl::flat_hash_set<Id>();
  return IdSet(tx, Sql("SELECT id FROM teams WHERE id IN ") + InList(ids));
}

absl::StatusOr<absl::flat_hash_set<Id>> TeamStore::TeamsBelow(Transaction& tx, const std::vector<Id>& teams) {
  if (teams.empty()) return absl::flat_hash_set<Id>();
  return IdSet(tx, Sql("SELECT descendant_id FROM team_tree WHERE ancestor_id IN ") + InList(teams));
}

absl::StatusOr<Representative> TeamStore::GetRepresentative(Transaction& tx, Id id) {
  return OrNotFound(tx.QueryOne(Sql(kSelectRepresentative) + Sql(" WHERE id = ?", {id}), ReadRepresentative),
                    "no such representative");
}

absl::StatusOr<Representative> TeamStore::LockRepresentative(Transaction& tx, Id id) {
  return OrNotFound(
      tx.QueryOne(Sql(kSelectRepresentative) + Sql(" WHERE id = ? FOR UPDATE", {id}), ReadRepresentative),
      "no such representative");
}

absl::StatusOr<Representative> TeamStore::ShareRepresentative(Transaction& tx, Id id) {
  return OrNotFound(tx.QueryOne(Sql(kSelectRepresentative) + Sql(" WHERE id = ? LOCK IN SHARE MODE", {id}),
                                ReadRepresentative),
                    "no such representative");
}

absl::StatusOr<std::vector<Representative>> TeamStore::ListRepresentatives(Transaction& tx,
                                                                           const Sql& condition,
                                                                           const Sql& order, int64_t limit) {
  return tx.QueryAll(Listing(kSelectRepresentative, condition, order, limit), ReadRepresentative);
}

absl::Status TeamStore::InsertRepresentatives(Transaction& tx,
                                              const std::vector<Representative>& representatives) {
  if (representatives.empty()) return absl::OkStatus();
  std::vector<std::vector<Parameter>> rows;
  for (const Representative& one : representatives) {
    rows.push_back({one.id, one.display_name, static_cast<int64_t>(one.department), one.team, one.manager,
                    SystemOf(one.external_id), IdOf(one.external_id), one.create_time, one.update_time,
                    one.version, static_cast<int64_t>(one.state)});
  }
  return NamingTheKey(
      tx.InsertMany("INSERT INTO representatives (id, display_name, department, team_id, manager,"
                    " external_system, external_id, create_time, update_time, version, state) VALUES ",
                    rows)
          .status());
}

absl::Status TeamStore::UpdateRepresentative(Transaction& tx, const Representative& one) {
  return NamingTheKey(
      tx.Execute(Sql("UPDATE representatives SET display_name = ?, department = ?, team_id = ?,"
                     " manager = ?, external_system = ?, external_id = ?, update_time = ?, version = ?,"
                     " state = ? WHERE id = ?",
                     {one.display_name, static_cast<int64_t>(one.department), one.team, one.manager,
                      SystemOf(one.external_id), IdOf(one.external_id), one.update_time, one.version,
                      static_cast<int64_t>(one.state), one.id}))
          .status());
}

absl::StatusOr<absl::flat_hash_map<ExternalId, Representative>> TeamStore::FindRepresentativesByExternalIds(
    Transaction& tx, const std::vector<ExternalId>& ids, Locking locking) {
  return ByExternalId(tx, kSelectRepresentative, ids, &ReadRepresentative, locking);
}

absl::StatusOr<absl::flat_hash_map<Id, Id>> TeamStore::TeamsOfRepresentatives(Transaction& tx,
                                                                              const std::vector<Id>& ids) {
  if (ids.empty()) return absl::flat_hash_map<Id, Id>();
  return IdMap(tx, Sql("SELECT id, team_id FROM representatives WHERE id IN ") + InList(ids));
}

absl::StatusOr<absl::flat_hash_map<Id, Id>> TeamStore::LockTeamsOfRepresentatives(
    Transaction& tx, const std::vector<Id>& ids) {
  if (ids.empty()) return absl::flat_hash_map<Id, Id>();
  return IdMap(tx, Sql("SELECT id, team_id FROM representatives WHERE id IN ") + InList(ids) +
                       Sql(" LOCK IN SHARE MODE"));
}

}  // namespace clientele::customer
