#include "customer-svc/store/transfer_store.h"

#include "customer-svc/store/customer_store.h"
#include "servicekit/access/row_rule.h"

namespace clientele::customer {
namespace {

using servicekit::Bytes;
using servicekit::Id;
using servicekit::Principal;
using servicekit::Row;
using servicekit::Sql;
using servicekit::Transaction;

Sql Meant(const Principal& writer, const TransferScope& scope) {
  Sql sql = MayWrite(writer, CustomerRowColumns());
  if (!scope.condition.empty()) sql += Sql(" AND ") + scope.condition;
  return sql;
}

}  // namespace

absl::StatusOr<TransferState> TransferStore::LockOrCreate(Transaction& tx, const TransferState& fresh,
                                                          absl::Time now) {
  const absl::Status created =
      tx.Execute(Sql("INSERT INTO transfers (request_id, fingerprint, after_id, until_id, moved, batches,"
                     " done, create_time) VALUES (?, ?, ?, ?, 0, 0, 0, ?)"
                     " ON DUPLICATE KEY UPDATE request_id = transfers.request_id",
                     {Bytes{fresh.request_id}, Bytes{fresh.fingerprint}, fresh.after, fresh.until, now}))
          .status();
  if (!created.ok()) return created;
  return tx.QueryOne(
      Sql("SELECT request_id, fingerprint, after_id, until_id, moved, batches, done FROM transfers"
          " WHERE request_id = ? FOR UPDATE",
          {Bytes{fresh.request_id}}),
      [](const Row& row) {
        return TransferState{.request_id = row.Blob(0),
                             .fingerprint = row.Blob(1),
                             .after = row.Id(2),
                             .until = row.Id(3),
                             .moved = row.Int64(4),
                             .batches = row.Int64(5),
                             .done = row.Bool(6)};
      });
}

absl::Status TransferStore::Update(Transaction& tx, const TransferState& state) {
  return tx
      .Execute(Sql("UPDATE transfers SET after_id = ?, moved = ?, batches = ?, done = ? WHERE request_id = ?",
                   {state.after, state.moved, state.batches, state.done, Bytes{state.request_id}}))
      .status();
}

absl::StatusOr<int64_t> TransferStore::CountBatches(Transaction& tx, const std::string& request_id) {
  const auto batches =
      tx.QueryAll(Sql("SELECT batches FROM transfers WHERE request_id = ? FOR UPDATE", {Bytes{request_id}}),
                  [](const Row& row) { return row.Int64(0); });
  if (!batches.ok()) return batches.status();
  return batches->empty() ? 0 : batches->front();
}

absl::StatusOr<std::vector<Id>> TransferStore::Next(Transaction& tx, const Principal& writer,
                                                    const TransferScope& scope, const TransferState& state,
                                                    int64_t limit) {
  return tx.QueryAll(
      Sql("SELECT customers.id FROM customers WHERE customers.id > ? AND customers.id <= ? AND ",
          {state.after, state.until}) +
          Meant(writer, scope) +
          Sql(" AND NOT (customers.owner_id <=> ? AND customers.team_id <=> ?)"
              " ORDER BY customers.id LIMIT ?",
              {scope.owner, scope.team, limit}),
      [](const Row& row) { return row.Id(0); });
}

absl::StatusOr<std::vector<TransferStore::Origin>> TransferStore::CountByOwner(Transaction& tx,
                                                                               const Principal& writer,
                                                                               const TransferScope& scope) {
  return tx.QueryAll(Sql("SELECT customers.owner_id, customers.team_id, COUNT(*) FROM customers WHERE ") +
                         Meant(writer, scope) +
                         Sql(" GROUP BY customers.owner_id, customers.team_id ORDER BY 3 DESC, 1, 2"),
                     [](const Row& row) {
                       return Origin{row.OptionalId(0), row.OptionalId(1), row.Int64(2)};
                     });
}

}  // namespace clientele::customer
