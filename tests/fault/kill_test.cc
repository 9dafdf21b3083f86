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
#include "tests/fault/order_sums.h"

namespace clientele::tests {
namespace {

using Part = Cluster::Part;
using servicekit::Decimal;

constexpr int kOrders = 700;
constexpr int kClients = 4;

// A UUID in text, a different one for each order and what comes after it, and the same for each try of it.
std::string RequestId(int order, int what = 0) {
  return absl::StrFormat("7f000000-0000-4000-8000-%04x%08x", what, order);
}

// Cents, so that a lost or doubled order shows in the sum.
int64_t Cents(int order) { return 1000 + order * 7; }

google::type::Money Usd(int64_t cents) {
  google::type::Money money;
  money.set_currency_code("USD");
  money.set_units(cents / 100);
  money.set_nanos(static_cast<int32_t>(cents % 100 * 10'000'000));
  return money;
}

// What happens to an order after it was placed: some are paid in two parts, of some a piece comes back, some
// are cancelled, before or after they were paid.
int64_t PaidCents(int order) { return order % 3 == 0 ? 0 : Cents(order) / 2 + Cents(order) / 4; }
bool IsCancelled(int order) { return order % 7 == 3; }
bool ComesBack(int order) { return !IsCancelled(order) && order % 5 == 2; }

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

  // Calls until it is answered, by whichever process.
  template <typename Call>
  grpc::Status Insist(Call call) {
    const absl::Time limit = absl::Now() + absl::Seconds(60);
    while (true) {
      const grpc::Status status = call(cluster_.Context(absl::Seconds(5)).get());
      if (status.ok() || !WorthAnotherTry(status) || absl::Now() > limit) return status;
      absl::SleepFor(absl::Milliseconds(20));
    }
  }

  void Follow(lifecycle::v1::OrderService::Stub& stub, int i, const std::string& name) {
    for (int part = 0; part < 2 && PaidCents(i) > 0; ++part) {
      lifecycle::v1::CreatePaymentRequest request;
      request.set_request_id(RequestId(i, 1 + part));
      request.set_parent(name);
      *request.mutable_payment()->mutable_amount() = Usd(part == 0 ? Cents(i) / 2 : Cents(i) / 4);
      lifecycle::v1::Payment payment;
      const grpc::Status status = Insist(
          [&](grpc::ClientContext* context) { return stub.CreatePayment(context, request, &payment); });
      ASSERT_TRUE(status.ok()) << "payment " << i << ": " << status.error_message();
    }
    if (ComesBack(i)) {
      lifecycle::v1::CreateOrderReturnRequest request;
      request.set_request_id(RequestId(i, 3));
      request.set_parent(name);
      request.mutable_order_return()->add_lines()->set_line(1);
      request.mutable_order_return()->mutable_lines(0)->set_quantity(1 + i % 2);
      lifecycle::v1::OrderReturn order_return;
      const grpc::Status status = Insist([&](grpc::ClientContext* context) {
        return stub.CreateOrderReturn(context, request, &order_return);
      });
      ASSERT_TRUE(status.ok()) << "return " << i << ": " << status.error_message();
    }
    if (IsCancelled(i)) {
      lifecycle::v1::CancelOrderRequest request;
      request.set_request_id(RequestId(i, 4));
      request.set_name(name);
      request.set_reason("kill test");
      lifecycle::v1::Order order;
      const grpc::Status status =
          Insist([&](grpc::ClientContext* context) { return stub.CancelOrder(context, request, &order); });
      ASSERT_TRUE(status.ok()) << "cancellation " << i << ": " << status.error_message();
    }
  }

  // Places orders first, first + kClients, … with what comes after them, and puts the acknowledged names into
  // `placed`.
  void PlaceOrders(int first, const std::vector<std::string>& customers, std::vector<std::string>& placed) {
    const auto stub = lifecycle::v1::OrderService::NewStub(cluster_.channel());
    for (int i = first; i < kOrders; i += kClients) {
      lifecycle::v1::CreateOrderRequest request;
      request.set_request_id(RequestId(i));
      request.mutable_order()->set_customer(customers[i % customers.size()]);
      lifecycle::v1::OrderLine& line = *request.mutable_order()->add_lines();
      line.set_description("kill test");
      line.set_quantity(3);
      *line.mutable_amount() = Usd(Cents(i));
      *line.mutable_unit_cost() = Usd(100 + i);
      lifecycle::v1::Order order;
      const grpc::Status status =
          Insist([&](grpc::ClientContext* context) { return stub->CreateOrder(context, request, &order); });
      ASSERT_TRUE(status.ok()) << "order " << i << ": " << status.error_code() << " "
                               << status.error_message();
      placed[i] = order.name();
      ASSERT_NO_FATAL_FAILURE(Follow(*stub, i, order.name()));
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
  int64_t cents = 0, paid = 0, cancelled = 0, cancelled_count = 0;
  for (int i = 0; i < kOrders; ++i) {
    cents += Cents(i);
    paid += PaidCents(i);
    cancelled += IsCancelled(i) ? Cents(i) : 0;
    cancelled_count += IsCancelled(i);
  }
  const std::optional<OrderSums> sums = LifecycleSums(cluster_);
  ASSERT_TRUE(sums.has_value());
  EXPECT_EQ(sums->placed, cents * 10'000);
  EXPECT_EQ(sums->paid, paid * 10'000);
  EXPECT_EQ(sums->cancelled, cancelled * 10'000);
  EXPECT_EQ(sums->cancelled_count, cancelled_count);
  EXPECT_GT(sums->returned, 0);
  EXPECT_GT(sums->returned_cost, 0);

  // value-svc hears of all of it, each once, however often it or its source died.
  EXPECT_TRUE(Eventually([&] { return ValueSums(cluster_) == sums; }))
      << *sums << "\n"
      << ValueSums(cluster_).value_or(OrderSums());
}

}  // namespace
}  // namespace clientele::tests
