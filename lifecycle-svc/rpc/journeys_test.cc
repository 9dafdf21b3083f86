#include <random>

#include "lifecycle-svc/rpc/lifecycle_fixture.h"
#include "servicekit/types/error.h"

namespace clientele::lifecycle {
namespace {

using type::v1::Stage;

class JourneysTest : public LifecycleFixture {};

TEST_F(JourneysTest, AMoveByHandFollowsTheTableOfDirections) {
  const std::string customer = AddCustomerName();
  const auto lead = TransitionJourney(To(customer, type::v1::LEAD));
  ASSERT_TRUE(lead.ok()) << lead.status();
  EXPECT_EQ(lead->stage(), type::v1::LEAD);
  EXPECT_EQ(lead->department(), type::v1::MARKETING);
  EXPECT_TRUE(absl::IsFailedPrecondition(TransitionJourney(To(customer, type::v1::LEAD)).status()));
  const auto unexplained = TransitionJourney(To(customer, type::v1::LOST));
  ASSERT_EQ(servicekit::GetFieldViolations(unexplained.status()).size(), 1u);
  EXPECT_EQ(servicekit::GetFieldViolations(unexplained.status())[0].field, "reason");
  auto lose = To(customer, type::v1::LOST, "moved away");
  lose.set_etag(lead->etag());
  const auto lost = TransitionJourney(lose);
  ASSERT_TRUE(lost.ok()) << lost.status();
  EXPECT_EQ(lost->lost_from_stage(), type::v1::LEAD);
  EXPECT_EQ(lost->furthest_stage(), type::v1::LEAD);
  const auto stale = TransitionJourney(lose);
  EXPECT_TRUE(absl::IsAborted(stale.status()));
  EXPECT_EQ(servicekit::GetReason(stale.status()), "STALE_ETAG");
  EXPECT_TRUE(
      absl::IsNotFound(TransitionJourney(To(NameOf("customers", Id::New(now())), type::v1::LEAD)).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(TransitionJourney(To(customer, static_cast<Stage>(99))).status()));
}

TEST_F(JourneysTest, AnOrderOfThePastRewritesWhatFollowsIt) {
  const std::string customer = AddCustomerName();
  ASSERT_TRUE(CreateOrder(OrderFor(customer)).ok());
  v1::ListTransitionsRequest list;
  list.set_parent(customer);
  EXPECT_EQ(ListTransitions(list)->transitions(1).direction(), v1::Transition::SKIP);
  auto earlier = OrderFor(customer);
  *earlier.mutable_order()->mutable_order_time() = servicekit::ToProto(now() - absl::Hours(10));
  ASSERT_TRUE(CreateOrder(earlier).ok());
  const auto transitions = ListTransitions(list);
  ASSERT_EQ(transitions->transitions_size(), 3);
  EXPECT_EQ(transitions->transitions(1).to_stage(), type::v1::ORDER);
  EXPECT_EQ(transitions->transitions(2).direction(), v1::Transition::REPURCHASE);
  EXPECT_EQ(transitions->transitions(2).event_time().seconds(), absl::ToUnixSeconds(now()));
}

TEST_F(JourneysTest, ACustomerHeardOfEntersAtItsOwnTimeAndOldNewsIsIgnored) {
  KnownCustomer known = AddCustomer();
  known.version = 5;
  known.industry = "new";
  type::v1::ReadFeedResponse batch;
  *batch.add_entries() = Entry(Changed(known));
  known.version = 4;
  known.industry = "old";
  *batch.add_entries() = Entry(Changed(known));
  *batch.add_entries() = Entry(customer::v1::InteractionLogged());
  ASSERT_TRUE(Hear(batch).ok());
  ASSERT_TRUE(Hear(batch).ok());
  v1::QueryFunnelRequest funnel;
  funnel.set_industry("new");
  EXPECT_EQ(QueryFunnel(funnel)->customer_count(), 1);
  EXPECT_EQ(FeedTypes(), std::vector<std::string>{"JourneyChanged"});
  const auto journeys = ListJourneys({});
  ASSERT_EQ(journeys->journeys_size(), 1);
  EXPECT_EQ(journeys->journeys(0).stage(), type::v1::TARGET);
  EXPECT_EQ(journeys->journeys(0).stage_time().seconds(), absl::ToUnixSeconds(known.create_time));
}

TEST_F(JourneysTest, TeamsBelowCountForTheirManager) {
  const Id top = Id::New(now()), middle = Id::New(now()), low = Id::New(now()), aside = Id::New(now());
  type::v1::ReadFeedResponse batch;
  // The lower one first: the tree does not depend on the order.
  *batch.add_entries() = Entry(TeamUnder(low, middle));
  *batch.add_entries() = Entry(TeamUnder(middle, top));
  *batch.add_entries() = Entry(TeamUnder(top, std::nullopt));
  *batch.add_entries() = Entry(TeamUnder(aside, std::nullopt));
  *batch.add_entries() = Entry(Changed(AddCustomer(Id::New(now()), low)));
  *batch.add_entries() = Entry(Changed(AddCustomer(std::nullopt, aside)));
  ASSERT_TRUE(Hear(batch).ok());
  servicekit::Principal manager;
  manager.subject = "manager";
  manager.role = servicekit::Role::kManager;
  manager.teams = {top};
  EXPECT_EQ(ListJourneys({}, servicekit::TestToken(manager))->journeys_size(), 1);
  v1::QueryFunnelRequest funnel;
  funnel.set_team(NameOf("teams", middle));
  EXPECT_EQ(QueryFunnel(funnel)->customer_count(), 1);
  EXPECT_EQ(QueryFunnel({})->customer_count(), 2);
  // Moved from under the middle to the top.
  batch.clear_entries();
  *batch.add_entries() = Entry(TeamUnder(low, aside));
  ASSERT_TRUE(Hear(batch).ok());
  EXPECT_EQ(ListJourneys({}, servicekit::TestToken(manager))->journeys_size(), 0);
}

TEST_F(JourneysTest, ListsArePagedFilteredAndBoundToTheirToken) {
  EnforceNothing();
  for (int i = 0; i < 5; ++i) {
    const std::string customer = AddCustomerName();
    ASSERT_TRUE(TransitionJourney(To(customer, i < 3 ? type::v1::LEAD : type::v1::OPPORTUNITY, "r")).ok());
  }
  v1::ListJourneysRequest request;
  request.set_page_size(2);
  request.set_filter("stage = LEAD AND department = MARKETING");
  const auto first = ListJourneys(request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->journeys_size(), 2);
  request.set_page_token(first->next_page_token());
  const auto second = ListJourneys(request);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->journeys_size(), 1);
  EXPECT_EQ(second->next_page_token(), "");
  request.set_filter("stage = OPPORTUNITY");
  EXPECT_TRUE(absl::IsInvalidArgument(ListJourneys(request).status()));
  request.set_page_token("nonsense");
  EXPECT_TRUE(absl::IsInvalidArgument(ListJourneys(request).status()));
}

// The funnel that someone sees counts exactly the journeys they could list.
TEST_F(JourneysTest, TheFunnelAddsUpWhatTheCallerCouldList) {
  EnforceNothing();
  std::mt19937 random(11);
  const auto pick = [&](size_t n) { return random() % n; };
  std::vector<Id> teams, owners;
  for (int i = 0; i < 3; ++i) teams.push_back(Id::New(now()));
  for (int i = 0; i < 4; ++i) owners.push_back(Id::New(now()));
  type::v1::ReadFeedResponse batch;
  *batch.add_entries() = Entry(TeamUnder(teams[0], std::nullopt));
  *batch.add_entries() = Entry(TeamUnder(teams[1], teams[0]));
  *batch.add_entries() = Entry(TeamUnder(teams[2], std::nullopt));
  std::vector<std::string> customers;
  for (int i = 0; i < 60; ++i) {
    const KnownCustomer known =
        AddCustomer(pick(4) == 0 ? std::nullopt : std::optional(owners[pick(4)]), teams[pick(3)]);
    *batch.add_entries() = Entry(Changed(known));
    customers.push_back(NameOf("customers", known.id));
  }
  ASSERT_TRUE(Hear(batch).ok());
  for (int i = 0; i < 150; ++i) {
    clock_.Advance(absl::Minutes(1));
    const std::string& customer = customers[pick(customers.size())];
    if (pick(3) == 0) {
      ASSERT_TRUE(CreateOrder(OrderFor(customer)).ok());
    } else {
      const auto moved = TransitionJourney(To(customer, static_cast<Stage>(1 + pick(7)), "reason"));
      ASSERT_TRUE(moved.ok() || absl::IsFailedPrecondition(moved.status())) << moved.status();
    }
  }
  std::vector<std::string> tokens = {"administrator", "analyst"};
  for (size_t i = 0; i < 4; ++i) {
    servicekit::Principal principal;
    principal.subject = "someone";
    principal.role = i < 2 ? servicekit::Role::kManager : servicekit::Role::kRepresentative;
    principal.representative = owners[i];
    principal.teams = {teams[i % 3]};
    tokens.push_back(servicekit::TestToken(principal));
  }
  for (const std::string& token : tokens) {
    v1::ListJourneysRequest list;
    list.set_page_size(1000);
    const auto journeys = ListJourneys(list, token);
    const auto funnel = QueryFunnel({}, token);
    ASSERT_TRUE(journeys.ok() && funnel.ok()) << journeys.status() << funnel.status();
    v1::QueryFunnelResponse counted;
    for (int stage = 1; stage <= 5; ++stage) {
      auto& row = *counted.add_stages();
      row.set_stage(static_cast<Stage>(stage));
      for (const v1::Journey& journey : journeys->journeys()) {
        if (journey.furthest_stage() >= stage) row.set_reached_count(row.reached_count() + 1);
        if (journey.stage() == stage) row.set_current_count(row.current_count() + 1);
        if (journey.lost_from_stage() == stage) row.set_lost_count(row.lost_count() + 1);
      }
      EXPECT_EQ(funnel->stages(stage - 1).reached_count(), row.reached_count());
      EXPECT_EQ(funnel->stages(stage - 1).current_count(), row.current_count());
      EXPECT_EQ(funnel->stages(stage - 1).lost_count(), row.lost_count());
    }
    EXPECT_EQ(funnel->customer_count(), journeys->journeys_size());
    EXPECT_EQ(funnel->lost_count() + funnel->dormant_count(),
              std::count_if(
                  journeys->journeys().begin(), journeys->journeys().end(), [](const v1::Journey& journey) {
                    return journey.stage() == type::v1::LOST || journey.stage() == type::v1::DORMANT;
                  }));
  }
}

}  // namespace
}  // namespace clientele::lifecycle
