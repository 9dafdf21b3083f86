#ifndef LIFECYCLE_SVC_STORE_ORDER_STORE_H_
#define LIFECYCLE_SVC_STORE_ORDER_STORE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lifecycle-svc/domain/order.h"
#include "lifecycle-svc/domain/referral.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::lifecycle {

using servicekit::Sql;
using servicekit::Transaction;

// Orders with their lines and payments.
class OrderStore {
 public:
  struct Summary {
    int64_t order_count = 0;
    int64_t customer_count = 0;
    Decimal base_total;
    Decimal base_cost;
    Decimal base_paid;
    std::vector<servicekit::Money> totals;
  };

  // NOT_FOUND when there is none. Which customer it belongs to never changes.
  static absl::StatusOr<Id> FindCustomer(Transaction& tx, Id id);
  // With their lines.
  static absl::StatusOr<std::vector<Order>> Find(Transaction& tx, const std::vector<Id>& ids);
  static absl::StatusOr<std::vector<Order>> Find(Transaction& tx, const std::vector<ExternalId>& ids);
  static absl::StatusOr<std::vector<Order>> FindByOpportunity(Transaction& tx,
                                                              const std::vector<Id>& opportunities);
  static absl::StatusOr<Order> Get(Transaction& tx, Id id, const Sql& rule);
  static absl::StatusOr<std::vector<Order>> List(Transaction& tx, const Sql& rule, const Sql& condition,
                                                 Id after, int limit);
  static absl::StatusOr<Summary> Summarize(Transaction& tx, const Sql& rule, const Sql& condition);
  // ALREADY_EXISTS when an external id is taken.
  static absl::Status Insert(Transaction& tx, const std::vector<Order>& orders);
  // What has been paid; an order does not change otherwise.
  static absl::Status UpdatePaid(Transaction& tx, const Order& order);

  static absl::StatusOr<std::vector<Payment>> FindPayments(Transaction& tx,
                                                           const std::vector<ExternalId>& ids);
  static absl::StatusOr<std::vector<Payment>> ListPayments(Transaction& tx, Id order, absl::Time after_time,
                                                           Id after, int limit);
  static absl::Status InsertPayments(Transaction& tx, const std::vector<Payment>& payments);
};

class ReferralStore {
 public:
  // One writer at a time. Must come before any plain read of the transaction.
  static absl::Status Lock(Transaction& tx);
  static absl::StatusOr<std::vector<Referral>> Find(Transaction& tx, const std::vector<ExternalId>& ids);
  // `rule` is over journeys j of the one referred.
  static absl::StatusOr<std::vector<Referral>> List(Transaction& tx, const Sql& rule, Id after, int limit);
  // Opportunity and the sum of its shares.
  static absl::StatusOr<std::vector<std::pair<Id, int>>> SumShares(Transaction& tx,
                                                                   const std::vector<Id>& opportunities);
  // Everything that can be reached from these customers.
  static absl::StatusOr<ReferralGraph> Reach(Transaction& tx, std::vector<Id> customers);
  static absl::Status Insert(Transaction& tx, const std::vector<Referral>& referrals);
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_STORE_ORDER_STORE_H_
