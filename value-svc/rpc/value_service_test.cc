#include <map>
#include <set>
#include <string>
#include <vector>

#include "value-svc/rpc/service_fixture.h"

namespace clientele::value {
namespace {

TEST_F(ValueServiceTest, FactsCountOnceForTwoReplicasAndFeedsThatBreakOff) {
  Load(100);
  int64_t orders = 0, units = 0;
  for (const auto& entry : lifecycle_feed_.script.entries()) {
    clientele::lifecycle::v1::OrderPlaced placed;
    ASSERT_TRUE(entry.event().UnpackTo(&placed));
    ++orders;
    units += placed.order().base_total().units();
  }
  const v1::SummarizeFactsResponse summary = Summary();
  ASSERT_EQ(summary.rows_size(), 1);
  EXPECT_EQ(summary.rows(0).kind(), v1::Fact::ORDER_PLACED);
  EXPECT_EQ(summary.rows(0).fact_count(), orders);
  EXPECT_EQ(summary.rows(0).amount().units(), units);
  EXPECT_EQ(summary.rows(0).amount().currency_code(), "USD");
  EXPECT_EQ(summary.rows(0).cost().units(), orders * 50);
}

TEST_F(ValueServiceTest, EveryAggregateIsTheSumOfWhatItsCallerLists) {
  Load(120);
  std::vector<v1::RescoreCustomersResponse> messages;
  ASSERT_TRUE(Rescore("administrator", &messages).ok());
  EXPECT_EQ(messages.back().scored_count(), 120);
  EXPECT_EQ(messages.back().customer_count(), 120);
  EXPECT_FALSE(messages.back().scoring_model().empty());

  std::set<int64_t> sizes;
  for (const Principal& principal : company_.Principals()) {
    const std::string token = servicekit::TestToken(principal);
    // A page of 7, so that pages end within ties.
    const std::vector<v1::Score> listed = ListScores(token, 7);
    std::map<v1::Tier, int64_t> counts;
    std::set<std::string> names;
    int64_t revenue_micros = 0;
    for (size_t i = 0; i < listed.size(); ++i) {
      ++counts[listed[i].tier()];
      names.insert(listed[i].name());
      if (i > 0) {
        EXPECT_TRUE(listed[i - 1].score_micros() > listed[i].score_micros() ||
                    (listed[i - 1].score_micros() == listed[i].score_micros() &&
                     listed[i - 1].name() < listed[i].name()));
      }
      int64_t sum = listed[i].baseline_micros();
      for (const auto& factor : listed[i].factors()) sum += factor.contribution_micros();
      EXPECT_EQ(sum, listed[i].score_micros());
      EXPECT_EQ(listed[i].factors_size(), 5);
    }
    EXPECT_EQ(names.size(), listed.size()) << "of " << principal.subject;
    sizes.insert(static_cast<int64_t>(listed.size()));

    v1::QueryPyramidResponse pyramid;
    ASSERT_TRUE(QueryPyramid(token, {}, &pyramid).ok());
    EXPECT_EQ(pyramid.customer_count(), static_cast<int64_t>(listed.size())) << "of " << principal.subject;
    ASSERT_EQ(pyramid.tiers_size(), 5);
    for (const auto& tier : pyramid.tiers()) {
      EXPECT_EQ(tier.customer_count(), counts[tier.tier()]) << "of " << principal.subject;
      revenue_micros += tier.revenue().units();
      // What a filter finds is what the tier counts.
      EXPECT_EQ(static_cast<int64_t>(ListScores(token, 1000, "tier = " + v1::Tier_Name(tier.tier())).size()),
                tier.customer_count());
    }
    EXPECT_EQ(pyramid.revenue().units(), revenue_micros);
    // Each customer is found by exactly those who list it.
    for (Id customer : customers_) {
      v1::Score score;
      const grpc::Status status = GetScore(token, customer, &score);
      const bool listed_too = names.count(NameOf("customers", customer) + "/score") > 0;
      EXPECT_EQ(status.error_code(), listed_too ? grpc::StatusCode::OK : grpc::StatusCode::NOT_FOUND);
    }
  }
  EXPECT_GE(sizes.size(), 5u) << "the principals should see different things";
}

TEST_F(ValueServiceTest, APyramidOfATeamHasTheTeamsBelowItToo) {
  Load(60);
  ASSERT_TRUE(Rescore("administrator").ok());
  v1::QueryPyramidRequest request;
  v1::QueryPyramidResponse top, north, south, anna;
  request.set_team(NameOf("teams", company_.top));
  ASSERT_TRUE(QueryPyramid("administrator", request, &top).ok());
  EXPECT_EQ(top.customer_count(), 60);
  request.set_team(NameOf("teams", company_.north));
  ASSERT_TRUE(QueryPyramid("administrator", request, &north).ok());
  request.set_team(NameOf("teams", company_.south));
  ASSERT_TRUE(QueryPyramid("administrator", request, &south).ok());
  EXPECT_EQ(north.customer_count() + south.customer_count(), 60);
  request.clear_team();
  request.set_owner(NameOf("representatives", company_.anna));
  ASSERT_TRUE(QueryPyramid("administrator", request, &anna).ok());
  EXPECT_LT(anna.customer_count(), north.customer_count());
  request.set_owner("anna");
  EXPECT_EQ(QueryPyramid("administrator", request, &anna).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(ValueServiceTest, AScoreFollowsItsCustomerToAnotherOwner) {
  const Id customer = Id::New(kNow);
  customer_feed_.script.AddCustomer(customer, company_.anna, company_.north, 1);
  Follow();
  ASSERT_TRUE(Rescore("administrator").ok());
  const Principal ben = {.subject = "ben", .role = Role::kRepresentative, .representative = company_.ben};
  const Principal anna = {.subject = "anna", .role = Role::kRepresentative, .representative = company_.anna};
  v1::Score score;
  EXPECT_TRUE(GetScore(servicekit::TestToken(anna), customer, &score).ok());
  customer_feed_.script.AddCustomer(customer, company_.ben, company_.south, 2);
  Follow();
  EXPECT_TRUE(GetScore(servicekit::TestToken(ben), customer, &score).ok());
  EXPECT_EQ(GetScore(servicekit::TestToken(anna), customer, &score).error_code(),
            grpc::StatusCode::NOT_FOUND);
  ASSERT_TRUE(Rescore("administrator").ok());
  EXPECT_TRUE(GetScore(servicekit::TestToken(ben), customer, &score).ok());
}

TEST_F(ValueServiceTest, BeforeTheFirstRunItSaysWhatToDo) {
  Load(3);
  v1::Score score;
  const grpc::Status status = GetScore("administrator", customers_[0], &score);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(status.error_message(), testing::HasSubstr("RescoreCustomers"));
  v1::QueryPyramidResponse pyramid;
  EXPECT_EQ(QueryPyramid("administrator", {}, &pyramid).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_TRUE(ListScores("administrator", 10).empty());
}

TEST_F(ValueServiceTest, OnlyAdministratorsAndServicesRescore) {
  for (const char* token : {"representative", "manager", "analyst"}) {
    EXPECT_EQ(Rescore(token).error_code(), grpc::StatusCode::PERMISSION_DENIED) << token;
  }
  EXPECT_TRUE(Rescore("service").ok());
  EXPECT_TRUE(Rescore("administrator").ok());
}

TEST_F(ValueServiceTest, AModelIsFoundByNameAndAsTheCurrentOne) {
  Load(10);
  ASSERT_TRUE(Rescore("administrator").ok());
  ASSERT_TRUE(Rescore("administrator").ok());
  v1::ListScoringModelsResponse models;
  v1::ListScoringModelsRequest list;
  list.set_page_size(1);
  auto context = servicekit::TestContext();
  ASSERT_TRUE(score_stub_->ListScoringModels(context.get(), list, &models).ok());
  ASSERT_EQ(models.scoring_models_size(), 1);
  EXPECT_EQ(models.scoring_models(0).version(), 2);
  EXPECT_EQ(models.scoring_models(0).state(), v1::ScoringModel::PUBLISHED);
  v1::GetScoringModelRequest get;
  v1::ScoringModel current;
  get.set_name("scoringModels/current");
  context = servicekit::TestContext();
  ASSERT_TRUE(score_stub_->GetScoringModel(context.get(), get, &current).ok());
  EXPECT_EQ(current.SerializeAsString(), models.scoring_models(0).SerializeAsString());
  list.set_page_token(models.next_page_token());
  context = servicekit::TestContext();
  ASSERT_TRUE(score_stub_->ListScoringModels(context.get(), list, &models).ok());
  ASSERT_EQ(models.scoring_models_size(), 1);
  EXPECT_EQ(models.scoring_models(0).version(), 1);
  EXPECT_EQ(models.scoring_models(0).state(), v1::ScoringModel::RETIRED);
  EXPECT_EQ(models.next_page_token(), "");
  get.set_name(NameOf("scoringModels", Id::New(kNow)));
  context = servicekit::TestContext();
  EXPECT_EQ(score_stub_->GetScoringModel(context.get(), get, &current).error_code(),
            grpc::StatusCode::NOT_FOUND);
}

TEST_F(ValueServiceTest, FactsArePagedInOrderOfTime) {
  const Id customer = Id::New(kNow);
  customer_feed_.script.AddCustomer(customer, company_.anna, company_.north, 1);
  for (int64_t i : {5, 3, 9, 9, 9, 1}) {
    lifecycle_feed_.script.AddOrder({.customer = customer, .units = i, .time = kNow - i * kDay});
  }
  Follow();
  v1::ListFactsRequest request;
  request.set_parent(NameOf("customers", customer));
  request.set_page_size(2);
  std::vector<int64_t> units;
  do {
    v1::ListFactsResponse response;
    const auto context = servicekit::TestContext();
    ASSERT_TRUE(fact_stub_->ListFacts(context.get(), request, &response).ok());
    for (const v1::Fact& fact : response.facts()) units.push_back(fact.amount().units());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(units, testing::ElementsAre(9, 9, 9, 5, 3, 1));

  v1::ListFactsResponse response;
  const Principal ben = {.subject = "ben", .role = Role::kRepresentative, .representative = company_.ben};
  auto context = servicekit::TestContext(servicekit::TestToken(ben));
  request.clear_page_token();
  EXPECT_EQ(fact_stub_->ListFacts(context.get(), request, &response).error_code(),
            grpc::StatusCode::NOT_FOUND);
  context = servicekit::TestContext();
  request.set_page_token("nonsense");
  EXPECT_EQ(fact_stub_->ListFacts(context.get(), request, &response).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(ValueServiceTest, WrongRequestsAreRefusedByField) {
  v1::Score score;
  v1::GetScoreRequest get;
  for (const char* name :
       {"", "customers/x/score", "customers/x", "orders/x/score", "'; DROP TABLE scores; --"}) {
    get.set_name(name);
    const auto context = servicekit::TestContext();
    EXPECT_EQ(score_stub_->GetScore(context.get(), get, &score).error_code(),
              grpc::StatusCode::INVALID_ARGUMENT)
        << name;
  }
  v1::ListScoresRequest list;
  v1::ListScoresResponse scores;
  for (const char* filter : {"tier = GOLD", "owner = \"x\"", "score_micros >", "1; DROP TABLE scores"}) {
    list.set_filter(filter);
    const auto context = servicekit::TestContext();
    EXPECT_EQ(score_stub_->ListScores(context.get(), list, &scores).error_code(),
              grpc::StatusCode::INVALID_ARGUMENT)
        << filter;
  }
  v1::RescoreCustomersRequest rescore;
  rescore.mutable_as_of_time()->set_seconds(absl::ToUnixSeconds(kNow + kDay));
  const auto context = servicekit::TestContext();
  EXPECT_EQ(score_stub_->RescoreCustomers(context.get(), rescore)->Finish().error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(ValueServiceTest, TheFeedTellsTiersAsTheyChange) {
  Load(30);
  ASSERT_TRUE(Rescore("administrator").ok());
  ASSERT_TRUE(feed_.Sequence().ok());
  const auto stub = v1::ValueFeedService::NewStub(server_.channel());
  ReadFeedRequest request;
  request.set_until_end(true);
  const auto read = [&] {
    const auto context = servicekit::TestContext("service");
    const auto reader = stub->ReadFeed(context.get(), request);
    std::vector<v1::TierChanged> events;
    ReadFeedResponse message;
    while (reader->Read(&message)) {
      for (const auto& entry : message.entries()) {
        EXPECT_TRUE(entry.event().UnpackTo(&events.emplace_back()));
        request.set_after(entry.position());
      }
    }
    EXPECT_TRUE(reader->Finish().ok());
    return events;
  };
  EXPECT_EQ(read().size(), 30u);

  const std::vector<v1::Score> scores = ListScores("administrator", 1000);
  const std::string last = scores.back().name().substr(0, scores.back().name().rfind('/'));
  lifecycle_feed_.script.AddOrder(
      {.customer = *servicekit::ParseName("", "customers", last), .units = 1'000'000, .time = kNow});
  Follow();
  while (*worker_.RunOnce(absl::Now() + absl::Seconds(30))) {
  }
  ASSERT_TRUE(feed_.Sequence().ok());
  const std::vector<v1::TierChanged> changes = read();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].customer(), last);
  EXPECT_EQ(changes[0].from_tier(), scores.back().tier());
  EXPECT_LT(changes[0].to_tier(), changes[0].from_tier());
}

}  // namespace
}  // namespace clientele::value
