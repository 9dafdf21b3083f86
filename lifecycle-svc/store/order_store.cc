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
    "o.version"
    " FROM orders o";
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
  return order;
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
  const absl::Status status =
      tx.Query(Sql("SELECT order_id, product_id, description, quantity, amount, unit_cost FROM order_lines"
                   " WHERE order_id IN ") +
                   InList(ids) + Sql(" ORDER BY order_id, line"),
               [&](const Row& row) {
                 by_id[row.Id(0)]->lines.push_back(
                     {row.OptionalId(1), row.Text(2), row.Int64(3), row.Decimal(4), row.Decimal(5)});
                 return absl::OkStatus();
               });
  if (!status.ok()) return status;
  return orders;
}

// 1 and 2, as in the contract's Order.State.
int64_t StateOf(const Order& order) { return order.is_paid() ? 2 : 1; }

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

constexpr servicekit::SqlText kSelectReferrals =
    "SELECT r.id, r.referrer_id, r.opportunity_id, r.referred_id, r.influence_percent, r.event_time, "
    "r.external_system,"
    " r.external_id, r.create_time FROM referrals r";

Referral ReadReferral(const Row& row) {
  Referral referral;
  referral.id = row.Id(0);
  referral.referrer = row.Id(1);
  referral.opportunity = row.Id(2);
  referral.referred = row.Id(3);
  referral.influence_percent = static_cast<int>(row.Int64(4));
  referral.event_time = row.Time(5);
  referral.external_id = ReadExternalId(row, 6);
  referral.create_time = row.Time(8);
  return referral;
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

absl::StatusOr<std::vector<Order>> OrderStore::FindByOpportunity(Transaction& tx,
                                                                 const std::vector<Id>& opportunities) {
  if (opportunities.empty()) return std::vector<Order>();
  return ReadOrders(tx, Sql(kSelect) + Sql(" WHERE o.opportunity_id IN ") + InList(opportunities));
}

absl::StatusOr<Order> OrderStore::Get(Transaction& tx, Id id, const Sql& rule) {
  absl::StatusOr<std::vector<Order>> orders =
      ReadOrders(tx, Sql(kSelect) + Sql(kJoinRule) + Sql("o.id = ? AND ", {id}) + rule);
  if (!orders.ok()) return orders.status();
  if (orders->empty()) return absl::NotFoundError("not found");
  return std::move(orders->front());
}

absl::StatusOr<std::vector<Order>> OrderStore::List(Transaction& tx, const Sql& rule, const Sql& condition,
                                                    Id after, int limit) {
  return ReadOrders(tx, Sql(kSelect) + Sql(kJoinRule) + Sql("o.id > ? AND ", {after}) + rule + condition +
                            Sql(" ORDER BY o.id LIMIT ?", {limit}));
}

absl::StatusOr<OrderStore::Summary> OrderStore::Summarize(Transaction& tx, const Sql& rule,
                                                          const Sql& condition) {
  absl::StatusOr<Summary> summary = tx.QueryOne(
      Sql("SELECT COUNT(*), COUNT(DISTINCT o.customer_id), CAST(SUM(o.base_total) AS CHAR),"
          " CAST(SUM(o.base_cost) AS CHAR), CAST(SUM(o.base_paid) AS CHAR) FROM orders o") +
          Sql(kJoinRule) + rule + condition,
      [](const Row& row) {
        return Summary{row.Int64(0), row.Int64(1), ReadSum(row, 2), ReadSum(row, 3), ReadSum(row, 4), {}};
      });
  if (!summary.ok()) return summary;
  auto totals = tx.QueryAll(Sql("SELECT o.currency, CAST(SUM(o.total) AS CHAR) FROM orders o") +
                                Sql(kJoinRule) + rule + condition + Sql(" GROUP BY 1 ORDER BY 1"),
                            [](const Row& row) {
                              return servicekit::Money{row.Text(0), ReadSum(row, 1)};
                            });
  if (!totals.ok()) return totals.status();
  summary->totals = *std::move(totals);
  return summary;
}

absl::Status OrderStore::Insert(Transaction& tx, const std::vector<Order>& orders) {
  if (orders.empty()) return absl::OkStatus();
  std::vector<std::vector<Parameter>> rows, lines;
  rows.reserve(orders.size());
  for (const Order& o : orders) {
    rows.push_back({o.id, o.customer, o.opportunity, o.order_time, DateOf(o.due_date), o.currency, o.rate,
                    o.total, o.base_total, o.base_cost, o.paid, o.base_paid, StateOf(o),
                    SystemOf(o.external_id), IdOf(o.external_id), o.create_time, o.version});
    for (size_t i = 0; i < o.lines.size(); ++i) {
      const OrderLine& line = o.lines[i];
      lines.push_back({o.id, i, line.product, line.description, line.quantity, line.amount, line.unit_cost});
    }
  }
  const absl::Status status = tx.InsertMany(
                                    "INSERT INTO orders (id, customer_id, opportunity_id, order_time, "
                                    "due_date, currency, rate, total,"
                                    " base_total, base_cost, paid, base_paid, state, external_system, "
                                    "external_id, create_time, version)"
                                    " VALUES ",
                                    rows)
                                  .status();
  if (!status.ok()) return status;
  return tx
      .InsertMany(
          "INSERT INTO order_lines (order_id, line, product_id, description, quantity, amount, unit_cost) "
          "VALUES ",
          lines)
      .status();
}

absl::Status OrderStore::UpdatePaid(Transaction& tx, const Order& order) {
  return tx
      .Execute(Sql("UPDATE orders SET paid = ?, base_paid = ?, state = ?, version = ? WHERE id = ?",
                   {order.paid, order.base_paid, StateOf(order), order.version, order.id}))
      .status();
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

absl::Status ReferralStore::Lock(Transaction& tx) {
  return tx.Query(Sql("SELECT id FROM referral_lock WHERE id = 1 FOR UPDATE"),
                  [](const Row&) { return absl::OkStatus(); });
}

absl::StatusOr<std::vector<Referral>> ReferralStore::Find(Transaction& tx,
                                                          const std::vector<ExternalId>& ids) {
  if (ids.empty()) return std::vector<Referral>();
  return tx.QueryAll(Sql(kSelectReferrals) + Sql(" WHERE") + ExternalIdIn(ids), ReadReferral);
}

absl::StatusOr<std::vector<Referral>> ReferralStore::List(Transaction& tx, const Sql& rule, Id after,
                                                          int limit) {
  return tx.QueryAll(
      Sql(kSelectReferrals) +
          Sql(" JOIN journeys j ON j.customer_id = r.referred_id WHERE r.id > ? AND ", {after}) + rule +
          Sql(" ORDER BY r.id LIMIT ?", {limit}),
      ReadReferral);
}

absl::StatusOr<std::vector<std::pair<Id, int>>> ReferralStore::SumShares(
    Transaction& tx, const std::vector<Id>& opportunities) {
  if (opportunities.empty()) return std::vector<std::pair<Id, int>>();
  return tx.QueryAll(
      Sql("SELECT opportunity_id, CAST(SUM(influence_percent) AS SIGNED) FROM referrals WHERE opportunity_id "
          "IN ") +
          InList(opportunities) + Sql(" GROUP BY opportunity_id"),
      [](const Row& row) { return std::pair<Id, int>(row.Id(0), static_cast<int>(row.Int64(1))); });
}

absl::StatusOr<ReferralGraph> ReferralStore::Reach(Transaction& tx, std::vector<Id> customers) {
  ReferralGraph graph;
  absl::flat_hash_set<Id> seen(customers.begin(), customers.end());
  while (!customers.empty()) {
    std::vector<Id> next;
    const absl::Status status =
        tx.Query(Sql("SELECT DISTINCT referrer_id, referred_id FROM referrals WHERE referrer_id IN ") +
                     InList(customers),
                 [&](const Row& row) {
                   graph[row.Id(0)].insert(row.Id(1));
                   if (seen.insert(row.Id(1)).second) next.push_back(row.Id(1));
                   return absl::OkStatus();
                 });
    if (!status.ok()) return status;
    customers = std::move(next);
  }
  return graph;
}

absl::Status ReferralStore::Insert(Transaction& tx, const std::vector<Referral>& referrals) {
  if (referrals.empty()) return absl::OkStatus();
  std::vector<std::vector<Parameter>> rows;
  rows.reserve(referrals.size());
  for (const Referral& r : referrals) {
    rows.push_back({r.id, r.referrer, r.opportunity, r.referred, r.influence_percent, r.event_time,
                    SystemOf(r.external_id), IdOf(r.external_id), r.create_time});
  }
  return tx
      .InsertMany(
          "INSERT INTO referrals (id, referrer_id, opportunity_id, referred_id, influence_percent, "
          "event_time,"
          " external_system, external_id, create_time) VALUES ",
          rows)
      .status();
}

}  // namespace clientele::lifecycle
