#include "lifecycle-svc/store/journey_store.h"

#include <algorithm>

#include "lifecycle-svc/store/columns.h"

namespace clientele::lifecycle {
namespace {

using servicekit::Parameter;
using servicekit::Row;

constexpr servicekit::SqlText kSelectJourneys =
    "SELECT j.customer_id, j.customer_version, j.stage, j.furthest_stage, j.lost_from_stage, "
    "j.recycled_count,"
    " j.stage_time, j.enter_time, j.version FROM journeys j";

Journey ReadJourney(const Row& row) {
  Journey journey;
  journey.customer = row.Id(0);
  journey.customer_version = row.Int64(1);
  journey.progress.stage = ReadEnum<Stage>(row, 2);
  journey.progress.furthest_stage = ReadEnum<Stage>(row, 3);
  journey.progress.lost_from_stage = ReadEnum<Stage>(row, 4);
  journey.progress.recycled_count = static_cast<int>(row.Int64(5));
  journey.progress.stage_time = row.Time(6);
  journey.progress.enter_time = row.Time(7);
  journey.version = row.Int64(8);
  return journey;
}

constexpr servicekit::SqlText kSelectMoves =
    "SELECT customer_id, id, kind, stage, reason, actor, cause_id, external_system, external_id, event_time,"
    " create_time, direction, from_stage, to_stage FROM moves";

StoredMove ReadMove(const Row& row) {
  StoredMove stored;
  Move& move = stored.move;
  move.customer = row.Id(0);
  move.id = row.Id(1);
  move.kind = ReadEnum<MoveKind>(row, 2);
  move.stage = ReadEnum<Stage>(row, 3);
  move.reason = row.Text(4);
  move.actor = row.Text(5);
  move.cause = row.OptionalId(6).value_or(Id());
  move.external_id = ReadExternalId(row, 7);
  move.event_time = row.Time(9);
  move.create_time = row.Time(10);
  stored.step = {ReadEnum<Direction>(row, 11), ReadEnum<Stage>(row, 12), ReadEnum<Stage>(row, 13)};
  return stored;
}

}  // namespace

absl::Status JourneyStore::InsertMissing(Transaction& tx, const std::vector<KnownCustomer>& customers) {
  if (customers.empty()) return absl::OkStatus();
  std::vector<std::vector<Parameter>> rows;
  for (const KnownCustomer& customer : customers) {
    const absl::Time none = absl::UnixEpoch();
    rows.push_back({customer.id, customer.version, customer.display_name, customer.industry, customer.owner,
                    customer.team, 0, 0, 0, 0, 0, none, none, 1});
  }
  // In order of the key, so that two of these do not wait for each other.
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return std::get<Id>(a[0].value()) < std::get<Id>(b[0].value());
  });
  return tx
      .InsertMany(
          "INSERT INTO journeys (customer_id, customer_version, display_name, industry, owner_id, team_id, "
          "stage,"
          " furthest_stage, lost_from_stage, department, recycled_count, stage_time, enter_time, version) "
          "VALUES ",
          rows, " ON DUPLICATE KEY UPDATE customer_id = journeys.customer_id")
      .status();
}

absl::StatusOr<std::vector<Id>> JourneyStore::FindKnown(Transaction& tx, const std::vector<Id>& customers) {
  if (customers.empty()) return std::vector<Id>();
  return tx.QueryAll(Sql("SELECT customer_id FROM journeys WHERE customer_id IN ") + InList(customers),
                     [](const Row& row) { return row.Id(0); });
}

absl::Status JourneyStore::Lock(Transaction& tx, const std::vector<Id>& customers) {
  if (customers.empty()) return absl::OkStatus();
  return tx.Query(Sql("SELECT customer_id FROM journeys WHERE customer_id IN ") + InList(customers) +
                      Sql(" ORDER BY customer_id FOR UPDATE"),
                  [](const Row&) { return absl::OkStatus(); });
}

absl::StatusOr<std::vector<Journey>> JourneyStore::Get(Transaction& tx, const std::vector<Id>& customers,
                                                       const Sql& rule) {
  if (customers.empty()) return std::vector<Journey>();
  return tx.QueryAll(
      Sql(kSelectJourneys) + Sql(" WHERE j.customer_id IN ") + InList(customers) + Sql(" AND ") + rule,
      ReadJourney);
}

absl::StatusOr<std::vector<Journey>> JourneyStore::List(Transaction& tx, const Sql& rule,
                                                        const Sql& condition, Id after, int limit) {
  return tx.QueryAll(Sql(kSelectJourneys) + Sql(" WHERE j.customer_id > ? AND ", {after}) + rule + condition +
                         Sql(" ORDER BY j.customer_id LIMIT ?", {limit}),
                     ReadJourney);
}

absl::Status JourneyStore::UpdateProgress(Transaction& tx, const Journey& journey) {
  const Progress& progress = journey.progress;
  return tx
      .Execute(Sql(
          "UPDATE journeys SET stage = ?, furthest_stage = ?, lost_from_stage = ?, department = ?,"
          " recycled_count = ?, stage_time = ?, enter_time = ?, version = ? WHERE customer_id = ?",
          {NumberOf(progress.stage), NumberOf(progress.furthest_stage), NumberOf(progress.lost_from_stage),
           NumberOf(DepartmentOf(progress.stage)), progress.recycled_count, progress.stage_time,
           progress.enter_time, journey.version, journey.customer}))
      .status();
}

absl::Status JourneyStore::UpdateCustomer(Transaction& tx, const KnownCustomer& customer) {
  return tx
      .Execute(Sql("UPDATE journeys SET customer_version = ?, display_name = ?, industry = ?, owner_id = ?, "
                   "team_id = ?"
                   " WHERE customer_id = ? AND customer_version < ?",
                   {customer.version, customer.display_name, customer.industry, customer.owner, customer.team,
                    customer.id, customer.version}))
      .status();
}

absl::StatusOr<std::vector<StoredMove>> JourneyStore::GetMoves(Transaction& tx,
                                                               const std::vector<Id>& customers) {
  if (customers.empty()) return std::vector<StoredMove>();
  return tx.QueryAll(Sql(kSelectMoves) + Sql(" WHERE customer_id IN ") + InList(customers) +
                         Sql(" ORDER BY customer_id, event_time, id"),
                     ReadMove);
}

absl::StatusOr<std::vector<Move>> JourneyStore::FindMoves(Transaction& tx,
                                                          const std::vector<ExternalId>& ids) {
  if (ids.empty()) return std::vector<Move>();
  return tx.QueryAll(Sql(kSelectMoves) + Sql(" WHERE") + ExternalIdIn(ids),
                     [](const Row& row) { return ReadMove(row).move; });
}

absl::Status JourneyStore::InsertMoves(Transaction& tx, const std::vector<StoredMove>& moves) {
  if (moves.empty()) return absl::OkStatus();
  std::vector<std::vector<Parameter>> rows;
  rows.reserve(moves.size());
  for (const auto& [move, step] : moves) {
    rows.push_back({move.customer, move.event_time, move.id, NumberOf(move.kind), NumberOf(move.stage),
                    move.reason, move.actor,
                    move.cause.is_nil() ? Parameter(std::nullopt) : Parameter(move.cause),
                    SystemOf(move.external_id), IdOf(move.external_id), move.create_time,
                    NumberOf(step.direction), NumberOf(step.from), NumberOf(step.to)});
  }
  return tx
      .InsertMany(
          "INSERT INTO moves (customer_id, event_time, id, kind, stage, reason, actor, cause_id, "
          "external_system,"
          " external_id, create_time, direction, from_stage, to_stage) VALUES ",
          rows)
      .status();
}

absl::Status JourneyStore::UpdateStep(Transaction& tx, const StoredMove& stored) {
  const auto& [move, step] = stored;
  return tx
      .Execute(Sql("UPDATE moves SET direction = ?, from_stage = ?, to_stage = ?"
                   " WHERE customer_id = ? AND event_time = ? AND id = ?",
                   {NumberOf(step.direction), NumberOf(step.from), NumberOf(step.to), move.customer,
                    move.event_time, move.id}))
      .status();
}

absl::Status JourneyStore::DeleteMove(Transaction& tx, const Move& move) {
  return tx
      .Execute(Sql("DELETE FROM moves WHERE customer_id = ? AND event_time = ? AND id = ?",
                   {move.customer, move.event_time, move.id}))
      .status();
}

absl::StatusOr<std::vector<StoredMove>> JourneyStore::ListTransitions(Transaction& tx, Id customer,
                                                                      absl::Time after_time, Id after,
                                                                      int limit) {
  Sql sql = Sql(kSelectMoves) + Sql(" WHERE customer_id = ? AND direction > 0", {customer});
  if (!after.is_nil()) {
    sql += Sql(" AND event_time >= ? AND (event_time > ? OR id > ?)", {after_time, after_time, after});
  }
  return tx.QueryAll(sql + Sql(" ORDER BY event_time, id LIMIT ?", {limit}), ReadMove);
}

absl::Status JourneyStore::PlaceTeam(Transaction& tx, Id team, std::optional<Id> parent) {
  const auto ids = [&](const Sql& sql) { return tx.QueryAll(sql, [](const Row& row) { return row.Id(0); }); };
  auto below = ids(Sql("SELECT descendant_id FROM team_tree WHERE ancestor_id = ? FOR UPDATE", {team}));
  if (!below.ok()) return below.status();
  if (std::find(below->begin(), below->end(), team) == below->end()) below->push_back(team);
  // A parent that is not known yet counts as one without a parent; its own event completes the tree.
  std::vector<Id> above;
  if (parent.has_value()) {
    auto found = ids(Sql("SELECT ancestor_id FROM team_tree WHERE descendant_id = ? FOR UPDATE", {*parent}));
    if (!found.ok()) return found.status();
    above = *std::move(found);
    if (std::find(above.begin(), above.end(), *parent) == above.end()) above.push_back(*parent);
  }
  const absl::StatusOr<int64_t> removed =
      tx.Execute(Sql("DELETE FROM team_tree WHERE descendant_id IN ") + InList(*below) +
                 Sql(" AND ancestor_id NOT IN ") + InList(*below));
  if (!removed.ok()) return removed.status();
  std::vector<std::vector<Parameter>> rows = {{team, team}};
  if (parent.has_value()) rows.push_back({*parent, *parent});
  for (const Id& ancestor : above) {
    for (const Id& descendant : *below) rows.push_back({ancestor, descendant});
  }
  return tx
      .InsertMany("INSERT INTO team_tree (ancestor_id, descendant_id) VALUES ", rows,
                  " ON DUPLICATE KEY UPDATE ancestor_id = team_tree.ancestor_id")
      .status();
}

absl::StatusOr<std::vector<FunnelCell>> FunnelStore::Count(Transaction& tx, const Sql& rule,
                                                           const Sql& condition) {
  return tx.QueryAll(Sql("SELECT j.stage, j.furthest_stage, j.lost_from_stage, j.recycled_count > 0, "
                         "COUNT(*) FROM journeys j WHERE ") +
                         rule + condition + Sql(" GROUP BY 1, 2, 3, 4"),
                     [](const Row& row) {
                       return FunnelCell{ReadEnum<Stage>(row, 0), ReadEnum<Stage>(row, 1),
                                         ReadEnum<Stage>(row, 2), row.Bool(3), row.Int64(4)};
                     });
}

}  // namespace clientele::lifecycle
