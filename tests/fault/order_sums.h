#ifndef TESTS_FAULT_ORDER_SUMS_H_
#define TESTS_FAULT_ORDER_SUMS_H_

#include <cstdint>
#include <optional>
#include <ostream>

#include "clientele/lifecycle/v1/order_service.grpc.pb.h"
#include "clientele/value/v1/fact_service.grpc.pb.h"
#include "tests/cluster/cluster.h"

namespace clientele::tests {

inline int64_t MicrosOf(const google::type::Money& money) {
  return money.units() * 1'000'000 + money.nanos() / 1000;
}

// What all orders, payments, cancellations and returns come to, in micro-units of the base currency.
struct OrderSums {
  int64_t placed = 0;
  int64_t cost = 0;
  int64_t paid = 0;
  int64_t cancelled_count = 0;
  int64_t cancelled = 0;
  int64_t returned = 0;
  int64_t returned_cost = 0;

  friend bool operator==(const OrderSums&, const OrderSums&) = default;
  friend std::ostream& operator<<(std::ostream& out, const OrderSums& sums) {
    return out << "placed " << sums.placed << " at a cost of " << sums.cost << ", paid " << sums.paid << ", "
               << sums.cancelled_count << " cancelled of " << sums.cancelled << ", returned " << sums.returned
               << " at a cost of " << sums.returned_cost;
  }
};

// As lifecycle-svc says; nothing when it does not answer.
inline std::optional<OrderSums> LifecycleSums(const Cluster& cluster) {
  lifecycle::v1::SummarizeOrdersResponse summary;
  if (!lifecycle::v1::OrderService::NewStub(cluster.channel())
           ->SummarizeOrders(cluster.Context().get(), {}, &summary)
           .ok()) {
    return std::nullopt;
  }
  // There cancelled orders are told apart, except in what they cost.
  return OrderSums{MicrosOf(summary.base_total()) + MicrosOf(summary.base_cancelled()),
                   MicrosOf(summary.base_cost()),
                   MicrosOf(summary.base_paid()) + MicrosOf(summary.base_cancelled_paid()),
                   summary.cancelled_count(),
                   MicrosOf(summary.base_cancelled()),
                   MicrosOf(summary.base_returned()),
                   MicrosOf(summary.base_returned_cost())};
}

// As value-svc heard of it.
inline std::optional<OrderSums> ValueSums(const Cluster& cluster) {
  value::v1::SummarizeFactsResponse summary;
  if (!value::v1::FactService::NewStub(cluster.channel())
           ->SummarizeFacts(cluster.Context().get(), {}, &summary)
           .ok()) {
    return std::nullopt;
  }
  OrderSums sums;
  for (const auto& row : summary.rows()) {
    switch (row.kind()) {
      case value::v1::Fact::ORDER_PLACED:
        sums.placed = MicrosOf(row.amount());
        sums.cost += MicrosOf(row.cost());
        break;
      case value::v1::Fact::PAYMENT_RECEIVED:
        sums.paid = MicrosOf(row.amount());
        break;
      case value::v1::Fact::ORDER_CANCELLED:
        sums.cancelled_count = row.fact_count();
        sums.cancelled = MicrosOf(row.amount());
        sums.cost -= MicrosOf(row.cost());
        break;
      case value::v1::Fact::ORDER_RETURNED:
        sums.returned = MicrosOf(row.amount());
        sums.returned_cost = MicrosOf(row.cost());
        break;
      default:
        break;
    }
  }
  return sums;
}

}  // namespace clientele::tests

#endif  // TESTS_FAULT_ORDER_SUMS_H_
