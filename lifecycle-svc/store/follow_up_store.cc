#include "lifecycle-svc/store/follow_up_store.h"

#include "lifecycle-svc/store/columns.h"

namespace clientele::lifecycle {
namespace {

using servicekit::Parameter;
using servicekit::Row;

constexpr servicekit::SqlText kSelect =
    "SELECT f.id, f.customer_id, f.kind, f.addressee, f.cause, f.why, f.due_time, f.snooze_until, "
    "f.done_time,"
    " f.note, f.done_by, f.create_time, f.update_time, f.version FROM follow_ups f";
constexpr servicekit::SqlText kSelectOwned =
    "SELECT f.id, f.customer_id, f.kind, f.addressee, f.cause, f.why, f.due_time, f.snooze_until, "
    "f.done_time,"
    " f.note, f.done_by, f.create_time, f.update_time, f.version, j.owner_id"
    " FROM follow_ups f JOIN journeys j ON j.customer_id = f.customer_id WHERE ";

FollowUp ReadFollowUp(const Row& row) {
  FollowUp follow_up;
  follow_up.id = row.Id(0);
  follow_up.customer = row.Id(1);
  follow_up.kind = ReadEnum<FollowUpKind>(row, 2);
  follow_up.addressee = ReadEnum<Addressee>(row, 3);
  follow_up.cause = row.Text(4);
  follow_up.why = row.Text(5);
  follow_up.due_time = row.Time(6);
  follow_up.snooze_until = row.OptionalTime(7);
  follow_up.done_time = row.OptionalTime(8);
  follow_up.note = row.Text(9);
  follow_up.done_by = row.Text(10);
  follow_up.create_time = row.Time(11);
  follow_up.update_time = row.Time(12);
  follow_up.version = row.Int64(13);
  return follow_up;
}

FollowUpStore::Owned ReadOwned(const Row& row) { return {ReadFollowUp(row), row.OptionalId(14)}; }

Parameter OpenCauseOf(const FollowUp& follow_up) {
  if (follow_up.done_time.has_value() || follow_up.cause.empty()) return std::nullopt;
  return follow_up.cause;
}

}  // namespace

absl::StatusOr<Id> FollowUpStore::FindCustomer(Transaction& tx, Id id) {
  return tx.QueryOne(Sql("SELECT customer_id FROM follow_ups WHERE id = ?", {id}),
                     [](const Row& row) { return row.Id(0); });
}

absl::StatusOr<std::vector<FollowUp>> FollowUpStore::FindOpen(Transaction& tx,
                                                              const std::vector<Id>& customers) {
  if (customers.empty()) return std::vector<FollowUp>();
  return tx.QueryAll(Sql(kSelect) + Sql(" WHERE f.is_done = 0 AND f.customer_id IN ") + InList(customers) +
                         Sql(" ORDER BY f.id"),
                     ReadFollowUp);
}

absl::StatusOr<std::vector<FollowUp>> FollowUpStore::Find(Transaction& tx, const std::vector<Id>& ids) {
  if (ids.empty()) return std::vector<FollowUp>();
  return tx.QueryAll(Sql(kSelect) + Sql(" WHERE f.id IN ") + InList(ids), ReadFollowUp);
}

absl::StatusOr<FollowUpStore::Owned> FollowUpStore::Get(Transaction& tx, Id id, const Sql& rule) {
  return tx.QueryOne(Sql(kSelectOwned) + Sql("f.id = ? AND ", {id}) + rule, ReadOwned);
}

Sql FollowUpStore::InStates(const std::vector<FollowUpState>& states, absl::Time now) {
  std::vector<Sql> pieces;
  for (const FollowUpState state : states) {
    switch (state) {
      case FollowUpState::kOpen:
        pieces.push_back(Sql("(f.is_done = 0 AND (f.snooze_until IS NULL OR f.snooze_until <= ?))", {now}));
        break;
      case FollowUpState::kSnoozed:
        pieces.push_back(Sql("(f.is_done = 0 AND f.snooze_until > ?)", {now}));
        break;
      case FollowUpState::kDone:
        pieces.push_back(Sql("f.is_done = 1"));
        break;
    }
  }
  return pieces.empty() ? Sql() : Sql(" AND (") + Sql::Join(pieces, " OR ") + Sql(")");
}

absl::StatusOr<std::vector<FollowUpStore::Owned>> FollowUpStore::List(Transaction& tx, const Sql& rule,
                                                                      const Sql& condition,
                                                                      absl::Time after_time, Id after,
                                                                      int limit) {
  Sql sql = Sql(kSelectOwned) + rule + condition;
  if (!after.is_nil()) {
    sql += Sql(" AND f.due_time >= ? AND (f.due_time > ? OR f.id > ?)", {after_time, after_time, after});
  }
  return tx.QueryAll(sql + Sql(" ORDER BY f.due_time, f.id LIMIT ?", {limit}), ReadOwned);
}

absl::StatusOr<std::vector<FollowUpStore::Load>> FollowUpStore::Summarize(Transaction& tx, const Sql& rule,
                                                                          const Sql& condition,
                                                                          absl::Time now) {
  return tx.QueryAll(
      Sql("SELECT j.owner_id, CAST(SUM(f.snooze_until IS NULL OR f.snooze_until <= ?) AS SIGNED),"
          " CAST(SUM((f.snooze_until IS NULL OR f.snooze_until <= ?) AND f.due_time < ?) AS SIGNED),"
          " CAST(SUM(f.snooze_until IS NOT NULL AND f.snooze_until > ?) AS SIGNED)"
          " FROM follow_ups f JOIN journeys j ON j.customer_id = f.customer_id WHERE f.is_done = 0 AND ",
          {now, now, now, now}) +
          rule + condition + Sql(" GROUP BY j.owner_id ORDER BY j.owner_id"),
      [](const Row& row) {
        return Load{row.OptionalId(0), row.Int64(1), row.Int64(2), row.Int64(3)};
      });
}

absl::StatusOr<std::vector<std::pair<Id, std::optional<Id>>>> FollowUpStore::FindOwners(
    Transaction& tx, const std::vector<Id>& customers) {
  if (customers.empty()) return std::vector<std::pair<Id, std::optional<Id>>>();
  return tx.QueryAll(
      Sql("SELECT customer_id, owner_id FROM journeys WHERE customer_id IN ") + InList(customers),
      [](const Row& row) { return std::pair<Id, std::optional<Id>>(row.Id(0), row.OptionalId(1)); });
}

absl::Status FollowUpStore::Insert(Transaction& tx, const std::vector<FollowUp>& follow_ups) {
  if (follow_ups.empty()) return absl::OkStatus();
  std::vector<std::vector<Parameter>> rows;
  rows.reserve(follow_ups.size());
  for (const FollowUp& f : follow_ups) {
    rows.push_back({f.id, f.customer, NumberOf(f.kind), NumberOf(f.addressee), f.cause, OpenCauseOf(f), f.why,
                    f.due_time, f.snooze_until, f.done_time.has_value(), f.done_time, f.note, f.done_by,
                    f.create_time, f.update_time, f.version});
  }
  return tx
      .InsertMany(
          "INSERT INTO follow_ups (id, customer_id, kind, addressee, cause, open_cause, why, due_time,"
          " snooze_until, is_done, done_time, note, done_by, create_time, update_time, version) VALUES ",
          rows)
      .status();
}

absl::Status FollowUpStore::Update(Transaction& tx, const FollowUp& f) {
  return tx
      .Execute(Sql("UPDATE follow_ups SET addressee = ?, open_cause = ?, why = ?, due_time = ?,"
                   " snooze_until = ?, is_done = ?, done_time = ?, note = ?, done_by = ?, update_time = ?,"
                   " version = ? WHERE id = ?",
                   {NumberOf(f.addressee), OpenCauseOf(f), f.why, f.due_time, f.snooze_until,
                    f.done_time.has_value(), f.done_time, f.note, f.done_by, f.update_time, f.version, f.id}))
      .status();
}

}  // namespace clientele::lifecycle
