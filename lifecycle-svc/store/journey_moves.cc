// The moves of JourneyStore.
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "lifecycle-svc/store/columns.h"
#include "lifecycle-svc/store/journey_store.h"

namespace clientele::lifecycle {
namespace {

using servicekit::Parameter;
using servicekit::Row;

constexpr servicekit::SqlText kInsertMoves =
    "INSERT INTO moves (customer_id, event_time, id, kind, stage, reason, actor, cause_id, external_system,"
    " external_id, create_time, representative_id, team_id, overridden, direction, from_stage,"
    " to_stage, stage_after, furthest_stage, lost_from_stage, recycled_count, enter_time, until_time,"
    " order_number, department, handed_to, stay_begin_time, stay_end_time, stay_end_direction) VALUES ";

std::vector<Parameter> RowOf(const StoredMove& stored) {
  const auto& [move, step] = stored;
  return {move.customer,
          move.event_time,
          move.id,
          NumberOf(move.kind),
          NumberOf(move.stage),
          move.reason,
          move.actor,
          move.cause.is_nil() ? Parameter(std::nullopt) : Parameter(move.cause),
          SystemOf(move.external_id),
          IdOf(move.external_id),
          move.create_time,
          move.representative,
          move.team,
          absl::StrJoin(move.overridden, ","),
          NumberOf(step.direction),
          NumberOf(step.from),
          NumberOf(step.to),
          NumberOf(step.stage),
          NumberOf(step.furthest_stage),
          NumberOf(step.lost_from_stage),
          step.recycled_count,
          step.enter_time,
          step.until,
          step.order_number,
          NumberOf(step.department),
          NumberOf(step.handed_to),
          step.stay_begin,
          step.stay_end,
          NumberOf(step.stay_end_direction)};
}

std::vector<std::vector<Parameter>> RowsOf(const std::vector<StoredMove>& moves) {
  std::vector<std::vector<Parameter>> rows;
  rows.reserve(moves.size());
  for (const StoredMove& stored : moves) rows.push_back(RowOf(stored));
  return rows;
}

constexpr servicekit::SqlText kSelectMoves =
    "SELECT m.customer_id, m.event_time, m.id, m.kind, m.stage, m.reason, m.actor, m.cause_id, "
    "m.external_system,"
    " m.external_id, m.create_time, m.representative_id, m.team_id, m.overridden, m.direction,"
    " m.from_stage, m.to_stage, m.stage_after, m.furthest_stage, m.lost_from_stage, m.recycled_count,"
    " m.enter_time, m.until_time, m.order_number, m.department, m.handed_to, m.stay_begin_time,"
    " m.stay_end_time, m.stay_end_direction FROM moves m";

StoredMove ReadMove(const Row& row) {
  StoredMove stored;
  Move& move = stored.move;
  move.customer = row.Id(0);
  move.event_time = row.Time(1);
  move.id = row.Id(2);
  move.kind = ReadEnum<MoveKind>(row, 3);
  move.stage = ReadEnum<Stage>(row, 4);
  move.reason = row.Text(5);
  move.actor = row.Text(6);
  move.cause = row.OptionalId(7).value_or(Id());
  move.external_id = ReadExternalId(row, 8);
  move.create_time = row.Time(10);
  move.representative = row.OptionalId(11);
  move.team = row.OptionalId(12);
  move.overridden = absl::StrSplit(row.Text(13), ',', absl::SkipEmpty());
  Step& step = stored.step;
  step.direction = ReadEnum<Direction>(row, 14);
  step.from = ReadEnum<Stage>(row, 15);
  step.to = ReadEnum<Stage>(row, 16);
  step.stage = ReadEnum<Stage>(row, 17);
  step.furthest_stage = ReadEnum<Stage>(row, 18);
  step.lost_from_stage = ReadEnum<Stage>(row, 19);
  step.recycled_count = static_cast<int>(row.Int64(20));
  step.enter_time = row.Time(21);
  step.until = row.Time(22);
  step.order_number = static_cast<int>(row.Int64(23));
  step.department = ReadEnum<Department>(row, 24);
  step.handed_to = ReadEnum<Department>(row, 25);
  step.stay_begin = row.OptionalTime(26);
  step.stay_end = row.Time(27);
  step.stay_end_direction = ReadEnum<Direction>(row, 28);
  return stored;
}

}  // namespace

absl::StatusOr<std::vector<StoredMove>> JourneyStore::GetMoves(Transaction& tx,
                                                               const std::vector<Id>& customers) {
  if (customers.empty()) return std::vector<StoredMove>();
  return tx.QueryAll(Sql(kSelectMoves) + Sql(" WHERE m.customer_id IN ") + InList(customers) +
                         Sql(" ORDER BY m.customer_id, m.event_time, m.id"),
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
  return tx.InsertMany(kInsertMoves, RowsOf(moves)).status();
}

absl::Status JourneyStore::UpdateSteps(Transaction& tx, const std::vector<StoredMove>& moves) {
  if (moves.empty()) return absl::OkStatus();
  // Many different rows in one statement. They are there, and their customers' rows are locked, so that
  // nothing is ever inserted.
  return tx
      .InsertMany(kInsertMoves, RowsOf(moves),
                  " ON DUPLICATE KEY UPDATE direction = VALUES(direction), from_stage = VALUES(from_stage),"
                  " to_stage = VALUES(to_stage), stage_after = VALUES(stage_after),"
                  " furthest_stage = VALUES(furthest_stage), lost_from_stage = VALUES(lost_from_stage),"
                  " recycled_count = VALUES(recycled_count), enter_time = VALUES(enter_time),"
                  " until_time = VALUES(until_time), order_number = VALUES(order_number),"
                  " department = VALUES(department), handed_to = VALUES(handed_to),"
                  " stay_begin_time = VALUES(stay_begin_time), stay_end_time = VALUES(stay_end_time),"
                  " stay_end_direction = VALUES(stay_end_direction)")
      .status();
}

absl::Status JourneyStore::DeleteMove(Transaction& tx, const Move& move) {
  return tx
      .Execute(Sql("DELETE FROM moves WHERE customer_id = ? AND event_time = ? AND id = ?",
                   {move.customer, move.event_time, move.id}))
      .status();
}

absl::StatusOr<std::vector<StoredMove>> JourneyStore::ListTransitions(Transaction& tx, Id customer,
                                                                      const Sql& condition,
                                                                      const Sql& order_by, int limit) {
  return tx.QueryAll(Sql(kSelectMoves) + Sql(" WHERE m.customer_id = ? AND m.direction > 0", {customer}) +
                         condition + Sql(" ORDER BY ") + order_by + Sql(" LIMIT ?", {limit}),
                     ReadMove);
}

absl::StatusOr<std::vector<StoredMove>> JourneyStore::ListMoves(Transaction& tx, const Sql& rule,
                                                                const Sql& condition, Id after_customer,
                                                                absl::Time after_time, Id after, int limit) {
  Sql sql =
      Sql(kSelectMoves) + Sql(" JOIN journeys j ON j.customer_id = m.customer_id WHERE ") + rule + condition;
  if (!after.is_nil()) {
    sql +=
        Sql(" AND m.customer_id >= ? AND (m.customer_id > ? OR m.event_time > ? OR (m.event_time = ? AND "
            "m.id > ?))",
            {after_customer, after_customer, after_time, after_time, after});
  }
  return tx.QueryAll(sql + Sql(" ORDER BY m.customer_id, m.event_time, m.id LIMIT ?", {limit}), ReadMove);
}

}  // namespace clientele::lifecycle
