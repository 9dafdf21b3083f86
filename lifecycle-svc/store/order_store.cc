#include "lifecycle-svc/store/order_store.h"

#include "absl/container/flat_hash_map.h"
#include "lifecycle-svc/store/columns.h"

namespace clientele::lifecycle {
namespace {

using servicekit::Parameter;
using servicekit::Row;

constexpr servicekit::SqlText kSelect =
    "SELECT o.id, o.customer_id, o.opportunity_id, o.order_time, CAST(o.due_date AS CHAR), o.currency, "
    "o.rate, o.total,"
    " o.base_total, o.base_cost, o.paid, o.base_paid, o.external_system, o.external_id, o.create_time, "
    "o.version, o.returned, o.base_returned, o.returned_cost, o.base_returned_cost, o.cancel_time,"
    " o.cancel_reason, o.instalment_count, o.refunded, o.base_refunded FROM orders o";
constexpr servicekit::SqlText kJoinRule = " JOIN journeys j ON j.customer_id = o.customer_id WHERE ";

Order ReadOrder(const Row& row) {
  Order order;
  order.id = row.Id(0);
  order.customer = row.Id(1);
  order.opportunity = row.OptionalId(2);
  order.order_time = row.Time(3);
  order.due_date = ReadDate(row, 4);
  order.currency = row.Text(5);
  order.rate = row.Decimal(6);
  order.total = row.Decimal(7);
  order.base_total = row.Decimal(8);
  order.base_cost = row.Decimal(9);
  order.paid = row.Decimal(10);
  order.base_paid = row.Decimal(11);
  order.external_id = ReadExternalId(row, 12);
  order.create_time = row.Time(14);
  order.version = row.Int64(15);
  order.returned = row.Decimal(16);
  order.base_returned = row.Decimal(17);
  order.returned_cost = row.Decimal(18);
  order.base_returned_cost = row.Decimal(19);
  order.cancel_time = row.OptionalTime(20);
  order.cancel_reason = row.Text(21);
  order.instalments.resize(static_cast<size_t>(row.Int64(22)));  // Read by ReadInstalments.
  order.refunded = row.Decimal(23);
  order.base_refunded = row.Decimal(24);
  return order;
}

// Most orders have none, so that most lists need no statement for them.
absl::Status ReadInstalments(Transaction& tx, const absl::flat_hash_map<Id, Order*>& orders) {
  std::vector<Id> ids;
  for (const auto& [id, order] : orders) {
    if (!order->instalments.empty()) ids.push_back(id);
  }
  if (ids.empty()) return absl::OkStatus();
  return tx.Query(Sql("SELECT order_id, position, CAST(due_date AS CHAR), amount FROM order_instalments"
                      " WHERE order_id IN ") +
                      InList(ids),
                  [&](const Row& row) {
                    orders.at(row.Id(0))->instalments.at(static_cast<size_t>(row.Int64(1))) = {
                        *ReadDate(row, 2), row.Decimal(3)};
                    return absl::OkStatus();
                  });
}

// The orders that `sql` selects, with their lines.
absl::StatusOr<std::vector<Order>> ReadOrders(Transaction& tx, const Sql& sql) {
  absl::StatusOr<std::vector<Order>> orders = tx.QueryAll(sql, ReadOrder);
  if (!orders.ok() || orders->empty()) return orders;
  absl::flat_hash_map<Id, Order*> by_id;
  std::vector<Id> ids;
  for (Order& order : *orders) {
    by_id[order.id] = &order;
    ids.push_back(order.id);
  }
  absl::Status status = tx.Query(
      Sql("SELECT order_id, product_id, description, quantity, amount, unit_cost, returned_quantity,"
          " returned_amount FROM order_lines WHERE order_id IN ") +
          InList(ids) + Sql(" ORDER BY order_id, line"),
      [&](const Row& row) {
        by_id[row.Id(0)]->lines.push_back({row.OptionalId(1), row.Text(2), row.Int64(3), row.Decimal(4),
                                           row.Decimal(5), row.Int64(6), row.Decimal(7)});
        return absl::OkStatus();
      });
  if (status.ok()) status = ReadInstalments(tx, by_id);
  if (!status.ok()) return status;
  return orders;
}

// 1 to 3, as in the contract's Order.State.
int64_t StateOf(const Order& order) { return order.is_cancelled() ? 3 : order.is_paid() ? 2 : 1; }

constexpr servicekit::SqlText kSelectPayments =
    "SELECT order_id, id, amount, base_amount, pay_time, external_system, external_id, create_time FROM "
    "payments";

Payment ReadPayment(const Row& row) {
  Payment payment;
  payment.order = row.Id(0);
  payment.id = row.Id(1);
  payment.amount = row.Decimal(2);
  payment.base_amount = row.Decimal(3);
  payment.pay_time = row.Time(4);
  payment.external_id = ReadExternalId(row, 5);
  payment.create_time = row.Time(7);
  return payment;
}

}  // namespace

absl::StatusOr<Id> OrderStore::FindCustomer(Transaction& tx, Id id) {
  return tx.QueryOne(Sql("SELECT customer_id FROM orders WHERE id = ?", {id}),
                     [](const Row& row) { return row.Id(0); });
}

absl::StatusOr<std::vector<Order>> OrderStore::Find(Transaction& tx, const std::vector<Id>& ids) {
  if (ids.empty()) return std::vector<Order>();
  return ReadOrders(tx, Sql(kSelect) + Sql(" WHERE o.id IN ") + InList(ids));
}

absl::StatusOr<std::vector<Order>> OrderStore::Find(Transaction& tx, const std::vector<ExternalId>& ids) {
  if (ids.empty()) return std::vector<Order>();
  return ReadOrders(tx, Sql(kSelect) + Sql(" WHERE") + ExternalIdIn(ids));
}

absl::StatusOr<Order> OrderStore::Get(Transaction& tx, Id id, const Sql& rule) {
  absl::StatusOr<std::vector<Order>> orders =
      ReadOrders(tx, Sql(kSelect) + Sql(kJoinRule) + Sql("o.id = ? AND ", {id}) + rule);
  if (!orders.ok()) return orders.status();
  if (orders->empty()) return absl::NotFoundError("not found");
  return std::move(orders->front());
}

absl::StatusOr<std::vector<Order>> OrderStore::List(Transaction& tx, const Sql& rule, const Sql& condition,
                                                    const Sql& order_by, int limit) {
  return ReadOrders(tx, Sql(kSelect) + Sql(kJoinRule) + rule + condition + Sql(" ORDER BY ") + order_by +
                            Sql(" LIMIT ?", {limit}));
}

absl::StatusOr<OrderStore::Summary> OrderStore::Summarize(Transaction& tx, const Sql& rule,
                                                          const Sql& condition) {
  absl::StatusOr<Summary> summary =
      tx.QueryOne(Sql("SELECT CAST(COALESCE(SUM(o.cancel_time IS NULL), 0) AS SIGNED),"
                      " COUNT(DISTINCT CASE WHEN o.cancel_time IS NULL THEN o.customer_id END),"
                      " CAST(SUM(CASE WHEN o.cancel_time IS NULL THEN o.base_total END) AS CHAR),"
                      " CAST(SUM(CASE WHEN o.cancel_time IS NULL THEN o.base_cost END) AS CHAR),"
                      " CAST(SUM(CASE WHEN o.cancel_time IS NULL THEN o.base_paid END) AS CHAR),"
                      " CAST(SUM(o.base_returned) AS CHAR), CAST(SUM(o.base_returned_cost) AS CHAR),"
                      " CAST(COALESCE(SUM(o.cancel_time IS NOT NULL), 0) AS SIGNED),"
                      " CAST(SUM(CASE WHEN o.cancel_time IS NOT NULL THEN o.base_total END) AS CHAR),"
                      " CAST(SUM(CASE WHEN o.cancel_time IS NOT NULL THEN o.base_paid END) AS CHAR),"
                      " CAST(SUM(o.base_refunded) AS CHAR) FROM orders o") +
                      Sql(kJoinRule) + rule + condition,
                  [](const Row& row) {
                    return Summary{row.Int64(0),    row.Int64(1),    ReadSum(row, 2),  ReadSum(row, 3),
                                   ReadSum(row, 4), ReadSum(row, 5), ReadSum(row, 6),  row.Int64(7),
                                   ReadSum(row, 8), ReadSum(row, 9), ReadSum(row, 10), {}};
                  });
  if (!summary.ok()) return summary;
  auto totals =
      tx.QueryAll(Sql("SELECT o.currency, CAST(SUM(o.total) AS CHAR) FROM orders o") + Sql(kJoinRule) + rule +
                      condition + Sql(" AND o.cancel_time IS NULL GROUP BY 1 ORDER BY 1"),
                  [](const Row& row) {
                    return servicekit::Money{row.Text(0), ReadSum(row, 1)};
                  });
  if (!totals.ok()) return totals.status();
  summary->totals = *std::move(totals);
  return summary;
}

absl::Status OrderStore::Insert(Transaction& tx, const std::vector<Order>& orders) {
  if (orders.empty()) return absl::OkStatus();
  std::vector<std::vector<Parameter>> rows, lines, instalments;
  rows.reserve(orders.size());
  for (const Order& o : orders) {
    rows.push_back({o.id,
                    o.customer,
                    o.opportunity,
                    o.order_time,
                    DateOf(o.due_date),
                    o.currency,
                    o.rate,
                    o.total,
                    o.base_total,
                    o.base_cost,
                    o.paid,
                    o.base_paid,
                    StateOf(o),
                    SystemOf(o.external_id),
                    IdOf(o.external_id),
                    o.create_time,
                    o.version,
                    o.returned,
                    o.base_returned,
                    o.returned_cost,
                    o.base_returned_cost,
                    o.cancel_time,
                    o.cancel_reason,
                    o.instalments.size(),
                    o.refunded,
                    o.base_refunded});
    for (size_t i = 0; i < o.lines.size(); ++i) {
      const OrderLine& line = o.lines[i];
      lines.push_back({o.id, i, line.product, line.description, line.quantity, line.amount, line.unit_cost,
                       line.returned_quantity, line.returned_amount});
    }
    for (size_t i = 0; i < o.instalments.size(); ++i) {
      instalments.push_back({o.id, i, DateOf(o.instalments[i].due_date), o.instalments[i].amount});
    }
  }
  absl::Status status =
      tx.InsertMany(
            "INSERT INTO orders (id, customer_id, opportunity_id, order_time, due_date, currency, rate, "
            "total,"
            " base_total, base_cost, paid, base_paid, state, external_system, external_id, create_time,"
            " version, returned, base_returned, returned_cost, base_returned_cost, cancel_time, "
            "cancel_reason,"
            " instalment_count, refunded, base_refunded) VALUES ",
            rows)
          .status();
  if (status.ok()) {
    status = tx.InsertMany(
                   "INSERT INTO order_lines (order_id, line, product_id, description, quantity, amount,"
                   " unit_cost, returned_quantity, returned_amount) VALUES ",
                   lines)
                 .status();
  }
  if (status.ok() && !instalments.empty()) {
    status = tx.InsertMany("INSERT INTO order_instalments (order_id, position, due_date, amount) VALUES ",
                           instalments)
                 .status();
  }
  return status;
}

absl::Status OrderStore::Update(Transaction& tx, const Order& order) {
  return tx
      .Execute(Sql("UPDATE orders SET paid = ?, base_paid = ?, state = ?, version = ?, returned = ?,"
                   " base_returned = ?, returned_cost = ?, base_returned_cost = ?, cancel_time = ?,"
                   " cancel_reason = ?, refunded = ?, base_refunded = ? WHERE id = ?",
                   {order.paid, order.base_paid, StateOf(order), order.version, order.returned,
                    order.base_returned, order.returned_cost, order.base_returned_cost, order.cancel_time,
                    order.cancel_reason, order.refunded, order.base_refunded, order.id}))
      .status();
}

absl::Status OrderStore::UpdateReturned(Transaction& tx, const Order& order) {
  for (size_t i = 0; i < order.lines.size(); ++i) {
    const OrderLine& line = order.lines[i];
    if (line.returned_quantity == 0) continue;
    const absl::Status status =
        tx.Execute(Sql("UPDATE order_lines SET returned_quantity = ?, returned_amount = ?"
                       " WHERE order_id = ? AND line = ?",
                       {line.returned_quantity, line.returned_amount, order.id, i}))
            .status();
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Payment>> OrderStore::FindPayments(Transaction& tx,
                                                              const std::vector<ExternalId>& ids) {
  if (ids.empty()) return std::vector<Payment>();
  return tx.QueryAll(Sql(kSelectPayments) + Sql(" WHERE") + ExternalIdIn(ids), ReadPayment);
}

absl::StatusOr<std::vector<Payment>> OrderStore::ListPayments(Transaction& tx, Id order,
                                                              absl::Time after_time, Id after, int limit) {
  Sql sql = Sql(kSelectPayments) + Sql(" WHERE order_id = ?", {order});
  if (!after.is_nil()) {
    sql += Sql(" AND pay_time >= ? AND (pay_time > ? OR id > ?)", {after_time, after_time, after});
  }
  return tx.QueryAll(sql + Sql(" ORDER BY pay_time, id LIMIT ?", {limit}), ReadPayment);
}

absl::Status OrderStore::InsertPayments(Transaction& tx, const std::vector<Payment>& payments) {
  if (payments.empty()) return absl::OkStatus();
  std::vector<std::vector<Parameter>> rows;
  rows.reserve(payments.size());
  for (const Payment& p : payments) {
    rows.push_back({p.order, p.id, p.amount, p.base_amount, p.pay_time, SystemOf(p.external_id),
                    IdOf(p.external_id), p.create_time});
  }
  return tx
      .InsertMany(
          "INSERT INTO payments (order_id, id, amount, base_amount, pay_time, external_system, external_id,"
          " create_time) VALUES ",
          rows)
      .status();
}

}  // namespace clientele::lifecycle
