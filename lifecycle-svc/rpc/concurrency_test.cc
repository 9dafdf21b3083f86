#include <random>
#include <thread>

#include "lifecycle-svc/rpc/lifecycle_fixture.h"

namespace clientele::lifecycle {
namespace {

class ConcurrencyTest : public LifecycleFixture {
 protected:
  // Folds every journey anew, from its stored moves alone.
  void FoldAnew() {
    Database().Execute("UPDATE journeys SET fold_version = 0");
    while (*RefoldJourneys(environment_, 100) > 0) {
    }
  }
};

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
        // Too many at once; never that somebody else was first, which whoever names no version does not mind.
        while (absl::IsResourceExhausted(moved.status()) || absl::IsUnavailable(moved.status())) {
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

// Everything happens at the same microsecond: it counts in the order in which it was recorded, which is that
// of the journey's versions, and each client was told the truth.
TEST_F(ConcurrencyTest, WhatHappenedAtTheSameMomentCountsAsItWasRecorded) {
  EnforceNothing();
  const std::string customer = AddCustomerName();
  ASSERT_TRUE(TransitionJourney(To(customer, type::v1::LEAD)).ok());
  const absl::Time moment = now();
  clock_.Advance(absl::Hours(1));
  struct Acknowledged {
    type::v1::Stage stage;
    std::string reason;
  };
  std::mutex mutex;
  std::map<int64_t, Acknowledged> by_version;
  std::vector<std::thread> clients;
  for (int client = 0; client < 16; ++client) {
    clients.emplace_back([&, client] {
      std::mt19937 random(static_cast<unsigned>(client));
      for (int i = 0; i < 10; ++i) {
        v1::TransitionJourneyRequest request;
        request.set_name(customer + "/journey");
        request.set_stage(static_cast<type::v1::Stage>(1 + random() % 7));
        request.set_reason(servicekit::StrCat(client, "/", i));
        *request.mutable_event_time() = servicekit::ToProto(moment);
        const absl::StatusOr<v1::Journey> moved = TransitionJourney(request);
        if (!moved.ok()) {
          EXPECT_TRUE(absl::IsFailedPrecondition(moved.status())) << moved.status();
          continue;
        }
        const std::lock_guard lock(mutex);
        const int64_t version = *servicekit::ParseEtag("", moved->etag());
        EXPECT_TRUE(by_version.emplace(version, Acknowledged{moved->stage(), request.reason()}).second);
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_GT(by_version.size(), 50u);
  v1::ListTransitionsRequest list;
  list.set_parent(customer);
  list.set_page_size(7);
  std::vector<v1::Transition> history;
  do {
    const auto page = ListTransitions(list);
    ASSERT_TRUE(page.ok()) << page.status();
    history.insert(history.end(), page->transitions().begin(), page->transitions().end());
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  ASSERT_EQ(history.size(), 2 + by_version.size());
  auto at = history.begin() + 2;
  for (const auto& [version, acknowledged] : by_version) {
    EXPECT_EQ(at->reason(), acknowledged.reason) << version;
    EXPECT_EQ(at->to_stage(), acknowledged.stage);
    EXPECT_EQ(at->from_stage(), (at - 1)->to_stage());
    ++at;
  }
}

// Orders, opportunities and moves of one customer at the same time, some of the same moment and some of the
// past.
TEST_F(ConcurrencyTest, DealsAndMovesTogetherLeaveOneHistory) {
  EnforceNothing();
  const std::string customer = AddCustomerName();
  ASSERT_TRUE(TransitionJourney(To(customer, type::v1::LEAD)).ok());
  clock_.Advance(absl::Hours(10));
  std::atomic<int> orders = 0, deals = 0;
  std::mutex mutex;
  std::set<std::string> moved;
  std::vector<std::thread> clients;
  for (int client = 0; client < 12; ++client) {
    clients.emplace_back([&, client] {
      std::mt19937 random(static_cast<unsigned>(client));
      for (int i = 0; i < 8; ++i) {
        const absl::Time time = now() - absl::Hours(random() % 3);
        if (random() % 3 == 0) {
          v1::CreateOrderRequest request = OrderFor(customer);
          *request.mutable_order()->mutable_order_time() = servicekit::ToProto(time);
          orders += CreateOrder(request).ok();
        } else if (random() % 2 == 0) {
          v1::CreateOpportunityRequest request = OpportunityFor(customer);
          *request.mutable_opportunity()->mutable_open_time() = servicekit::ToProto(time);
          deals += CreateOpportunity(request).ok();
        } else {
          v1::TransitionJourneyRequest request;
          request.set_name(customer + "/journey");
          request.set_stage(static_cast<type::v1::Stage>(1 + random() % 7));
          request.set_reason(servicekit::StrCat(client, "/", i));
          *request.mutable_event_time() = servicekit::ToProto(time);
          const auto made = TransitionJourney(request);
          EXPECT_TRUE(made.ok() || absl::IsFailedPrecondition(made.status())) << made.status();
          const std::lock_guard lock(mutex);
          if (made.ok()) moved.insert(request.reason());
        }
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(Database().Count("orders"), orders);
  EXPECT_EQ(Database().Count("opportunities"), deals);
  EXPECT_EQ(Database().Count("moves WHERE kind = 4 AND reason <> ''"), static_cast<int64_t>(moved.size()));
  v1::ListTransitionsRequest list;
  list.set_parent(customer);
  list.set_page_size(1000);
  type::v1::Stage stage = type::v1::STAGE_UNSPECIFIED;
  for (const auto history = ListTransitions(list);
       const v1::Transition& transition : history->transitions()) {
    EXPECT_EQ(transition.from_stage(), stage);
    stage = transition.to_stage();
  }
  v1::GetJourneyRequest get;
  get.set_name(customer + "/journey");
  EXPECT_EQ(GetJourney(get)->stage(), stage);
  // Told in one go, the same history comes to the same.
  const auto told = [&] {
    std::string text;
    for (const auto history = ListTransitions(list);
         const v1::Transition& transition : history->transitions()) {
      text += transition.ShortDebugString();
    }
    return text;
  };
  const std::string before = told();
  FoldAnew();
  EXPECT_EQ(told(), before);
  EXPECT_EQ(GetJourney(get)->stage(), stage);
}

}  // namespace
}  // namespace clientele::lifecycle
