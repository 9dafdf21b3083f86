#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clientele/customer/v1/customer_service.grpc.pb.h"
#include "clientele/lifecycle/v1/funnel_service.grpc.pb.h"
#include "clientele/lifecycle/v1/order_service.grpc.pb.h"
#include "clientele/value/v1/fact_service.grpc.pb.h"
#include "tests/cluster/cluster.h"

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

  grpc::Status PlaceOrder(const std::string& customer, int64_t units) {
    lifecycle::v1::CreateOrderRequest request;
    request.mutable_order()->set_customer(customer);
    lifecycle::v1::OrderLine& line = *request.mutable_order()->add_lines();
    line.set_description("partition test");
    line.set_quantity(1);
    line.mutable_amount()->set_currency_code("USD");
    line.mutable_amount()->set_units(units);
    lifecycle::v1::Order order;
    return lifecycle::v1::OrderService::NewStub(cluster_.channel())
        ->CreateOrder(cluster_.Context().get(), request, &order);
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
