#include "customer-svc/store/merge_store.h"

#include "customer-svc/store/field_changes.h"
#include "customer-svc/store/lookup.h"
#include "servicekit/types/utf8.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::Parameter;
using servicekit::Row;
using servicekit::Sql;
using servicekit::SqlText;
using servicekit::Transaction;

constexpr SqlText kSelect = R"sql(
    SELECT id, survivor_id, merged_id, state, actor, merge_time, split_actor, split_time, contacts, needs,
           interactions, subsidiaries, survivor_before, survivor_after, merged_before, merged_version,
           merged_create_time
      FROM customer_merges)sql";

Customer ReadSnapshot(const Row& row, size_t column, Id id) {
  Customer customer;
  if (!row.IsNull(column)) customer = SnapshotFromJson<Customer>(row.Text(column));
  customer.id = id;
  return customer;
}

CustomerMerge ReadMerge(const Row& row) {
  CustomerMerge merge;
  merge.id = row.Id(0);
  merge.survivor = row.Id(1);
  merge.merged = row.Id(2);
  merge.state = static_cast<CustomerMerge::State>(row.Int64(3));
  merge.actor = row.Text(4);
  merge.merge_time = row.Time(5);
  merge.split_actor = row.OptionalText(6).value_or("");
  merge.split_time = row.OptionalTime(7);
  merge.contacts = row.Int64(8);
  merge.needs = row.Int64(9);
  merge.interactions = row.Int64(10);
  merge.subsidiaries = row.Int64(11);
  merge.survivor_before = ReadSnapshot(row, 12, merge.survivor);
  merge.survivor_after = ReadSnapshot(row, 13, merge.survivor);
  merge.merged_before = ReadSnapshot(row, 14, merge.merged);
  merge.merged_before.version = row.Int64(15);
  merge.merged_before.create_time = row.Time(16);
  return merge;
}

absl::StatusOr<CustomerMerge> OrNotFound(absl::StatusOr<CustomerMerge> merge) {
  if (absl::IsNotFound(merge.status())) return absl::NotFoundError("no such merge");
  return merge;
}

// One kind of what is moved: how it is remembered, moved, and moved back.
struct Moving {
  MovedKind kind;
  SqlText remember, move, move_back;
  int64_t CustomerMerge::*count;
};
constexpr Moving kMoving[] = {
    {MovedKind::kContact,
     "INSERT INTO merged_items (merge_id, kind, item_id) SELECT ?, 1, id FROM contacts WHERE customer_id = ?",
     "UPDATE contacts SET customer_id = ? WHERE customer_id = ?",
     "UPDATE contacts JOIN merged_items ON merged_items.item_id = contacts.id SET contacts.customer_id = ?"
     " WHERE merged_items.merge_id = ? AND merged_items.kind = 1 AND contacts.customer_id = ?",
     &CustomerMerge::contacts},
    {MovedKind::kNeed,
     "INSERT INTO merged_items (merge_id, kind, item_id) SELECT ?, 2, id FROM needs WHERE customer_id = ?",
     "UPDATE needs SET customer_id = ? WHERE customer_id = ?",
     "UPDATE needs JOIN merged_items ON merged_items.item_id = needs.id SET needs.customer_id = ?"
     " WHERE merged_items.merge_id = ? AND merged_items.kind = 2 AND needs.customer_id = ?",
     &CustomerMerge::needs},
    {MovedKind::kInteraction,
     "INSERT INTO merged_items (merge_id, kind, item_id) SELECT ?, 3, id FROM interactions WHERE customer_id "
     "= ?",
     "UPDATE interactions SET customer_id = ? WHERE customer_id = ?",
     "UPDATE interactions JOIN merged_items ON merged_items.item_id = interactions.id"
     " SET interactions.customer_id = ?"
     " WHERE merged_items.merge_id = ? AND merged_items.kind = 3 AND interactions.customer_id = ?",
     &CustomerMerge::interactions},
    {MovedKind::kAlias,
     "INSERT INTO merged_items (merge_id, kind, item_id)"
     " SELECT ?, 5, alias_id FROM customer_aliases WHERE customer_id = ?",
     "UPDATE customer_aliases SET customer_id = ? WHERE customer_id = ?",
     "UPDATE customer_aliases JOIN merged_items ON merged_items.item_id = customer_aliases.alias_id"
     " SET customer_aliases.customer_id = ?"
     " WHERE merged_items.merge_id = ? AND merged_items.kind = 5 AND customer_aliases.customer_id = ?",
     nullptr},
};

}  // namespace

absl::Status MergeStore::Insert(Transaction& tx, const CustomerMerge& merge) {
  return tx
      .Execute(
          Sql("INSERT INTO customer_merges (id, survivor_id, merged_id, state, actor, merge_time, contacts,"
              " needs, interactions, subsidiaries, survivor_before, survivor_after, merged_before,"
              " merged_version, merged_create_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
              {merge.id, merge.survivor, merge.merged, static_cast<int64_t>(merge.state),
               servicekit::CutUtf8(merge.actor, 255), merge.merge_time, merge.contacts, merge.needs,
               merge.interactions, merge.subsidiaries, SnapshotToJson(merge.survivor_before),
               SnapshotToJson(merge.survivor_after), SnapshotToJson(merge.merged_before),
               merge.merged_before.version, merge.merged_before.create_time}))
      .status();
}

absl::StatusOr<CustomerMerge> MergeStore::Get(Transaction& tx, Id id) {
  return OrNotFound(tx.QueryOne(Sql(kSelect) + Sql(" WHERE id = ?", {id}), ReadMerge));
}

absl::StatusOr<CustomerMerge> MergeStore::Lock(Transaction& tx, Id id) {
  return OrNotFound(tx.QueryOne(Sql(kSelect) + Sql(" WHERE id = ? FOR UPDATE", {id}), ReadMerge));
}

absl::StatusOr<std::vector<CustomerMerge>> MergeStore::List(Transaction& tx, Id customer, Id before,
                                                            int64_t limit) {
  const Sql after = before.is_nil() ? Sql() : Sql(" AND id < ?", {before});
  const auto one_side = [&](SqlText where) {
    return Sql("(") + Sql(kSelect) + Sql(where, {customer}) + after +
           Sql(" ORDER BY id DESC LIMIT ?)", {limit});
  };
  return tx.QueryAll(one_side(" WHERE survivor_id = ?") + Sql(" UNION ALL ") +
                         one_side(" WHERE merged_id = ?") + Sql(" ORDER BY id DESC LIMIT ?", {limit}),
                     ReadMerge);
}

absl::Status MergeStore::MarkSplit(Transaction& tx, const CustomerMerge& merge) {
  return tx
      .Execute(Sql("UPDATE customer_merges SET state = ?, split_actor = ?, split_time = ? WHERE id = ?",
                   {static_cast<int64_t>(merge.state), servicekit::CutUtf8(merge.split_actor, 255),
                    merge.split_time, merge.id}))
      .status();
}

absl::Status MergeStore::MoveAll(Transaction& tx, CustomerMerge& merge, const std::vector<Id>& subsidiaries) {
  for (const Moving& moving : kMoving) {
    const absl::StatusOr<int64_t> count = tx.Execute(Sql(moving.remember, {merge.id, merge.merged}));
    if (!count.ok()) return count.status();
    if (moving.count != nullptr) merge.*moving.count = *count;
    if (*count == 0) continue;
    const absl::Status status = tx.Execute(Sql(moving.move, {merge.survivor, merge.merged})).status();
    if (!status.ok()) return status;
  }
  merge.subsidiaries = static_cast<int64_t>(subsidiaries.size());
  std::vector<std::vector<Parameter>> rows;
  for (const Id subsidiary : subsidiaries) {
    rows.push_back({merge.id, static_cast<int64_t>(MovedKind::kSubsidiary), subsidiary});
  }
  if (!rows.empty()) {
    const absl::Status status =
        tx.InsertMany("INSERT INTO merged_items (merge_id, kind, item_id) VALUES ", rows).status();
    if (!status.ok()) return status;
  }
  const std::string& number = merge.merged_before.registration_number;
  return tx
      .Execute(
          Sql("INSERT INTO customer_aliases (alias_id, customer_id, registration_number) VALUES (?, ?, ?)",
              {merge.merged, merge.survivor,
               number.empty() ? std::nullopt : std::optional(servicekit::Bytes{number})}))
      .status();
}

absl::Status MergeStore::MoveBack(Transaction& tx, const CustomerMerge& merge) {
  for (const Moving& moving : kMoving) {
    const absl::Status status =
        tx.Execute(Sql(moving.move_back, {merge.merged, merge.id, merge.survivor})).status();
    if (!status.ok()) return status;
  }
  return tx.Execute(Sql("DELETE FROM customer_aliases WHERE alias_id = ?", {merge.merged})).status();
}

absl::StatusOr<std::vector<Id>> MergeStore::Moved(Transaction& tx, Id merge, MovedKind kind) {
  return tx.QueryAll(Sql("SELECT item_id FROM merged_items WHERE merge_id = ? AND kind = ?",
                         {merge, static_cast<int64_t>(kind)}),
                     [](const Row& row) { return row.Id(0); });
}

absl::StatusOr<int64_t> MergeStore::CountAddedSince(Transaction& tx, const CustomerMerge& merge) {
  return tx.QueryOne(Sql("SELECT (SELECT COUNT(*) FROM contacts WHERE customer_id = ? AND create_time > ?)"
                         " + (SELECT COUNT(*) FROM needs WHERE customer_id = ? AND create_time > ?)"
                         " + (SELECT COUNT(*) FROM interactions WHERE customer_id = ? AND create_time > ?)",
                         {merge.survivor, merge.merge_time, merge.survivor, merge.merge_time, merge.survivor,
                          merge.merge_time}),
                     [](const Row& row) { return row.Int64(0); });
}

}  // namespace clientele::customer
