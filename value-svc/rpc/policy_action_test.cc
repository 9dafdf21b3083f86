// Policies and actions through a real server, on the real engine.
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "servicekit/feed/publisher.h"
#include "servicekit/rpc/testing/in_process_server.h"
#include "servicekit/testing/fake_clock.h"
#include "servicekit/testing/scratch_database.h"
#include "servicekit/types/resource_name.h"
#include "value-svc/operations/apply_feeds.h"
#include "value-svc/operations/begin_run.h"
#include "value-svc/operations/scoring_work.h"
#include "value-svc/rpc/action_rpc.h"
#include "value-svc/rpc/policy_rpc.h"
#include "value-svc/testing/events.h"

namespace clientele::value {
namespace {

using servicekit::NameOf;
using servicekit::Principal;
using servicekit::Role;

const absl::Time kNow = absl::FromCivil(absl::CivilDay(2026, 6, 1), absl::UTCTimeZone());
const absl::Duration kDay = absl::Hours(24);

class PolicyActionTest : public testing::Test {
 protected:
  PolicyActionTest()
      : database_({"value-svc/migrations"}),
        clock_(kNow),
        feed_(database_.pool()),
        backend_{test_.executor, database_.pool(), stores_, feed_, clock_},
        policy_rpc_(backend_),
        action_rpc_(backend_, [] { return 42; }),
        server_({&policy_rpc_, &action_rpc_}),
        policies_(v1::PolicyService::NewStub(server_.channel())),
        actions_(v1::ActionService::NewStub(server_.channel())) {}
  ~PolicyActionTest() override { test_.executor.BeginDrain(); }

  // Customers of two owners in turn, each with an order `age` days ago, and all of them scored.
  void Load(int count) {
    FeedScript people;
    for (int i = 0; i < count; ++i) {
      customers_.push_back(Id::New(kNow));
      people.AddCustomer(customers_.back(), i % 2 == 0 ? anna_ : ben_, team_, 1);
      lifecycle_.AddOrder({.customer = customers_.back(), .units = 100 + i, .time = kNow - kDay * (10 + i)});
    }
    people.AddTeam(team_, std::nullopt);
    Apply([&](Transaction& tx) { return ApplyCustomerFeed(tx, stores_, ActivityRates(), people.Batch()); });
    ApplyLifecycle();
    Rescore();
  }
  void ApplyLifecycle() {
    Apply([&](Transaction& tx) { return ApplyLifecycleFeed(tx, stores_, lifecycle_.Batch(applied_)); });
    applied_ = static_cast<int64_t>(lifecycle_.entries().size());
  }
  void Apply(const std::function<absl::Status(Transaction&)>& body) {
    const absl::Status status =
        servicekit::RunInTransaction(database_.pool(), absl::Now() + absl::Seconds(30), body);
    ASSERT_TRUE(status.ok()) << status;
  }
  void Rescore() {
    Apply([&](Transaction& tx) { return BeginRun(tx, stores_, {}, clock_.Now()).status(); });
    ScoringWork work(database_.pool(), stores_, feed_, clock_);
    while (true) {
      const auto did = work.Step(absl::Now() + absl::Seconds(30));
      ASSERT_TRUE(did.ok()) << did.status();
      if (*did == ScoringWork::Did::kNothing) return;
    }
  }

  static v1::Policy APolicy(const std::string& condition, int priority = 0) {
    v1::Policy policy;
    policy.set_display_name("Win back");
    policy.set_condition(condition);
    policy.set_goal(v1::RETAIN);
    policy.set_department(clientele::type::v1::SALES);
    policy.set_recommended_action("Call within a week");
    policy.set_priority(priority);
    return policy;
  }
  grpc::Status Create(const v1::Policy& policy, v1::Policy* created,
                      const std::string& token = "administrator", const std::string& request_id = "") {
    v1::CreatePolicyRequest request;
    *request.mutable_policy() = policy;
    request.set_request_id(request_id);
    return policies_->CreatePolicy(servicekit::TestContext(token).get(), request, created);
  }
  v1::Policy MustCreate(const v1::Policy& policy) {
    v1::Policy created;
    const grpc::Status status = Create(policy, &created);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return created;
  }
  int64_t CountOf(const std::string& condition, const std::string& token = "administrator") {
    v1::CheckConditionRequest request;
    request.set_condition(condition);
    v1::CheckConditionResponse response;
    const grpc::Status status =
        policies_->CheckCondition(servicekit::TestContext(token).get(), request, &response);
    EXPECT_TRUE(status.ok()) << condition << ": " << status.error_message();
    return response.customer_count();
  }
  std::vector<v1::Recommendation> Recommendations(const std::string& token, int page_size = 7,
                                                  const std::string& customer = "") {
    std::vector<v1::Recommendation> all;
    v1::ListRecommendationsRequest request;
    request.set_page_size(page_size);
    request.set_customer(customer);
    do {
      v1::ListRecommendationsResponse response;
      const grpc::Status status =
          policies_->ListRecommendations(servicekit::TestContext(token).get(), request, &response);
      EXPECT_TRUE(status.ok()) << status.error_message();
      EXPECT_LE(response.recommendations_size(), page_size);
      all.insert(all.end(), response.recommendations().begin(), response.recommendations().end());
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return all;
  }

  v1::PlanActionRequest AnAction(const std::string& condition) {
    v1::PlanActionRequest request;
    request.set_condition(condition);
    v1::Action& action = *request.mutable_action();
    action.set_display_name("Autumn visit");
    action.set_goal(v1::ENHANCE);
    action.set_department(clientele::type::v1::SALES);
    action.set_hold_out_share_micros(500'000);
    action.mutable_cost()->set_currency_code("USD");
    action.mutable_cost()->set_units(100);
    action.mutable_outcome_end_time()->set_seconds(absl::ToUnixSeconds(kNow + 90 * kDay));
    return request;
  }
  grpc::Status Plan(const v1::PlanActionRequest& request, v1::Action* action,
                    const std::string& token = "administrator") {
    return actions_->PlanAction(servicekit::TestContext(token).get(), request, action);
  }
  v1::ActionEffect Measure(const std::string& name, const std::string& token = "administrator") {
    v1::MeasureActionRequest request;
    request.set_name(name);
    v1::ActionEffect effect;
    const grpc::Status status =
        actions_->MeasureAction(servicekit::TestContext(token).get(), request, &effect);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return effect;
  }
  std::vector<v1::ActionCustomer> CustomersOf(const std::string& name, const std::string& token) {
    std::vector<v1::ActionCustomer> all;
    v1::ListActionCustomersRequest request;
    request.set_name(name);
    request.set_page_size(17);
    do {
      v1::ListActionCustomersResponse response;
      const grpc::Status status =
          actions_->ListActionCustomers(servicekit::TestContext(token).get(), request, &response);
      EXPECT_TRUE(status.ok()) << status.error_message();
      all.insert(all.end(), response.customers().begin(), response.customers().end());
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return all;
  }
  std::string Anna() const {
    return servicekit::TestToken(
        {.subject = "anna", .role = Role::kRepresentative, .representative = anna_, .teams = {team_}});
  }

  const Id team_ = Id::New(kNow), anna_ = Id::New(kNow), ben_ = Id::New(kNow);
  servicekit::ScratchDatabase database_;
  servicekit::TestExecutor test_;
  servicekit::FakeClock clock_;
  Stores stores_;
  servicekit::FeedPublisher feed_;
  const Backend backend_;
  PolicyRpc policy_rpc_;
  ActionRpc action_rpc_;
  servicekit::InProcessServer server_;
  std::unique_ptr<v1::PolicyService::Stub> policies_;
  std::unique_ptr<v1::ActionService::Stub> actions_;
  FeedScript lifecycle_;
  int64_t applied_ = 0;
  std::vector<Id> customers_;
};

TEST_F(PolicyActionTest, ConditionsSpeakOfEveryFigure) {
  Load(40);
  lifecycle_.AddJourney(customers_[0], 6, kNow - 5 * kDay);
  lifecycle_.AddJourney(customers_[1], 5, kNow - 5 * kDay);
  ApplyLifecycle();
  EXPECT_EQ(CountOf("days_since_order < 20"), 10);
  EXPECT_EQ(CountOf("days_since_order >= 20"), 30);
  EXPECT_EQ(CountOf("stage = LOST"), 1);
  EXPECT_EQ(CountOf("stage:* AND stage_days >= 5 AND NOT stage = LOST"), 1);
  EXPECT_EQ(CountOf("tier = TOP"), 1);
  EXPECT_EQ(CountOf("tier = TOP OR tier = BIG"), 2);
  EXPECT_EQ(CountOf("former_tier:*"), 0);
  EXPECT_EQ(CountOf("migration = FELL"), 0);
  EXPECT_EQ(CountOf("tier_days = 0"), 40);
  EXPECT_EQ(CountOf("days_since_interaction:*"), 0);
  EXPECT_EQ(CountOf("open_opportunities = 0"), 40);
  EXPECT_EQ(CountOf("revenue > 119.5"), 20);
  EXPECT_EQ(CountOf("profit <= 119.5"), 20);
  const int64_t above = CountOf("score > 50");
  EXPECT_GT(above, 0);
  EXPECT_EQ(above + CountOf("score <= 50"), 40);
  EXPECT_EQ(CountOf("sales_contribution >= 0 AND sales_expectation >= 0 AND credit >= 0 AND "
                    "profit_contribution >= 0 AND demonstration_effect >= 0"),
            40);
  // Nobody came back: nothing is known of who is alive.
  EXPECT_EQ(CountOf("probability_alive:*"), 0);
  EXPECT_EQ(CountOf("expected_purchases = 0"), 40);
  // The caller's customers only.
  EXPECT_EQ(CountOf("days_since_order < 20", Anna()), 5);
}

TEST_F(PolicyActionTest, AConditionThatCannotBeReadIsRefusedWithItsField) {
  v1::Policy created;
  v1::Policy policy = APolicy("tier = HUGE");
  const grpc::Status status = Create(policy, &created);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_details(), testing::HasSubstr("policy.condition"));
  EXPECT_EQ(Create(APolicy(""), &created).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  policy = APolicy("tier = TOP");
  policy.set_goal(v1::GOAL_UNSPECIFIED);
  EXPECT_EQ(Create(policy, &created).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(PolicyActionTest, PoliciesAreAdministratorsAndEveryVersionIsKept) {
  v1::Policy created;
  EXPECT_EQ(Create(APolicy("tier = TOP"), &created, Anna()).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
  const std::string request_id = "0190a1b2-0000-7000-8000-000000000001";
  ASSERT_TRUE(Create(APolicy("tier = TOP"), &created, "administrator", request_id).ok());
  v1::Policy again;
  ASSERT_TRUE(Create(APolicy("tier = TOP"), &again, "administrator", request_id).ok());
  EXPECT_EQ(again.name(), created.name());

  v1::UpdatePolicyRequest request;
  *request.mutable_policy() = created;
  request.mutable_policy()->set_condition("tier = BIG");
  request.mutable_update_mask()->add_paths("condition");
  v1::Policy updated;
  ASSERT_TRUE(policies_->UpdatePolicy(servicekit::TestContext().get(), request, &updated).ok());
  EXPECT_EQ(updated.version(), 2);
  EXPECT_EQ(updated.display_name(), "Win back");
  // The etag is that of version 1.
  EXPECT_EQ(policies_->UpdatePolicy(servicekit::TestContext().get(), request, &updated).error_code(),
            grpc::StatusCode::ABORTED);
  request.mutable_policy()->clear_etag();
  ASSERT_TRUE(policies_->UpdatePolicy(servicekit::TestContext().get(), request, &updated).ok());
  EXPECT_EQ(updated.version(), 2) << "nothing changed";

  v1::ListPolicyVersionsRequest versions;
  versions.set_name(created.name());
  v1::ListPolicyVersionsResponse response;
  ASSERT_TRUE(policies_->ListPolicyVersions(servicekit::TestContext(Anna()).get(), versions, &response).ok());
  ASSERT_EQ(response.policies_size(), 2);
  EXPECT_EQ(response.policies(0).condition(), "tier = BIG");
  EXPECT_EQ(response.policies(1).condition(), "tier = TOP");
  versions.set_name(NameOf("policies", Id::New(kNow)));
  EXPECT_EQ(policies_->ListPolicyVersions(servicekit::TestContext().get(), versions, &response).error_code(),
            grpc::StatusCode::NOT_FOUND);
}

TEST_F(PolicyActionTest, RecommendationsComeByPriorityThenScoreAndOnlyOfOnesOwn) {
  Load(40);
  const v1::Policy second = MustCreate(APolicy("days_since_order < 20", 200));
  const v1::Policy first = MustCreate(APolicy("days_since_order >= 45", 10));
  v1::Policy disabled = APolicy("score >= 0", 1);
  disabled.set_disabled(true);
  MustCreate(disabled);

  const auto all = Recommendations("administrator");
  ASSERT_EQ(all.size(), 15u);
  std::set<std::string> seen;
  for (size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].policy(), i < 5 ? first.name() : second.name());
    if (i > 0 && i != 5) {
      EXPECT_GE(all[i - 1].score_micros(), all[i].score_micros());
    }
    EXPECT_THAT(all[i].reason(), testing::HasSubstr("last order"));
    EXPECT_EQ(all[i].recommended_action(), "Call within a week");
    seen.insert(all[i].customer());
  }
  EXPECT_EQ(seen.size(), 15u);
  // In pages of any size the same.
  for (int size : {1, 4, 5, 100}) EXPECT_EQ(Recommendations("administrator", size).size(), 15u) << size;
  const auto of_anna = Recommendations(Anna());
  for (const auto& recommendation : of_anna) EXPECT_TRUE(seen.contains(recommendation.customer()));
  EXPECT_EQ(of_anna.size(), 7u);

  EXPECT_EQ(Recommendations("administrator", 7, NameOf("customers", customers_[0])).size(), 1u);
  v1::ListRecommendationsRequest foreign;
  foreign.set_customer(NameOf("customers", customers_[1]));
  v1::ListRecommendationsResponse response;
  EXPECT_EQ(
      policies_->ListRecommendations(servicekit::TestContext(Anna()).get(), foreign, &response).error_code(),
      grpc::StatusCode::NOT_FOUND);
}

TEST_F(PolicyActionTest, AFallIsRecommendedFor) {
  Load(40);
  MustCreate(APolicy("migration = FELL AND former_tier = TOP"));
  EXPECT_TRUE(Recommendations("administrator").empty());
  // The best one, which is the last, is overtaken by all others.
  for (size_t i = 0; i + 1 < customers_.size(); ++i) {
    lifecycle_.AddOrder({.customer = customers_[i], .units = 10'000, .time = kNow - kDay});
  }
  ApplyLifecycle();
  // A change of tier counts when a second run confirms it.
  for (int run = 0; run < 2; ++run) {
    clock_.Advance(kDay);
    Rescore();
  }
  const auto recommended = Recommendations("administrator");
  ASSERT_EQ(recommended.size(), 1u);
  EXPECT_THAT(recommended[0].reason(), testing::HasSubstr("fallen from TOP"));
}

TEST_F(PolicyActionTest, AnActionsHoldOutIsStoredBeforeTheTreatmentAndItsEffectMeasured) {
  Load(200);
  v1::Action action;
  grpc::Status status = Plan(AnAction("days_since_order >= 0"), &action);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(action.seed(), 42);
  EXPECT_EQ(action.treated_count(), 100);
  EXPECT_EQ(action.held_out_count(), 100);

  const auto chosen = CustomersOf(action.name(), "administrator");
  ASSERT_EQ(chosen.size(), 200u);
  // Nothing has happened yet.
  v1::ActionEffect effect = Measure(action.name());
  EXPECT_EQ(effect.verdict(), v1::ActionEffect::INCONCLUSIVE);
  EXPECT_FALSE(effect.complete());

  // The treated buy for 50 more; one of the hold-outs cancels, one returns.
  std::mt19937_64 random(5);
  int64_t treated = 0, held_out = 0;
  for (const v1::ActionCustomer& customer : chosen) {
    const int64_t units = 100 + static_cast<int64_t>(random() % 40) + (customer.held_out() ? 0 : 50);
    const Id id = *servicekit::ParseName("customer", "customers", customer.customer());
    const FeedScript::Order order = {
        .customer = id, .units = units, .time = kNow + 10 * kDay, .cost_units = units / 2};
    const Id placed = lifecycle_.AddOrder(order);
    // Outside of the window.
    lifecycle_.AddOrder({.customer = id, .units = 77, .time = kNow + 100 * kDay});
    if (customer.held_out() && held_out == 0) {
      lifecycle_.AddCancellation(order, placed, kNow + 20 * kDay);
      held_out += 1;
      continue;
    }
    (customer.held_out() ? held_out : treated) += units;
  }
  held_out -= 1;
  clock_.Advance(95 * kDay);
  ApplyLifecycle();
  effect = Measure(action.name());
  EXPECT_EQ(effect.verdict(), v1::ActionEffect::GAIN) << effect.explanation();
  EXPECT_TRUE(effect.complete());
  EXPECT_DOUBLE_EQ(effect.treated_mean(), static_cast<double>(treated) / 100);
  EXPECT_DOUBLE_EQ(effect.held_out_mean(), static_cast<double>(held_out) / 100);
  EXPECT_NEAR(effect.margin(), 0.5, 0.01);
  EXPECT_GT(effect.incremental_return(), 0);
  EXPECT_FALSE(effect.sample_ratio().mismatch());

  // What anna sees is about her customers, and adds up with what ben would.
  const v1::ActionEffect of_anna = Measure(action.name(), Anna());
  EXPECT_EQ(of_anna.treated_count() + of_anna.held_out_count(), 100);
  EXPECT_EQ(CustomersOf(action.name(), Anna()).size(), 100u);

  v1::RecordActionCostRequest cost;
  cost.set_name(action.name());
  cost.set_etag(action.etag());
  cost.mutable_cost()->set_currency_code("USD");
  cost.mutable_cost()->set_units(1000);
  v1::Action changed;
  ASSERT_TRUE(actions_->RecordActionCost(servicekit::TestContext().get(), cost, &changed).ok());
  EXPECT_EQ(actions_->RecordActionCost(servicekit::TestContext().get(), cost, &changed).error_code(),
            grpc::StatusCode::ABORTED);

  v1::QuerySpendingResponse spending;
  status = actions_->QuerySpending(servicekit::TestContext().get(), {}, &spending);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(spending.rows_size(), 1);
  EXPECT_EQ(spending.rows(0).cost().units(), 1000);
  EXPECT_EQ(spending.rows(0).treated_count(), 100);
  EXPECT_NEAR(static_cast<double>(spending.rows(0).uplift().units()),
              static_cast<double>(effect.uplift().units()), 1);
  EXPECT_TRUE(spending.rows(0).conclusive());
  // Part of the customers, part of the cost.
  ASSERT_TRUE(actions_->QuerySpending(servicekit::TestContext(Anna()).get(), {}, &spending).ok());
  EXPECT_EQ(spending.rows(0).cost().units(), 10 * spending.rows(0).treated_count());
}

TEST_F(PolicyActionTest, SpendingIsToldByTargetMarketAndOverSlices) {
  Load(40);
  // Of every four customers one is in both markets, one in each, and one in none.
  const Id north = Id::New(kNow), south = Id::New(kNow + absl::Seconds(1));
  FeedScript people;
  for (size_t i = 0; i < customers_.size(); ++i) {
    std::vector<Id> markets;
    if (i % 4 < 2) markets.push_back(north);
    if (i % 4 == 0 || i % 4 == 2) markets.push_back(south);
    people.AddCustomer(customers_[i], i % 2 == 0 ? anna_ : ben_, team_, 2, i < 10 ? "food" : "steel",
                       markets);
  }
  Apply([&](Transaction& tx) { return ApplyCustomerFeed(tx, stores_, ActivityRates(), people.Batch()); });
  v1::Action action;
  ASSERT_TRUE(Plan(AnAction("days_since_order >= 0"), &action).ok());
  std::set<std::string> treated;
  for (const v1::ActionCustomer& customer : CustomersOf(action.name(), "administrator")) {
    if (!customer.held_out()) treated.insert(customer.customer());
  }
  ASSERT_EQ(treated.size(), 20u);
  const auto treated_where = [&](const std::function<bool(size_t)>& chosen) {
    int64_t count = 0;
    for (size_t i = 0; i < customers_.size(); ++i)
      count += chosen(i) && treated.contains(NameOf("customers", customers_[i]));
    return count;
  };
  const auto spending = [&](const v1::QuerySpendingRequest& request, const std::string& token) {
    v1::QuerySpendingResponse response;
    const grpc::Status status =
        actions_->QuerySpending(servicekit::TestContext(token).get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  };

  v1::QuerySpendingRequest request;
  request.set_group_by(v1::QuerySpendingRequest::TARGET_MARKET);
  v1::QuerySpendingResponse response = spending(request, "administrator");
  ASSERT_EQ(response.rows_size(), 2);
  EXPECT_EQ(response.rows(0).target_market(), NameOf("targetMarkets", north));
  EXPECT_EQ(response.rows(1).target_market(), NameOf("targetMarkets", south));
  EXPECT_EQ(response.rows(0).treated_count(), treated_where([](size_t i) { return i % 4 < 2; }));
  EXPECT_EQ(response.rows(1).treated_count(), treated_where([](size_t i) { return i % 2 == 0; }));
  for (const auto& row : response.rows()) {
    EXPECT_EQ(row.cost().units(), 5 * row.treated_count()) << "100 for 20 customers";
    EXPECT_EQ(row.department(), 0);
  }
  EXPECT_EQ(response.cost().units(), 100);

  // Anna's are the even ones, which are all in the second market.
  response = spending(request, Anna());
  ASSERT_EQ(response.rows_size(), 2);
  EXPECT_EQ(response.rows(0).treated_count(), treated_where([](size_t i) { return i % 4 == 0; }));
  EXPECT_EQ(response.cost().units(), 5 * treated_where([](size_t i) { return i % 2 == 0; }));

  request.clear_group_by();
  request.set_industry("food");
  EXPECT_EQ(spending(request, "administrator").rows(0).treated_count(),
            treated_where([](size_t i) { return i < 10; }));
  request.set_target_market(NameOf("targetMarkets", south));
  EXPECT_EQ(spending(request, "administrator").rows(0).treated_count(),
            treated_where([](size_t i) { return i < 10 && i % 2 == 0; }));
  request.set_owner(NameOf("representatives", ben_));
  EXPECT_EQ(spending(request, "administrator").rows_size(), 0);
  request.set_owner("teams/nobody");
  EXPECT_EQ(actions_->QuerySpending(servicekit::TestContext().get(), request, &response).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

// What customers do once an action is planned may be its effect: it must not be taken out of it.
TEST_F(PolicyActionTest, WhatWasBeforeEndsWhenTheActionIsPlanned) {
  Load(200);
  v1::PlanActionRequest request = AnAction("days_since_order >= 0");
  request.mutable_action()->mutable_outcome_start_time()->set_seconds(absl::ToUnixSeconds(kNow + 30 * kDay));
  v1::Action action, again;
  ASSERT_TRUE(Plan(request, &action).ok());
  std::mt19937_64 random(5);
  for (const v1::ActionCustomer& customer : CustomersOf(action.name(), "administrator")) {
    const Id id = *servicekit::ParseName("customer", "customers", customer.customer());
    const int64_t units = 100 + static_cast<int64_t>(random() % 900);
    // After it was planned and in the outcome window the same.
    lifecycle_.AddOrder({.customer = id, .units = units, .time = kNow + 10 * kDay});
    lifecycle_.AddOrder({.customer = id, .units = units, .time = kNow + 40 * kDay});
  }
  clock_.Advance(32 * kDay);
  ApplyLifecycle();
  // One that is planned now looks back on the first of the two orders.
  request.mutable_action()->mutable_outcome_start_time()->set_seconds(absl::ToUnixSeconds(kNow + 35 * kDay));
  ASSERT_TRUE(Plan(request, &again).ok());
  clock_.Advance(63 * kDay);
  EXPECT_LT(Measure(action.name()).variance_reduction(), 0.2);
  EXPECT_GT(Measure(again.name()).variance_reduction(), 0.9);
}

TEST_F(PolicyActionTest, WhoWasMergedIntoOthersLeavesTheirCostToTheRest) {
  Load(40);
  v1::Action action;
  ASSERT_TRUE(Plan(AnAction("days_since_order >= 0"), &action).ok());
  std::vector<Id> treated;
  for (const v1::ActionCustomer& customer : CustomersOf(action.name(), "administrator")) {
    if (customer.held_out()) continue;
    treated.push_back(*servicekit::ParseName("customer", "customers", customer.customer()));
  }
  ASSERT_EQ(treated.size(), 20u);
  FeedScript people;
  for (size_t i = 0; i < 10; ++i) people.AddMerge(Id::New(kNow), treated[10 + i], treated[i]);
  Apply([&](Transaction& tx) { return ApplyCustomerFeed(tx, stores_, ActivityRates(), people.Batch()); });
  const v1::ActionEffect effect = Measure(action.name());
  EXPECT_EQ(effect.treated_count(), 10);
  EXPECT_EQ(effect.cost().units(), 100);
  v1::QuerySpendingResponse spending;
  ASSERT_TRUE(actions_->QuerySpending(servicekit::TestContext().get(), {}, &spending).ok());
  ASSERT_EQ(spending.rows_size(), 1);
  EXPECT_EQ(spending.rows(0).cost().units(), 100);
}

TEST_F(PolicyActionTest, ActionsAreOfCustomersThatOneMayChange) {
  Load(20);
  v1::Action action;
  EXPECT_EQ(Plan(AnAction("score >= 0"), &action, "analyst").error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
  ASSERT_TRUE(Plan(AnAction("score >= 0"), &action, Anna()).ok());
  EXPECT_EQ(action.treated_count() + action.held_out_count(), 10);

  // Of somebody with none of its customers it is not there.
  const std::string stranger = servicekit::TestToken(
      {.subject = "ben", .role = Role::kRepresentative, .representative = ben_, .teams = {team_}});
  v1::GetActionRequest get;
  get.set_name(action.name());
  v1::Action found;
  EXPECT_EQ(actions_->GetAction(servicekit::TestContext(stranger).get(), get, &found).error_code(),
            grpc::StatusCode::NOT_FOUND);
  v1::ListActionsResponse list;
  ASSERT_TRUE(actions_->ListActions(servicekit::TestContext(stranger).get(), {}, &list).ok());
  EXPECT_EQ(list.actions_size(), 0);
  ASSERT_TRUE(actions_->ListActions(servicekit::TestContext("analyst").get(), {}, &list).ok());
  EXPECT_EQ(list.actions_size(), 1);
  v1::RecordActionCostRequest cost;
  cost.set_name(action.name());
  cost.mutable_cost()->set_currency_code("USD");
  EXPECT_EQ(actions_->RecordActionCost(servicekit::TestContext("analyst").get(), cost, &found).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
}

TEST_F(PolicyActionTest, PlansThatCannotBeMeasuredAreRefused) {
  Load(20);
  v1::Action action;
  EXPECT_EQ(Plan(AnAction("stage = LOST"), &action).error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(Plan(AnAction(""), &action).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  v1::PlanActionRequest past = AnAction("score >= 0");
  past.mutable_action()->mutable_outcome_start_time()->set_seconds(absl::ToUnixSeconds(kNow - kDay));
  EXPECT_EQ(Plan(past, &action).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  v1::PlanActionRequest other_currency = AnAction("score >= 0");
  other_currency.mutable_action()->mutable_cost()->set_currency_code("EUR");
  EXPECT_EQ(Plan(other_currency, &action).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  // By a policy's condition.
  v1::PlanActionRequest by_policy = AnAction("");
  by_policy.mutable_action()->set_policy(MustCreate(APolicy("days_since_order < 20")).name());
  ASSERT_TRUE(Plan(by_policy, &action).ok());
  EXPECT_EQ(action.treated_count() + action.held_out_count(), 10);
}

}  // namespace
}  // namespace clientele::value
