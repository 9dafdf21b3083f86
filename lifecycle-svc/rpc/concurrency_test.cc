#include <random>
#include <thread>

#include "lifecycle-svc/rpc/lifecycle_fixture.h"

namespace clientele::lifecycle {
namespace {

class ConcurrencyTest : public LifecycleFixture {};

// A hundred clients move the same fifty customers. Time stands still, which is the worst that it can do.
TEST_F(ConcurrencyTest, AHundredClientsLeaveAHistoryThatOneAloneCouldHaveMade) {
  EnforceNothing();
  std::vector<std::string> customers;
  for (int i = 0; i < 50; ++i) {
    customers.push_back(AddCustomerName());
    ASSERT_TRUE(TransitionJourney(To(customers.back(), type::v1::LEAD)).ok());
  }
  struct Acknowledged {
    std::string customer;
    type::v1::Stage stage;
    std::string etag;
    std::string reason;  // Says who it was.
  };
  std::mutex mutex;
  std::vector<Acknowledged> acknowledged;
  std::vector<std::thread> clients;
  for (int client = 0; client < 100; ++client) {
    clients.emplace_back([&, client] {
      std::mt19937 random(static_cast<unsigned>(client));
      for (int i = 0; i < 8; ++i) {
        v1::TransitionJourneyRequest request;
        const std::string& customer = customers[random() % customers.size()];
        request.set_name(customer + "/journey");
        request.set_stage(static_cast<type::v1::Stage>(1 + random() % 7));
        request.set_reason(servicekit::StrCat(client, "/", i));
        absl::StatusOr<v1::Journey> moved = TransitionJourney(request);
        while (absl::IsAborted(moved.status()) || absl::IsResourceExhausted(moved.status()) ||
               absl::IsUnavailable(moved.status())) {
          absl::SleepFor(absl::Milliseconds(1 + random() % 20));
          moved = TransitionJourney(request);
        }
        const std::lock_guard lock(mutex);
        if (moved.ok()) {
          acknowledged.push_back({customer, moved->stage(), moved->etag(), request.reason()});
        } else {
          EXPECT_TRUE(absl::IsFailedPrecondition(moved.status())) << moved.status();
        }
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_GT(acknowledged.size(), 300u);

  size_t transitions = 0;
  for (const std::string& customer : customers) {
    v1::ListTransitionsRequest list;
    list.set_parent(customer);
    list.set_page_size(1000);
    const auto history = ListTransitions(list);
    ASSERT_TRUE(history.ok()) << history.status();
    std::map<std::string, type::v1::Stage> told;
    type::v1::Stage at = type::v1::STAGE_UNSPECIFIED;
    for (const v1::Transition& transition : history->transitions()) {
      // Each move begins where the one before it ended.
      EXPECT_EQ(transition.from_stage(), at);
      at = transition.to_stage();
      told[transition.reason()] = at;
    }
    v1::GetJourneyRequest get;
    get.set_name(customer + "/journey");
    EXPECT_EQ(GetJourney(get)->stage(), at);
    std::set<std::string> etags;
    for (const Acknowledged& move : acknowledged) {
      if (move.customer != customer) continue;
      ++transitions;
      // Nothing acknowledged is missing, and each led to where it was said to lead.
      ASSERT_TRUE(told.contains(move.reason)) << move.reason;
      EXPECT_EQ(told[move.reason], move.stage);
      EXPECT_TRUE(etags.insert(move.etag).second) << "two moves from the same state";
    }
    // Entered, became a lead, and what was acknowledged: nothing else happened.
    EXPECT_EQ(static_cast<size_t>(history->transitions_size()), 2 + etags.size());
  }
  EXPECT_EQ(transitions, acknowledged.size());
}

}  // namespace
}  // namespace clientele::lifecycle
