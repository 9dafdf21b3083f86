#include <utility>

#include "absl/container/flat_hash_map.h"
#include "lifecycle-svc/store/columns.h"
#include "lifecycle-svc/store/order_store.h"

// The part of OrderStore that is about what came back.
namespace clientele::lifecycle {
namespace {

using servicekit::Parameter;
using servicekit::Row;

constexpr servicekit::SqlText kSelect =
    "SELECT order_id, id, reason, discarded, return_time, amount, base_amount, base_cost, external_system,"
    " external_id, create_time FROM order_returns";

OrderReturn ReadReturn(const Row& row) {
  OrderReturn order_return;
  order_return.order = row.Id(0);
  order_return.id = row.Id(1);
  order_return.reason = row.Text(2);
  order_return.discarded = row.Bool(3);
  order_return.return_time = row.Time(4);
  order_return.amount = row.Decimal(5);
  order_return.base_amount = row.Decimal(6);
  order_return.base_cost = row.Decimal(7);
  order_return.external_id = ReadExternalId(row, 8);
  order_return.create_time = row.Time(10);
  return order_return;
}

// The returns that `sql` selects, with their lines.
absl::StatusOr<std::vector<OrderReturn>> ReadReturns(Transaction& tx, const Sql& sql) {
  absl::StatusOr<std::vector<OrderReturn>> returns = tx.QueryAll(sql, ReadReturn);
  if (!returns.ok() || returns->empty()) return returns;
  absl::flat_hash_map<Id, OrderReturn*> by_id;
  std::vector<Id> ids;
  for (OrderReturn& order_return : *returns) {
    by_id[order_return.id] = &order_return;
    ids.push_back(order_return.id);
  }
  const absl::Status status = tx.Query(
      Sql("SELECT return_id, line, quantity, amount FROM order_return_lines WHERE return_id IN ") +
          InList(ids) + Sql(" ORDER BY return_id, position"),
      [&](const Row& row) {
        by_id[row.Id(0)]->lines.push_back({static_cast<int>(row.Int64(1)), row.Int64(2), row.Decimal(3)});
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return returns;
}

}  // namespace

absl::StatusOr<std::vector<OrderReturn>> OrderStore::FindReturns(Transaction& tx,
                                                                 const std::vector<ExternalId>& ids) {
  if (ids.empty()) return std::vector<OrderReturn>();
  return ReadReturns(tx, Sql(kSelect) + Sql(" WHERE") + ExternalIdIn(ids));
}

absl::StatusOr<std::vector<OrderReturn>> OrderStore::ListReturns(Transaction& tx, Id order,
                                                                 absl::Time after_time, Id after, int limit) {
  Sql sql = Sql(kSelect) + Sql(" WHERE order_id = ?", {order});
  if (!after.is_nil()) {
    sql += Sql(" AND return_time >= ? AND (return_time > ? OR id > ?)", {after_time, after_time, after});
  }
  return ReadReturns(tx, sql + Sql(" ORDER BY return_time, id LIMIT ?", {limit}));
}

absl::Status OrderStore::InsertReturns(Transaction& tx, const std::vector<OrderReturn>& returns) {
  if (returns.empty()) return absl::OkStatus();
  std::vector<std::vector<Parameter>> rows, lines;
  rows.reserve(returns.size());
  for (const OrderReturn& r : returns) {
    rows.push_back({r.order, r.id, r.reason, r.discarded, r.return_time, r.amount, r.base_amount, r.base_cost,
                    SystemOf(r.external_id), IdOf(r.external_id), r.create_time});
    for (size_t i = 0; i < r.lines.size(); ++i) {
      lines.push_back({r.id, i, r.lines[i].line, r.lines[i].quantity, r.lines[i].amount});
    }
  }
  const absl::Status status =
      tx.InsertMany(
            "INSERT INTO order_returns (order_id, id, reason, discarded, return_time, amount, base_amount,"
            " base_cost, external_system, external_id, create_time) VALUES ",
            rows)
          .status();
  if (!status.ok()) return status;
  return tx
      .InsertMany("INSERT INTO order_return_lines (return_id, position, line, quantity, amount) VALUES ",
                  lines)
      .status();
}

}  // namespace clientele::lifecycle
