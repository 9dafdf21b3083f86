#ifndef LIFECYCLE_SVC_STORE_ORDER_STORE_H_
#define LIFECYCLE_SVC_STORE_ORDER_STORE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lifecycle-svc/domain/order.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::lifecycle {

using servicekit::Sql;
using servicekit::Transaction;

// Orders with their lines, instalments, payments, refunds and returns.
class OrderStore {
 public:
  // Cancelled orders count in the fields named after them only.
  struct Summary {
    int64_t order_count = 0;
    int64_t customer_count = 0;
    Decimal base_total;
    Decimal base_cost;
    Decimal base_paid;
    Decimal base_returned;
    Decimal base_returned_cost;
    int64_t cancelled_count = 0;
    Decimal base_cancelled;
    Decimal base_cancelled_paid;
    Decimal base_refunded;  // Of all.
    std::vector<servicekit::Money> totals;
  };

  // NOT_FOUND when there is none. Which customer it belongs to never changes.
  static absl::StatusOr<Id> FindCustomer(Transaction& tx, Id id);
  // With their lines.
  static absl::StatusOr<std::vector<Order>> Find(Transaction& tx, const std::vector<Id>& ids);
  static absl::StatusOr<std::vector<Order>> Find(Transaction& tx, const std::vector<ExternalId>& ids);
  static absl::StatusOr<Order> Get(Transaction& tx, Id id, const Sql& rule);
  // Orders `o` of journeys `j`, `order_by` as it stands behind ORDER BY.
  static absl::StatusOr<std::vector<Order>> List(Transaction& tx, const Sql& rule, const Sql& condition,
                                                 const Sql& order_by, int limit);
  static absl::StatusOr<Summary> Summarize(Transaction& tx, const Sql& rule, const Sql& condition);
  // ALREADY_EXISTS when an external id is taken.
  static absl::Status Insert(Transaction& tx, const std::vector<Order>& orders);
  // What was paid, came back or was cancelled; an order does not change otherwise.
  static absl::Status Update(Transaction& tx, const Order& order);
  // What came back of each line.
  static absl::Status UpdateReturned(Transaction& tx, const Order& order);

  static absl::StatusOr<std::vector<Payment>> FindPayments(Transaction& tx,
                                                           const std::vector<ExternalId>& ids);
  static absl::StatusOr<std::vector<Payment>> ListPayments(Transaction& tx, Id order, absl::Time after_time,
                                                           Id after, int limit);
  static absl::Status InsertPayments(Transaction& tx, const std::vector<Payment>& payments);

  static absl::StatusOr<std::vector<Refund>> FindRefunds(Transaction& tx, const std::vector<ExternalId>& ids);
  static absl::StatusOr<std::vector<Refund>> ListRefunds(Transaction& tx, Id order, absl::Time after_time,
                                                         Id after, int limit);
  // ALREADY_EXISTS when an external id is taken.
  static absl::Status InsertRefunds(Transaction& tx, const std::vector<Refund>& refunds);

  static absl::StatusOr<std::vector<OrderReturn>> FindReturns(Transaction& tx,
                                                              const std::vector<ExternalId>& ids);
  static absl::StatusOr<std::vector<OrderReturn>> ListReturns(Transaction& tx, Id order,
                                                              absl::Time after_time, Id after, int limit);
  // ALREADY_EXISTS when an external id is taken.
  static absl::Status InsertReturns(Transaction& tx, const std::vector<OrderReturn>& returns);
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_STORE_ORDER_STORE_H_
