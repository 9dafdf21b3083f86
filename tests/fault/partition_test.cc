#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clientele/customer/v1/customer_service.grpc.pb.h"
#include "clientele/lifecycle/v1/funnel_service.grpc.pb.h"
#include "clientele/lifecycle/v1/order_service.grpc.pb.h"
#include "clientele/value/v1/fact_service.grpc.pb.h"
#include "tests/cluster/cluster.h"
#include "tests/fault/order_sums.h"

namespace clientele::tests {
namespace {

using Part = Cluster::Part;

class Partition : public ::testing::Test {
 protected:
  std::string CreateCustomer(const std::string& display_name) {
    customer::v1::CreateCustomerRequest request;
    request.mutable_customer()->set_display_name(display_name);
    request.mutable_customer()->set_type(customer::v1::Customer::ORGANIZATION);
    customer::v1::Customer created;
    const grpc::Status status = customer::v1::CustomerService::NewStub(cluster_.channel())
                                    ->CreateCustomer(cluster_.Context().get(), request, &created);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return created.name();
  }

  grpc::Status PlaceOrder(const std::string& customer, int64_t units, lifecycle::v1::Order* order = nullptr) {
    lifecycle::v1::CreateOrderRequest request;
    request.mutable_order()->set_customer(customer);
    lifecycle::v1::OrderLine& line = *request.mutable_order()->add_lines();
    line.set_description("partition test");
    line.set_quantity(1);
    line.mutable_amount()->set_currency_code("USD");
    line.mutable_amount()->set_units(units);
    lifecycle::v1::Order placed;
    return lifecycle::v1::OrderService::NewStub(cluster_.channel())
        ->CreateOrder(cluster_.Context().get(), request, order == nullptr ? &placed : order);
  }

  // Twelve orders, paid in part; of every third a piece comes back, every fourth is cancelled.
  void PayReturnAndCancel(const std::string& customer) {
    const auto orders = lifecycle::v1::OrderService::NewStub(cluster_.channel());
    for (int i = 0; i < 12; ++i) {
      lifecycle::v1::Order order;
      ASSERT_TRUE(PlaceOrder(customer, 100 + i, &order).ok());
      lifecycle::v1::CreatePaymentRequest pay;
      pay.set_parent(order.name());
      *pay.mutable_payment()->mutable_amount() = order.total();
      pay.mutable_payment()->mutable_amount()->set_units(7 + i);
      lifecycle::v1::Payment payment;
      ASSERT_TRUE(orders->CreatePayment(cluster_.Context().get(), pay, &payment).ok());
      if (i % 4 == 0) {
        lifecycle::v1::CancelOrderRequest cancel;
        cancel.set_name(order.name());
        cancel.set_reason("partition test");
        ASSERT_TRUE(orders->CancelOrder(cluster_.Context().get(), cancel, &order).ok());
      } else if (i % 3 == 0) {
        lifecycle::v1::CreateOrderReturnRequest back;
        back.set_parent(order.name());
        back.mutable_order_return()->add_lines()->set_line(1);
        back.mutable_order_return()->mutable_lines(0)->set_quantity(1);
        lifecycle::v1::OrderReturn order_return;
        ASSERT_TRUE(orders->CreateOrderReturn(cluster_.Context().get(), back, &order_return).ok());
      }
    }
  }

  // Sum of the order facts that value-svc has, in whole units.
  int64_t FactUnits() {
    value::v1::SummarizeFactsResponse summary;
    const grpc::Status status = value::v1::FactService::NewStub(cluster_.channel())
                                    ->SummarizeFacts(cluster_.Context().get(), {}, &summary);
    EXPECT_TRUE(status.ok()) << status.error_message();
    for (const auto& row : summary.rows()) {
      if (row.kind() == value::v1::Fact::ORDER_PLACED) return row.amount().units();
    }
    return 0;
  }

  int64_t Journeys() {
    lifecycle::v1::QueryFunnelResponse funnel;
    const grpc::Status status = lifecycle::v1::FunnelService::NewStub(cluster_.channel())
                                    ->QueryFunnel(cluster_.Context().get(), {}, &funnel);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return funnel.customer_count();
  }

  Cluster cluster_;
};

TEST_F(Partition, ValueCatchesUpWithOrdersPlacedMeanwhile) {
  const std::string customer = CreateCustomer("before");
  ASSERT_TRUE(PlaceOrder(customer, 1).ok());
  ASSERT_TRUE(Eventually([&] { return FactUnits() == 1; }));

  cluster_.link(Part::kLifecycle).Partition();
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(PlaceOrder(customer, 10).ok());
  EXPECT_EQ(FactUnits(), 1);

  cluster_.link(Part::kLifecycle).Heal();
  EXPECT_TRUE(Eventually([&] { return FactUnits() == 501; })) << FactUnits();
}

TEST_F(Partition, PaymentsCancellationsAndReturnsAreCaughtUpWithToTheCent) {
  const std::string customer = CreateCustomer("before");
  ASSERT_NO_FATAL_FAILURE(PayReturnAndCancel(customer));
  const auto before = LifecycleSums(cluster_);
  ASSERT_TRUE(before.has_value());
  EXPECT_EQ(before->cancelled_count, 3);
  ASSERT_TRUE(Eventually([&] { return ValueSums(cluster_) == before; }));

  cluster_.link(Part::kLifecycle).Partition();
  ASSERT_NO_FATAL_FAILURE(PayReturnAndCancel(customer));
  EXPECT_EQ(ValueSums(cluster_), before);

  cluster_.link(Part::kLifecycle).Heal();
  const auto after = LifecycleSums(cluster_);
  ASSERT_TRUE(after.has_value());
  EXPECT_EQ(after->placed, 2 * before->placed);
  EXPECT_EQ(after->returned, 2 * before->returned);
  EXPECT_TRUE(Eventually([&] { return ValueSums(cluster_) == after; }))
      << *after << "\n"
      << ValueSums(cluster_).value_or(OrderSums());
}

TEST_F(Partition, AHangingPeerIsLeftAndFoundAgain) {
  const std::string customer = CreateCustomer("before");
  ASSERT_TRUE(PlaceOrder(customer, 1).ok());
  ASSERT_TRUE(Eventually([&] { return FactUnits() == 1; }));

  // Nothing is closed, and nothing comes any more: only who asks notices.
  cluster_.link(Part::kLifecycle).Hang();
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(PlaceOrder(customer, 10).ok());
  EXPECT_TRUE(Eventually([&] { return FactUnits() == 101; }, absl::Seconds(60))) << FactUnits();
}

TEST_F(Partition, LifecycleHearsOfCustomersMadeMeanwhile) {
  const std::string known = CreateCustomer("known");
  ASSERT_TRUE(Eventually([&] { return Journeys() == 1; }));

  cluster_.link(Part::kCustomer).Partition();
  std::string unheard;
  for (int i = 0; i < 20; ++i) unheard = CreateCustomer(absl::StrCat("meanwhile ", i));
  EXPECT_TRUE(PlaceOrder(known, 5).ok()) << "what it knows it can work with";
  const grpc::Status status = PlaceOrder(unheard, 5);
  EXPECT_TRUE(status.error_code() == grpc::UNAVAILABLE || status.error_code() == grpc::DEADLINE_EXCEEDED)
      << status.error_code() << " " << status.error_message();

  cluster_.link(Part::kCustomer).Heal();
  EXPECT_TRUE(Eventually([&] { return Journeys() == 21; })) << Journeys();
  EXPECT_TRUE(PlaceOrder(unheard, 5).ok());
}

}  // namespace
}  // namespace clientele::tests
