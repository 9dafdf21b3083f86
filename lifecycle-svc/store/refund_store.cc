#include "lifecycle-svc/store/columns.h"
#include "lifecycle-svc/store/order_store.h"

// The part of OrderStore that is about what was given back.
namespace clientele::lifecycle {
namespace {

using servicekit::Parameter;
using servicekit::Row;

constexpr servicekit::SqlText kSelect =
    "SELECT order_id, id, amount, base_amount, refund_time, note, external_system, external_id, create_time"
    " FROM refunds";

Refund ReadRefund(const Row& row) {
  Refund refund;
  refund.order = row.Id(0);
  refund.id = row.Id(1);
  refund.amount = row.Decimal(2);
  refund.base_amount = row.Decimal(3);
  refund.refund_time = row.Time(4);
  refund.note = row.Text(5);
  refund.external_id = ReadExternalId(row, 6);
  refund.create_time = row.Time(8);
  return refund;
}

}  // namespace

absl::StatusOr<std::vector<Refund>> OrderStore::FindRefunds(Transaction& tx,
                                                            const std::vector<ExternalId>& ids) {
  if (ids.empty()) return std::vector<Refund>();
  return tx.QueryAll(Sql(kSelect) + Sql(" WHERE") + ExternalIdIn(ids), ReadRefund);
}

absl::StatusOr<std::vector<Refund>> OrderStore::ListRefunds(Transaction& tx, Id order, absl::Time after_time,
                                                            Id after, int limit) {
  Sql sql = Sql(kSelect) + Sql(" WHERE order_id = ?", {order});
  if (!after.is_nil()) {
    sql += Sql(" AND refund_time >= ? AND (refund_time > ? OR id > ?)", {after_time, after_time, after});
  }
  return tx.QueryAll(sql + Sql(" ORDER BY refund_time, id LIMIT ?", {limit}), ReadRefund);
}

absl::Status OrderStore::InsertRefunds(Transaction& tx, const std::vector<Refund>& refunds) {
  if (refunds.empty()) return absl::OkStatus();
  std::vector<std::vector<Parameter>> rows;
  rows.reserve(refunds.size());
  for (const Refund& r : refunds) {
    rows.push_back({r.order, r.id, r.amount, r.base_amount, r.refund_time, r.note, SystemOf(r.external_id),
                    IdOf(r.external_id), r.create_time});
  }
  return tx
      .InsertMany(
          "INSERT INTO refunds (order_id, id, amount, base_amount, refund_time, note, external_system,"
          " external_id, create_time) VALUES ",
          rows)
      .status();
}

}  // namespace clientele::lifecycle
