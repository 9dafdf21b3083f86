#include "customer-svc/store/import_store.h"

#include "customer-svc/store/lookup.h"
#include "servicekit/types/utf8.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::Row;
using servicekit::Sql;
using servicekit::SqlText;
using servicekit::Transaction;

constexpr SqlText kSelect = R"sql(
    SELECT id, description, state, actor, create_time, update_time, created, updated, unchanged, rejected,
           last_row, revert_before, reverted, kept
      FROM customer_imports)sql";

ImportRun ReadRun(const Row& row) {
  return {.id = row.Id(0),
          .description = row.Text(1),
          .state = static_cast<ImportRun::State>(row.Int64(2)),
          .actor = row.Text(3),
          .create_time = row.Time(4),
          .update_time = row.Time(5),
          .created = row.Int64(6),
          .updated = row.Int64(7),
          .unchanged = row.Int64(8),
          .rejected = row.Int64(9),
          .last_row = row.Int64(10),
          .revert_before = row.Id(11),
          .reverted = row.Int64(12),
          .kept = row.Int64(13)};
}

absl::StatusOr<ImportRun> OrNotFound(absl::StatusOr<ImportRun> run) {
  if (absl::IsNotFound(run.status())) return absl::NotFoundError("no such import");
  return run;
}

template <typename Child>
constexpr SqlText kDelete = "DELETE FROM contacts WHERE id IN ";
template <>
constexpr SqlText kDelete<Need> = "DELETE FROM needs WHERE id IN ";
template <>
constexpr SqlText kDelete<Interaction> = "DELETE FROM interactions WHERE id IN ";

}  // namespace

absl::Status ImportStore::Insert(Transaction& tx, const ImportRun& run) {
  return tx
      .Execute(
          Sql("INSERT INTO customer_imports (id, description, state, actor, create_time, update_time,"
              " created, updated, unchanged, rejected, last_row, revert_before, reverted, kept)"
              " VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, ?, 0, 0)",
              {run.id, run.description, static_cast<int64_t>(run.state), servicekit::CutUtf8(run.actor, 255),
               run.create_time, run.update_time, run.revert_before}))
      .status();
}

absl::StatusOr<ImportRun> ImportStore::Get(Transaction& tx, Id id) {
  return OrNotFound(tx.QueryOne(Sql(kSelect) + Sql(" WHERE id = ?", {id}), ReadRun));
}

absl::StatusOr<ImportRun> ImportStore::Lock(Transaction& tx, Id id) {
  return OrNotFound(tx.QueryOne(Sql(kSelect) + Sql(" WHERE id = ? FOR UPDATE", {id}), ReadRun));
}

absl::StatusOr<std::vector<ImportRun>> ImportStore::List(Transaction& tx, Id before, int64_t limit) {
  Sql sql(kSelect);
  if (!before.is_nil()) sql += Sql(" WHERE id < ?", {before});
  return tx.QueryAll(sql + Sql(" ORDER BY id DESC LIMIT ?", {limit}), ReadRun);
}

absl::Status ImportStore::Update(Transaction& tx, const ImportRun& run) {
  return tx
      .Execute(Sql("UPDATE customer_imports SET state = ?, update_time = ?, created = ?, updated = ?,"
                   " unchanged = ?, rejected = ?, last_row = ?, revert_before = ?, reverted = ?, kept = ?"
                   " WHERE id = ?",
                   {static_cast<int64_t>(run.state), run.update_time, run.created, run.updated, run.unchanged,
                    run.rejected, run.last_row, run.revert_before, run.reverted, run.kept, run.id}))
      .status();
}

absl::StatusOr<std::vector<ImportStore::Write>> ImportStore::Writes(Transaction& tx, Id import, Id before,
                                                                    int64_t limit) {
  Sql sql("SELECT id, time, resource, changes FROM history WHERE import_id = ?", {import});
  if (!before.is_nil()) sql += Sql(" AND id < ?", {before});
  return tx.QueryAll(sql + Sql(" ORDER BY id DESC LIMIT ?", {limit}), [](const Row& row) {
    return Write{row.Id(0), row.Time(1), row.Text(2), ChangesFromJson(row.Text(3))};
  });
}

template <typename Child>
absl::Status ImportStore::DeleteChildren(Transaction& tx, const std::vector<Id>& ids) {
  if (ids.empty()) return absl::OkStatus();
  const absl::Status status =
      tx.Execute(Sql("DELETE FROM match_keys WHERE source_id IN ") + InList(ids)).status();
  if (!status.ok()) return status;
  return tx.Execute(Sql(kDelete<Child>) + InList(ids)).status();
}
template absl::Status ImportStore::DeleteChildren<Contact>(Transaction&, const std::vector<Id>&);
template absl::Status ImportStore::DeleteChildren<Need>(Transaction&, const std::vector<Id>&);
template absl::Status ImportStore::DeleteChildren<Interaction>(Transaction&, const std::vector<Id>&);

absl::StatusOr<std::vector<Id>> ImportStore::InUse(Transaction& tx, const std::vector<Id>& customers) {
  if (customers.empty()) return std::vector<Id>();
  const Sql list = InList(customers);
  return tx.QueryAll(Sql("SELECT customer_id FROM contacts WHERE customer_id IN ") + list +
                         Sql(" UNION SELECT customer_id FROM needs WHERE customer_id IN ") + list +
                         Sql(" UNION SELECT customer_id FROM interactions WHERE customer_id IN ") + list +
                         Sql(" UNION SELECT parent_id FROM customers WHERE parent_id IN ") + list +
                         Sql(" UNION SELECT customer_id FROM customer_aliases WHERE customer_id IN ") + list,
                     [](const Row& row) { return row.Id(0); });
}

}  // namespace clientele::customer
