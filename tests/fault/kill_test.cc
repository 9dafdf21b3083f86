#include <google/rpc/error_details.pb.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "clientele/customer/v1/customer_service.grpc.pb.h"
#include "clientele/lifecycle/v1/order_service.grpc.pb.h"
#include "clientele/value/v1/fact_service.grpc.pb.h"
#include "servicekit/rpc/status.h"
#include "servicekit/types/error.h"
#include "servicekit/types/money.h"
#include "tests/cluster/cluster.h"

namespace clientele::tests {
namespace {

using Part = Cluster::Part;
using servicekit::Decimal;

constexpr int kOrders = 1000;
constexpr int kClients = 4;

// A UUID in text, a different one for each order and the same for each try of it.
std::string RequestId(int order) { return absl::StrFormat("7f000000-0000-4000-8000-%012x", order); }

// Cents, so that a lost or doubled order shows in the sum.
int64_t Cents(int order) { return 1000 + order * 7; }

google::type::Money Usd(int64_t cents) {
  google::type::Money money;
  money.set_currency_code("USD");
  money.set_units(cents / 100);
  money.set_nanos(static_cast<int32_t>(cents % 100 * 10'000'000));
  return money;
}

int64_t CentsOf(const google::type::Money& money) { return money.units() * 100 + money.nanos() / 10'000'000; }

// What a client may try again with the same request_id. Anything else is a wrong answer to a kill.
bool WorthAnotherTry(const grpc::Status& status) {
  const grpc::StatusCode code = status.error_code();
  return code == grpc::UNAVAILABLE || code == grpc::DEADLINE_EXCEEDED || code == grpc::RESOURCE_EXHAUSTED ||
         code == grpc::ABORTED ||
         servicekit::GetReason(servicekit::FromGrpcStatus(status)) == "COMMIT_OUTCOME_UNKNOWN";
}

class Kill : public ::testing::Test {
 protected:
  std::vector<std::string> CreateCustomers(int count) {
    const auto stub = customer::v1::CustomerService::NewStub(cluster_.channel());
    std::vector<std::string> names;
    for (int i = 0; i < count; ++i) {
      customer::v1::CreateCustomerRequest request;
      request.mutable_customer()->set_display_name(absl::StrFormat("고객 %d", i));
      request.mutable_customer()->set_type(customer::v1::Customer::ORGANIZATION);
      customer::v1::Customer created;
      const grpc::Status status = stub->CreateCustomer(cluster_.Context().get(), request, &created);
      EXPECT_TRUE(status.ok()) << status.error_message();
      names.push_back(created.name());
    }
    return names;
  }

  // Places orders first, first + kClients, … and puts the acknowledged names into `placed`.
  void PlaceOrders(int first, const std::vector<std::string>& customers, std::vector<std::string>& placed) {
    const auto stub = lifecycle::v1::OrderService::NewStub(cluster_.channel());
    for (int i = first; i < kOrders; i += kClients) {
      lifecycle::v1::CreateOrderRequest request;
      request.set_request_id(RequestId(i));
      request.mutable_order()->set_customer(customers[i % customers.size()]);
      lifecycle::v1::OrderLine& line = *request.mutable_order()->add_lines();
      line.set_description("kill test");
      line.set_quantity(1);
      *line.mutable_amount() = Usd(Cents(i));
      lifecycle::v1::Order order;
      grpc::Status status;
      const absl::Time limit = absl::Now() + absl::Seconds(60);
      do {
        status = stub->CreateOrder(cluster_.Context(absl::Seconds(5)).get(), request, &order);
        if (!status.ok()) absl::SleepFor(absl::Milliseconds(20));
      } while (!status.ok() && WorthAnotherTry(status) && absl::Now() < limit);
      ASSERT_TRUE(status.ok()) << "order " << i << ": " << status.error_code() << " "
                               << status.error_message();
      placed[i] = order.name();
      done_.fetch_add(1);
    }
  }

  Cluster cluster_;
  std::atomic<int> done_ = 0;
};

TEST_F(Kill, EveryAcknowledgedOrderIsThereOnce) {
  const std::vector<std::string> customers = CreateCustomers(20);
  std::vector<std::string> placed(kOrders);
  std::vector<std::thread> clients;
  for (int c = 0; c < kClients; ++c) clients.emplace_back([&, c] { PlaceOrders(c, customers, placed); });

  // Each part in turn, while orders are being placed: at a sixth of the orders, at two sixths, …
  int turn = 0;
  for (Part part : {Part::kLifecycle, Part::kValue, Part::kGateway, Part::kDatabase, Part::kCustomer}) {
    ++turn;
    ASSERT_TRUE(
        Eventually([&] { return done_.load() >= kOrders * turn / 6 || HasFailure(); }, absl::Minutes(3)));
    cluster_.Kill(part);
    cluster_.Start(part);
    cluster_.WaitUntilReady();
  }
  for (std::thread& client : clients) client.join();
  ASSERT_FALSE(HasFailure());

  EXPECT_EQ(std::set<std::string>(placed.begin(), placed.end()).size(), static_cast<size_t>(kOrders));
  int64_t cents = 0;
  for (int i = 0; i < kOrders; ++i) cents += Cents(i);

  const auto orders = lifecycle::v1::OrderService::NewStub(cluster_.channel());
  lifecycle::v1::SummarizeOrdersResponse sums;
  ASSERT_TRUE(orders->SummarizeOrders(cluster_.Context().get(), {}, &sums).ok());
  EXPECT_EQ(sums.order_count(), kOrders);
  EXPECT_EQ(CentsOf(sums.base_total()), cents);

  // value-svc hears of all of it, however often it or its source died.
  const auto facts = value::v1::FactService::NewStub(cluster_.channel());
  int64_t fact_count = 0, fact_cents = 0;
  EXPECT_TRUE(Eventually([&] {
    value::v1::SummarizeFactsResponse summary;
    if (!facts->SummarizeFacts(cluster_.Context().get(), {}, &summary).ok()) return false;
    for (const auto& row : summary.rows()) {
      if (row.kind() != value::v1::Fact::ORDER_PLACED) continue;
      fact_count = row.fact_count();
      fact_cents = CentsOf(row.amount());
    }
    return fact_count >= kOrders;
  }));
  EXPECT_EQ(fact_count, kOrders);
  EXPECT_EQ(fact_cents, cents);
}

}  // namespace
}  // namespace clientele::tests
