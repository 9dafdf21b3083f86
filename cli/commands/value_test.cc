// Scores, migrations, models and spending from the command line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "cli/commands/command_fixture.h"
#include "clientele/customer/v1/customer_service.grpc.pb.h"
#include "clientele/customer/v1/target_market_service.grpc.pb.h"
#include "clientele/value/v1/action_service.grpc.pb.h"
#include "clientele/value/v1/migration_service.grpc.pb.h"
#include "clientele/value/v1/score_history_service.grpc.pb.h"
#include "clientele/value/v1/score_service.grpc.pb.h"
#include "clientele/value/v1/scoring_model_service.grpc.pb.h"
#include "clientele/value/v1/scoring_run_service.grpc.pb.h"

namespace clientele::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
namespace v1 = value::v1;

google::type::Money Usd(int64_t units) {
  google::type::Money money;
  money.set_currency_code("USD");
  money.set_units(units);
  return money;
}

struct FakeCustomers : customer::v1::CustomerService::Service {
  grpc::Status GetCustomer(grpc::ServerContext*, const customer::v1::GetCustomerRequest* request,
                           customer::v1::Customer* response) override {
    response->set_name(request->name());
    return grpc::Status::OK;
  }
};

struct FakeMarkets : customer::v1::TargetMarketService::Service {
  grpc::Status ListTargetMarkets(grpc::ServerContext*, const customer::v1::ListTargetMarketsRequest*,
                                 customer::v1::ListTargetMarketsResponse* response) override {
    auto& market = *response->add_target_markets();
    market.set_name("targetMarkets/1");
    market.set_display_name("수도권 제조업");
    return grpc::Status::OK;
  }
};

struct FakeScores : v1::ScoreService::Service {
  grpc::Status GetScore(grpc::ServerContext*, const v1::GetScoreRequest* request,
                        v1::Score* response) override {
    asked = *request;
    response->set_tier(v1::BIG);
    response->set_pending_tier(v1::TOP);
    response->set_baseline_micros(50'000'000);
    response->set_score_micros(61'500'000);
    auto& factor = *response->add_factors();
    factor.set_factor(v1::CREDIT);
    factor.set_contribution_micros(11'500'000);
    factor.set_weight_micros(150'000);
    factor.set_explanation("Paid in time.");
    return grpc::Status::OK;
  }
  grpc::Status QueryTargetMarketValues(grpc::ServerContext*,
                                       const v1::QueryTargetMarketValuesRequest* request,
                                       v1::QueryTargetMarketValuesResponse* response) override {
    markets = *request;
    auto& row = *response->add_rows();
    row.set_target_market("targetMarkets/1");
    row.set_customer_count(1234);
    *row.mutable_profit() = Usd(777);
    return grpc::Status::OK;
  }
  grpc::Status ListScoringModels(grpc::ServerContext*, const v1::ListScoringModelsRequest* request,
                                 v1::ListScoringModelsResponse* response) override {
    const bool first = request->page_token().empty();
    response->add_scoring_models()->set_name(first ? "scoringModels/2" : "scoringModels/1");
    if (first) response->set_next_page_token("2");
    return grpc::Status::OK;
  }
  v1::GetScoreRequest asked;
  v1::QueryTargetMarketValuesRequest markets;
};

struct FakeHistory : v1::ScoreHistoryService::Service {
  grpc::Status CompareScores(grpc::ServerContext*, const v1::CompareScoresRequest* request,
                             v1::CompareScoresResponse* response) override {
    last = *request;
    response->set_behaviour_micros(-2'500'000);
    response->set_difference_micros(-2'500'000);
    response->mutable_from()->set_tier(v1::TOP);
    return grpc::Status::OK;
  }
  v1::CompareScoresRequest last;
};

struct FakeMigrations : v1::MigrationService::Service {
  grpc::Status QueryMigration(grpc::ServerContext*, const v1::QueryMigrationRequest* request,
                              v1::QueryMigrationResponse* response) override {
    last = *request;
    auto& row = *response->add_rows();
    row.set_from_tier(v1::BIG);
    row.set_customer_count(40);
    auto& cell = *row.add_cells();
    cell.set_to_tier(v1::TOP);
    cell.set_customer_count(10);
    cell.set_share_micros(250'000);
    return grpc::Status::OK;
  }
  v1::QueryMigrationRequest last;
};

struct FakeModels : v1::ScoringModelService::Service {
  grpc::Status CreateScoringModel(grpc::ServerContext*, const v1::CreateScoringModelRequest* request,
                                  v1::ScoringModel* response) override {
    created = *request;
    response->set_name("scoringModels/3");
    return grpc::Status::OK;
  }
  grpc::Status PreviewScoringModel(grpc::ServerContext*, const v1::PreviewScoringModelRequest* request,
                                   v1::ScoringRun* response) override {
    previewed = request->name();
    response->set_name("scoringRuns/7");
    response->set_state(v1::ScoringRun::READING);
    return grpc::Status::OK;
  }
  grpc::Status PublishScoringModel(grpc::ServerContext*, const v1::PublishScoringModelRequest* request,
                                   v1::ScoringRun* response) override {
    published = *request;
    if (request->etag() == "old") return {grpc::ABORTED, "the draft was changed since it was read"};
    response->set_name("scoringRuns/8");
    response->set_state(v1::ScoringRun::READING);
    return grpc::Status::OK;
  }
  v1::CreateScoringModelRequest created;
  std::string previewed;
  v1::PublishScoringModelRequest published;
};

// A run is finished at the second look.
struct FakeRuns : v1::ScoringRunService::Service {
  grpc::Status GetScoringRun(grpc::ServerContext*, const v1::GetScoringRunRequest* request,
                             v1::ScoringRun* response) override {
    response->set_name(request->name());
    response->set_scoring_model("scoringModels/3");
    response->set_scored_count(4321);
    response->set_state(cancelled     ? v1::ScoringRun::CANCELLED
                        : ++looks % 2 ? v1::ScoringRun::SCORING
                                      : v1::ScoringRun::FINISHED);
    return grpc::Status::OK;
  }
  int looks = 0;
  bool cancelled = false;
};

struct FakeActions : v1::ActionService::Service {
  grpc::Status QuerySpending(grpc::ServerContext*, const v1::QuerySpendingRequest* request,
                             v1::QuerySpendingResponse* response) override {
    last = *request;
    auto& row = *response->add_rows();
    if (request->group_by() == v1::QuerySpendingRequest::TARGET_MARKET) {
      row.set_target_market("targetMarkets/1");
    } else {
      row.set_department(type::v1::SALES);
    }
    *row.mutable_cost() = Usd(500);
    return grpc::Status::OK;
  }
  grpc::Status RecordActionCost(grpc::ServerContext*, const v1::RecordActionCostRequest* request,
                                v1::Action* response) override {
    EXPECT_FALSE(request->request_id().empty());
    response->set_name(request->name());
    *response->mutable_cost() = request->cost();
    return grpc::Status::OK;
  }
  v1::QuerySpendingRequest last;
};

class ValueCommands : public CommandTest {
 protected:
  void SetUp() override {
    Serve({&customers_, &markets_, &scores_, &history_, &migrations_, &models_, &runs_, &actions_});
  }

  FakeCustomers customers_;
  FakeMarkets markets_;
  FakeScores scores_;
  FakeHistory history_;
  FakeMigrations migrations_;
  FakeModels models_;
  FakeRuns runs_;
  FakeActions actions_;
};

TEST_F(ValueCommands, AScoreIsShownWithWhatItIsMadeOf) {
  const std::string text = Run({"score", "show", "customers/1", "--as-of", "2026-01-31T00:00:00Z"});
  EXPECT_THAT(text, AllOf(HasSubstr("Big, Top if confirmed"), HasSubstr("+11.50"), HasSubstr("61.50"),
                          HasSubstr("Paid in time.")));
  EXPECT_EQ(scores_.asked.name(), "customers/1/score");
  EXPECT_EQ(scores_.asked.as_of_time().seconds(), 1'769'817'600);
  EXPECT_THAT(Run({"score", "show", "customers/1"}, true), HasSubstr("\"scoreMicros\": \"61500000\""));
  EXPECT_FALSE(scores_.asked.has_as_of_time());
}

TEST_F(ValueCommands, ADifferenceIsSplit) {
  const std::string text = Run({"score", "diff", "customers/1", "--from", "2026-01-31"});
  EXPECT_THAT(text, AllOf(HasSubstr("-2.50"), HasSubstr("Top")));
  EXPECT_EQ(history_.last.name(), "customers/1/score");
  EXPECT_FALSE(history_.last.has_to_time());
}

TEST_F(ValueCommands, AMigrationIsBetweenDaysOrRuns) {
  EXPECT_THAT(Run({"migration", "--from", "2026-01-31", "--industry", "steel"}),
              AllOf(HasSubstr("Big"), HasSubstr("10 (25 %)")));
  EXPECT_EQ(migrations_.last.span().industry(), "steel");
  EXPECT_TRUE(migrations_.last.span().has_from_time());
  Run({"migration", "--from-run", "scoringRuns/1", "--to-run", "scoringRuns/2"});
  EXPECT_EQ(migrations_.last.span().from_run(), "scoringRuns/1");
  EXPECT_EQ(migrations_.last.span().to_run(), "scoringRuns/2");
  EXPECT_FALSE(migrations_.last.span().has_from_time());
}

TEST_F(ValueCommands, ModelsAreListedToTheLastPage) {
  for (const auto& words : {std::vector<std::string>{"models"}, {"models", "list"}}) {
    EXPECT_THAT(Run(words), AllOf(HasSubstr("scoringModels/2"), HasSubstr("scoringModels/1")));
  }
}

TEST_F(ValueCommands, ADraftIsMadeWithItsWeights) {
  EXPECT_THAT(Run({"models", "create", "--name", "More credit", "--weights", "20,20,30.5,19.5,10",
                   "--horizon", "180"}),
              HasSubstr("scoringModels/3"));
  const v1::ScoringModel& model = models_.created.scoring_model();
  EXPECT_EQ(model.horizon_days(), 180);
  ASSERT_EQ(model.weights_size(), 5);
  EXPECT_EQ(model.weights(2).factor(), v1::CREDIT);
  EXPECT_EQ(model.weights(2).weight_micros(), 305'000);
  EXPECT_FALSE(models_.created.request_id().empty());
  Run({"models", "create", "--name", "As it is"});
  EXPECT_EQ(models_.created.scoring_model().weights_size(), 0);
}

TEST_F(ValueCommands, APreviewShowsWhoWouldChangeTiers) {
  EXPECT_THAT(Run({"models", "preview", "scoringModels/3"}),
              AllOf(HasSubstr("scoringRuns/7"), HasSubstr("10 (25 %)")));
  EXPECT_EQ(models_.previewed, "scoringModels/3");
  EXPECT_EQ(migrations_.last.span().to_run(), "scoringRuns/7");
  EXPECT_TRUE(migrations_.last.span().from_run().empty());
  EXPECT_EQ(runs_.looks, 2) << "it should wait for the run";
  runs_.cancelled = true;
  EXPECT_THAT(Run({"models", "preview", "scoringModels/3"}),
              AllOf(HasSubstr("cancelled"), Not(HasSubstr("25 %"))));
}

TEST_F(ValueCommands, AModelIsPublishedAsItWasRead) {
  EXPECT_THAT(Run({"models", "publish", "scoringModels/3", "--etag", "new"}),
              HasSubstr("scoringModels/3 is in force: 4,321 customers scored."));
  EXPECT_EQ(models_.published.etag(), "new");
  EXPECT_THAT(Run({"models", "publish", "scoringModels/3", "--etag", "old"}), HasSubstr("changed since"));
}

TEST_F(ValueCommands, TargetMarketsHaveNamesAndValues) {
  EXPECT_THAT(Run({"markets", "--industry", "steel"}),
              AllOf(HasSubstr("수도권 제조업"), HasSubstr("1,234"), HasSubstr("USD 777")));
  EXPECT_EQ(scores_.markets.industry(), "steel");
}

TEST_F(ValueCommands, SpendingIsToldByDepartmentOrByTargetMarket) {
  EXPECT_THAT(Run({"actions", "spending", "--target-market", "targetMarkets/9"}), HasSubstr("Sales"));
  EXPECT_EQ(actions_.last.target_market(), "targetMarkets/9");
  EXPECT_THAT(Run({"actions", "spending", "--by-market"}),
              AllOf(HasSubstr("targetMarkets/1"), Not(HasSubstr("Department"))));
  EXPECT_THAT(Run({"actions", "cost", "actions/1", "--cost", "750", "--currency", "USD"}),
              HasSubstr("actions/1 cost USD 750"));
}

}  // namespace
}  // namespace clientele::cli
