#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "servicekit/rpc/convert.h"
#include "servicekit/types/error.h"
#include "value-svc/rpc/service_fixture.h"

namespace clientele::value {
namespace {

google::protobuf::Timestamp At(absl::Time time) { return servicekit::ToProto(time); }

class ValueStatesTest : public ValueServiceTest {
 protected:
  // Runs over three days of the past, then the present.
  void LoadWithRuns(int count) {
    Load(count);
    for (int days_ago : {300, 200, 100}) ASSERT_TRUE(RescoreAsOf(kNow - days_ago * kDay).ok());
    ASSERT_TRUE(Rescore("administrator").ok());
  }
  grpc::Status RescoreAsOf(absl::Time as_of) {
    v1::RescoreCustomersRequest request;
    *request.mutable_as_of_time() = At(as_of);
    const auto context = servicekit::TestContext("administrator");
    const auto reader = score_stub_->RescoreCustomers(context.get(), request);
    v1::RescoreCustomersResponse message;
    while (reader->Read(&message)) {
    }
    return reader->Finish();
  }
  void Work() {
    while (*worker_.RunOnce(absl::Now() + absl::Seconds(30))) {
    }
  }

  template <typename Stub, typename Method, typename Request, typename Response>
  grpc::Status Call(Stub& stub, Method method, const std::string& token, const Request& request,
                    Response* response) {
    const auto context = servicekit::TestContext(token);
    return ((*stub).*method)(context.get(), request, response);
  }
  v1::QueryMigrationResponse Migration(const std::string& token, const v1::MigrationSpan& span) {
    v1::QueryMigrationRequest request;
    *request.mutable_span() = span;
    v1::QueryMigrationResponse response;
    const grpc::Status status =
        Call(migration_stub_, &v1::MigrationService::Stub::QueryMigration, token, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  std::vector<v1::CustomerMigration> Migrations(const std::string& token, const v1::MigrationSpan& span,
                                                const std::string& filter, int page_size = 7) {
    std::vector<v1::CustomerMigration> migrations;
    v1::ListMigrationsRequest request;
    *request.mutable_span() = span;
    request.set_filter(filter);
    request.set_page_size(page_size);
    do {
      v1::ListMigrationsResponse response;
      const grpc::Status status =
          Call(migration_stub_, &v1::MigrationService::Stub::ListMigrations, token, request, &response);
      EXPECT_TRUE(status.ok()) << status.error_message();
      migrations.insert(migrations.end(), response.migrations().begin(), response.migrations().end());
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return migrations;
  }
  grpc::Status Create(const v1::ScoringModel& model, v1::ScoringModel* created,
                      const std::string& token = "administrator") {
    v1::CreateScoringModelRequest request;
    *request.mutable_scoring_model() = model;
    return Call(model_stub_, &v1::ScoringModelService::Stub::CreateScoringModel, token, request, created);
  }
};

int64_t MicrosOf(const google::type::Money& money) {
  return money.units() * 1'000'000 + money.nanos() / 1000;
}

// Every cell lists exactly its customers, every row sums to what the pyramid before says, every column to
// that after.
TEST_F(ValueStatesTest, AMigrationAddsUpToBothPyramidsAndListsBehindEveryCell) {
  LoadWithRuns(120);
  v1::MigrationSpan span;
  *span.mutable_from_time() = At(kNow - 200 * kDay);
  *span.mutable_to_time() = At(kNow);
  std::set<int64_t> sizes;
  for (const Principal& principal : company_.Principals()) {
    const std::string token = servicekit::TestToken(principal);
    const v1::QueryMigrationResponse matrix = Migration(token, span);
    ASSERT_EQ(matrix.rows_size(), 6);
    v1::QueryPyramidRequest request;
    v1::QueryPyramidResponse before, after;
    *request.mutable_as_of_time() = At(kNow - 200 * kDay);
    ASSERT_TRUE(QueryPyramid(token, request, &before).ok());
    *request.mutable_as_of_time() = At(kNow);
    ASSERT_TRUE(QueryPyramid(token, request, &after).ok());
    EXPECT_EQ(matrix.from().customer_count(), before.customer_count());
    EXPECT_EQ(matrix.to().customer_count(), after.customer_count());
    sizes.insert(after.customer_count());

    std::vector<int64_t> column_counts(5), column_revenue(5), column_profit(5);
    for (const auto& row : matrix.rows()) {
      ASSERT_EQ(row.cells_size(), 5);
      int64_t count = 0, share = 0, revenue = 0, profit = 0;
      for (int to = 0; to < 5; ++to) {
        const auto& cell = row.cells(to);
        count += cell.customer_count();
        share += cell.share_micros();
        revenue += MicrosOf(cell.from_revenue());
        profit += MicrosOf(cell.from_profit());
        column_counts[to] += cell.customer_count();
        column_revenue[to] += MicrosOf(cell.to_revenue());
        column_profit[to] += MicrosOf(cell.to_profit());
        const auto listed = Migrations(token, span,
                                       "from_tier = " + v1::Tier_Name(row.from_tier()) +
                                           " AND to_tier = " + v1::Tier_Name(cell.to_tier()));
        ASSERT_EQ(static_cast<int64_t>(listed.size()), cell.customer_count());
        std::map<v1::Factor, int64_t> drivers;
        int64_t listed_revenue = 0;
        for (const v1::CustomerMigration& migration : listed) {
          ++drivers[migration.driver()];
          listed_revenue += MicrosOf(migration.to_revenue());
        }
        EXPECT_EQ(listed_revenue, MicrosOf(cell.to_revenue()));
        // The same driver by SQL and by the rule.
        for (const auto& driver : cell.drivers())
          EXPECT_EQ(driver.customer_count(), drivers[driver.factor()]);
      }
      EXPECT_EQ(count, row.customer_count());
      EXPECT_EQ(share, count == 0 ? 0 : 1'000'000);
      EXPECT_EQ(revenue, MicrosOf(row.from_revenue()));
      EXPECT_EQ(profit, MicrosOf(row.from_profit()));
      if (row.from_tier() == v1::TIER_UNSPECIFIED) continue;
      const auto& tier = before.tiers(row.from_tier() - 1);
      EXPECT_EQ(count, tier.customer_count());
      EXPECT_EQ(revenue, MicrosOf(tier.revenue()));
      EXPECT_EQ(profit, MicrosOf(tier.profit()));
    }
    for (int to = 0; to < 5; ++to) {
      EXPECT_EQ(column_counts[to], after.tiers(to).customer_count());
      EXPECT_EQ(column_revenue[to], MicrosOf(after.tiers(to).revenue()));
      EXPECT_EQ(column_profit[to], MicrosOf(after.tiers(to).profit()));
    }
    EXPECT_EQ(Migrations(token, span, "").size(), static_cast<size_t>(after.customer_count()));
  }
  EXPECT_GE(sizes.size(), 5u) << "the principals should see different things";
  EXPECT_GT(Migration("administrator", span).rows(5).customer_count(), 0) << "somebody should be new";
}

TEST_F(ValueStatesTest, APyramidOfThePastCountsExactlyWhatItsListHas) {
  LoadWithRuns(80);
  const absl::Time then = kNow - 150 * kDay;
  for (const Principal& principal : company_.Principals()) {
    const std::string token = servicekit::TestToken(principal);
    v1::QueryPyramidRequest request;
    v1::QueryPyramidResponse pyramid;
    *request.mutable_as_of_time() = At(then);
    ASSERT_TRUE(QueryPyramid(token, request, &pyramid).ok());
    EXPECT_EQ(pyramid.as_of_time().seconds(), absl::ToUnixSeconds(kNow - 200 * kDay));
    for (const auto& tier : pyramid.tiers()) {
      v1::ListScoresRequest list;
      list.set_page_size(5);
      list.set_filter("tier = " + v1::Tier_Name(tier.tier()));
      *list.mutable_as_of_time() = At(then);
      int64_t count = 0, revenue = 0, highest = std::numeric_limits<int64_t>::max();
      do {
        v1::ListScoresResponse response;
        ASSERT_TRUE(Call(score_stub_, &v1::ScoreService::Stub::ListScores, token, list, &response).ok());
        for (const v1::Score& score : response.scores()) {
          EXPECT_LE(score.score_micros(), highest);
          highest = score.score_micros();
          EXPECT_EQ(score.tier(), tier.tier());
          revenue += MicrosOf(score.revenue());
          ++count;
        }
        list.set_page_token(response.next_page_token());
      } while (!list.page_token().empty());
      EXPECT_EQ(count, tier.customer_count());
      EXPECT_EQ(revenue, MicrosOf(tier.revenue()));
    }
  }
  v1::QueryPyramidRequest request;
  v1::QueryPyramidResponse pyramid;
  *request.mutable_as_of_time() = At(kNow - 900 * kDay);
  EXPECT_EQ(QueryPyramid("administrator", request, &pyramid).error_code(), grpc::StatusCode::NOT_FOUND);
}

// Facts that come between a run and its rescoring change what is computed for a page, not where it ends.
TEST_F(ValueStatesTest, PagesOfAPastDayHaveEverybodyOnceWhateverComesMeanwhile) {
  Load(30);
  ASSERT_TRUE(Rescore("administrator").ok());
  const std::vector<v1::Score> scores = ListScores("administrator", 1000);
  for (size_t i = 0; i < scores.size(); i += 2) {
    const Id customer = *servicekit::ParseName(
        "name", "customers", scores[scores.size() - 1 - i].name().substr(0, scores[0].name().rfind('/')));
    lifecycle_feed_.script.AddOrder(
        {.customer = customer, .units = 10'000 * static_cast<int64_t>(i + 1), .time = kNow - kDay});
  }
  Follow();
  v1::ListScoresRequest list;
  list.set_page_size(3);
  *list.mutable_as_of_time() = At(kNow);
  std::vector<std::string> listed;
  do {
    v1::ListScoresResponse response;
    ASSERT_TRUE(
        Call(score_stub_, &v1::ScoreService::Stub::ListScores, "administrator", list, &response).ok());
    for (const v1::Score& score : response.scores()) listed.push_back(score.name());
    list.set_page_token(response.next_page_token());
  } while (!list.page_token().empty());
  std::vector<std::string> expected;
  for (const v1::Score& score : scores) expected.push_back(score.name());
  EXPECT_EQ(listed, expected);
}

TEST_F(ValueStatesTest, HowManyCustomersThereAreIsToldToWhoReadsAllOfThem) {
  Load(30);
  ASSERT_TRUE(Rescore("administrator").ok());
  for (const Principal& principal : company_.Principals()) {
    const std::string token = servicekit::TestToken(principal);
    const bool all = principal.role == Role::kAdministrator || principal.role == Role::kAnalyst;
    v1::ListScoringRunsResponse runs;
    ASSERT_TRUE(Call(run_stub_, &v1::ScoringRunService::Stub::ListScoringRuns, token,
                     v1::ListScoringRunsRequest(), &runs)
                    .ok());
    ASSERT_EQ(runs.scoring_runs_size(), 1);
    EXPECT_EQ(runs.scoring_runs(0).customer_count(), all ? 30 : 0) << principal.subject;
    EXPECT_EQ(runs.scoring_runs(0).scored_count(), all ? 30 : 0);
    v1::GetScoringRunRequest get_run;
    get_run.set_name(runs.scoring_runs(0).name());
    v1::ScoringRun run;
    ASSERT_TRUE(Call(run_stub_, &v1::ScoringRunService::Stub::GetScoringRun, token, get_run, &run).ok());
    EXPECT_EQ(run.SerializeAsString(), runs.scoring_runs(0).SerializeAsString());
    v1::GetScoringModelRequest get_model;
    get_model.set_name("scoringModels/current");
    v1::ScoringModel model;
    ASSERT_TRUE(Call(score_stub_, &v1::ScoreService::Stub::GetScoringModel, token, get_model, &model).ok());
    EXPECT_EQ(model.reference_size() > 0, all) << principal.subject;
    v1::ListScoringModelsResponse models;
    ASSERT_TRUE(Call(score_stub_, &v1::ScoreService::Stub::ListScoringModels, token,
                     v1::ListScoringModelsRequest(), &models)
                    .ok());
    EXPECT_EQ(models.scoring_models(0).SerializeAsString(), model.SerializeAsString());
  }
}

TEST_F(ValueStatesTest, APyramidHasItsConcentration) {
  Load(60);
  ASSERT_TRUE(Rescore("administrator").ok());
  v1::QueryPyramidResponse pyramid;
  ASSERT_TRUE(QueryPyramid("administrator", {}, &pyramid).ok());
  EXPECT_GT(pyramid.revenue_concentration().gini(), 0);
  EXPECT_LT(pyramid.revenue_concentration().gini(), 1);
  const auto& curve = pyramid.revenue_concentration().whale_curve();
  ASSERT_GT(curve.size(), 2);
  EXPECT_EQ(curve.begin()->value_share(), 0);
  EXPECT_NEAR(curve.rbegin()->value_share(), 1, 1e-9);
  double share = 0;
  for (const auto& tier : pyramid.tiers()) share += tier.customer_share();
  EXPECT_NEAR(share, 1, 1e-9);
}

TEST_F(ValueStatesTest, SlicesByIndustryAndTargetMarketListWhatTheyCount) {
  const Id market = Id::New(kNow);
  for (int i = 0; i < 12; ++i) {
    const Id customer = Id::New(kNow);
    customer_feed_.script.AddCustomer(customer, company_.anna, company_.north, 1,
                                      i % 3 == 0 ? "retail" : "steel",
                                      i % 4 == 0 ? std::vector<Id>{market} : std::vector<Id>());
    lifecycle_feed_.script.AddOrder({.customer = customer, .units = 10 + i, .time = kNow - 9 * kDay});
  }
  Follow();
  ASSERT_TRUE(Rescore("administrator").ok());
  v1::QueryPyramidRequest request;
  v1::ListScoresRequest list;
  const auto check = [&](int64_t expected) {
    for (bool past : {false, true}) {
      if (past) {
        *request.mutable_as_of_time() = At(kNow);
        *list.mutable_as_of_time() = At(kNow);
      } else {
        request.clear_as_of_time();
        list.clear_as_of_time();
      }
      v1::QueryPyramidResponse pyramid;
      v1::ListScoresResponse scores;
      ASSERT_TRUE(QueryPyramid("administrator", request, &pyramid).ok());
      ASSERT_TRUE(
          Call(score_stub_, &v1::ScoreService::Stub::ListScores, "administrator", list, &scores).ok());
      EXPECT_EQ(pyramid.customer_count(), expected);
      EXPECT_EQ(scores.scores_size(), expected);
    }
  };
  check(12);
  request.set_industry("retail");
  list.set_industry("retail");
  check(4);
  request.set_target_market(NameOf("targetMarkets", market));
  list.set_target_market(NameOf("targetMarkets", market));
  check(1);
  request.clear_industry();
  list.clear_industry();
  check(3);
}

// Each row is the pyramid of its market's slice, whoever asks, now and in the past.
TEST_F(ValueStatesTest, TargetMarketsAreWorthWhatTheirPyramidsAre) {
  LoadWithRuns(60);
  std::vector<Id> markets;
  for (int i = 0; i < 3; ++i) markets.push_back(Id::New(kNow + absl::Seconds(i)));
  const std::optional<Id> owners[] = {company_.anna, company_.ben, company_.cho};
  for (size_t i = 0; i < customers_.size(); ++i) {
    std::vector<Id> of;
    for (size_t market = 0; market < 2; ++market) {
      if (i % (market + 2) == 0) of.push_back(markets[market]);
    }
    customer_feed_.script.AddCustomer(customers_[i], owners[i % 3],
                                      i % 3 == 0 ? company_.north : company_.south, 2, i % 2 ? "food" : "",
                                      of);
  }
  Follow();
  std::set<int64_t> counts;
  for (const Principal& principal : company_.Principals()) {
    const std::string token = servicekit::TestToken(principal);
    for (const bool past : {false, true}) {
      for (const char* industry : {"", "food"}) {
        v1::QueryTargetMarketValuesRequest request;
        v1::QueryTargetMarketValuesResponse values;
        request.set_industry(industry);
        if (past) *request.mutable_as_of_time() = At(kNow - 150 * kDay);
        const grpc::Status status =
            Call(score_stub_, &v1::ScoreService::Stub::QueryTargetMarketValues, token, request, &values);
        ASSERT_TRUE(status.ok()) << status.error_message();
        EXPECT_EQ(values.scoring_run().empty(), !past);
        auto row = values.rows().begin();
        for (const Id& market : markets) {
          v1::QueryPyramidRequest slice;
          v1::QueryPyramidResponse pyramid;
          slice.set_industry(industry);
          slice.set_target_market(NameOf("targetMarkets", market));
          if (past) *slice.mutable_as_of_time() = At(kNow - 150 * kDay);
          ASSERT_TRUE(QueryPyramid(token, slice, &pyramid).ok());
          counts.insert(pyramid.customer_count());
          if (pyramid.customer_count() == 0) continue;
          ASSERT_NE(row, values.rows().end());
          EXPECT_EQ(row->target_market(), slice.target_market());
          EXPECT_EQ(row->customer_count(), pyramid.customer_count());
          EXPECT_EQ(row->active_customer_count(),
                    pyramid.customer_count() - pyramid.tiers(4).customer_count());
          EXPECT_EQ(MicrosOf(row->revenue()), MicrosOf(pyramid.revenue()));
          EXPECT_EQ(MicrosOf(row->profit()), MicrosOf(pyramid.profit()));
          EXPECT_EQ(MicrosOf(row->value_at_risk()), MicrosOf(pyramid.value_at_risk()));
          ++row;
        }
        EXPECT_EQ(row, values.rows().end());
      }
    }
  }
  EXPECT_GE(counts.size(), 5u) << "the principals should see different things";
  v1::QueryTargetMarketValuesRequest request;
  v1::QueryTargetMarketValuesResponse values;
  request.set_team("customers/none");
  EXPECT_EQ(
      Call(score_stub_, &v1::ScoreService::Stub::QueryTargetMarketValues, "administrator", request, &values)
          .error_code(),
      grpc::StatusCode::INVALID_ARGUMENT);
  request.clear_team();
  *request.mutable_as_of_time() = At(kNow - 900 * kDay);
  EXPECT_EQ(
      Call(score_stub_, &v1::ScoreService::Stub::QueryTargetMarketValues, "administrator", request, &values)
          .error_code(),
      grpc::StatusCode::NOT_FOUND);
}

TEST_F(ValueStatesTest, AScoreOfAPastDayIsWhatTheRunOfThatDayFound) {
  LoadWithRuns(40);
  const absl::Time then = kNow - 200 * kDay;
  v1::ListScoresRequest list;
  list.set_page_size(1000);
  *list.mutable_as_of_time() = At(then);
  v1::ListScoresResponse scores;
  ASSERT_TRUE(Call(score_stub_, &v1::ScoreService::Stub::ListScores, "administrator", list, &scores).ok());
  ASSERT_GT(scores.scores_size(), 5);
  for (const v1::Score& listed : scores.scores()) {
    v1::GetScoreRequest get;
    get.set_name(listed.name());
    *get.mutable_as_of_time() = At(then);
    v1::Score score;
    ASSERT_TRUE(Call(score_stub_, &v1::ScoreService::Stub::GetScore, "administrator", get, &score).ok());
    EXPECT_EQ(score.SerializeAsString(), listed.SerializeAsString());
    v1::ListScoreHistoryRequest history;
    history.set_parent(listed.name().substr(0, listed.name().rfind('/')));
    history.set_page_size(1);
    bool found = false;
    do {
      v1::ListScoreHistoryResponse page;
      ASSERT_TRUE(Call(history_stub_, &v1::ScoreHistoryService::Stub::ListScoreHistory, "administrator",
                       history, &page)
                      .ok());
      for (const v1::ScoreRecord& record : page.records()) {
        const int64_t sum = std::accumulate(record.contribution_micros().begin(),
                                            record.contribution_micros().end(), int64_t{50'000'000});
        EXPECT_EQ(sum, record.score_micros());
        if (record.as_of_time().seconds() != absl::ToUnixSeconds(then)) continue;
        found = true;
        EXPECT_EQ(record.score_micros(), score.score_micros());
        EXPECT_EQ(record.tier(), score.tier());
      }
      history.set_page_token(page.next_page_token());
    } while (!history.page_token().empty());
    EXPECT_TRUE(found);
  }
}

TEST_F(ValueStatesTest, TierChangesBeginWithTheFirstTierAndFollowEachOther) {
  LoadWithRuns(40);
  for (Id customer : customers_) {
    v1::ListTierChangesRequest request;
    request.set_parent(NameOf("customers", customer));
    request.set_page_size(1);
    std::vector<v1::TierChange> changes;
    do {
      v1::ListTierChangesResponse page;
      ASSERT_TRUE(Call(history_stub_, &v1::ScoreHistoryService::Stub::ListTierChanges, "administrator",
                       request, &page)
                      .ok());
      changes.insert(changes.end(), page.tier_changes().begin(), page.tier_changes().end());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    ASSERT_FALSE(changes.empty());
    EXPECT_EQ(changes.back().from_tier(), v1::TIER_UNSPECIFIED);
    v1::Score score;
    ASSERT_TRUE(GetScore("administrator", customer, &score).ok());
    EXPECT_EQ(changes.front().to_tier(), score.tier());
    for (size_t i = 0; i + 1 < changes.size(); ++i) {
      EXPECT_EQ(changes[i].from_tier(), changes[i + 1].to_tier());
      EXPECT_NE(changes[i].from_tier(), changes[i].to_tier());
    }
  }
}

TEST_F(ValueStatesTest, AComparisonSumsAndIsRefusedBackwards) {
  LoadWithRuns(20);
  v1::CompareScoresRequest request;
  request.set_name(NameOf("customers", customers_[3]) + "/score");
  *request.mutable_from_time() = At(kNow - 200 * kDay);
  v1::CompareScoresResponse response;
  const auto compare = [&] {
    return Call(history_stub_, &v1::ScoreHistoryService::Stub::CompareScores, "administrator", request,
                &response);
  };
  ASSERT_TRUE(compare().ok());
  EXPECT_EQ(response.difference_micros(), response.to().score_micros() - response.from().score_micros());
  EXPECT_EQ(response.difference_micros(),
            response.behaviour_micros() + response.weights_micros() + response.cutoffs_micros());
  int64_t sum = 0;
  for (const auto& factor : response.factors()) sum += factor.difference_micros();
  EXPECT_EQ(sum, response.difference_micros());
  *request.mutable_to_time() = At(kNow - 300 * kDay);
  EXPECT_EQ(compare().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(ValueStatesTest, ADraftShowsItsTierChangesBeforeItIsPublished) {
  Load(100);
  ASSERT_TRUE(Rescore("administrator").ok());
  v1::ScoringModel wanted, draft;
  wanted.set_display_name("Credit first");
  for (int factor = 1; factor <= 5; ++factor) {
    auto& weight = *wanted.add_weights();
    weight.set_factor(static_cast<v1::Factor>(factor));
    weight.set_weight_micros(factor == v1::DEMONSTRATION_EFFECT ? 600'000 : 100'000);
  }
  wanted.set_tier_mode(v1::ScoringModel::THRESHOLDS);
  for (int64_t threshold : {80'000'000, 60'000'000, 40'000'000}) wanted.add_tier_threshold_micros(threshold);
  ASSERT_TRUE(Create(wanted, &draft).ok());
  EXPECT_EQ(draft.state(), v1::ScoringModel::DRAFT);
  EXPECT_EQ(draft.horizon_days(), 365);

  const std::vector<v1::Score> before = ListScores("administrator", 1000);
  v1::PreviewScoringModelRequest preview;
  preview.set_name(draft.name());
  v1::ScoringRun run;
  ASSERT_TRUE(
      Call(model_stub_, &v1::ScoringModelService::Stub::PreviewScoringModel, "administrator", preview, &run)
          .ok());
  Work();
  const std::vector<v1::Score> during = ListScores("administrator", 1000);
  ASSERT_EQ(during.size(), before.size());
  for (size_t i = 0; i < before.size(); ++i)
    EXPECT_EQ(during[i].SerializeAsString(), before[i].SerializeAsString());
  v1::MigrationSpan span;
  span.set_to_run(run.name());
  std::map<std::string, v1::Tier> promised;
  int64_t moving = 0;
  for (const v1::CustomerMigration& migration : Migrations("administrator", span, "")) {
    promised[migration.customer()] = migration.to_tier();
    if (migration.from_tier() != migration.to_tier()) ++moving;
  }
  EXPECT_GT(moving, 0);
  EXPECT_EQ(promised.size(), before.size());

  v1::PublishScoringModelRequest publish;
  publish.set_name(draft.name());
  publish.set_etag(draft.etag());
  ASSERT_TRUE(
      Call(model_stub_, &v1::ScoringModelService::Stub::PublishScoringModel, "administrator", publish, &run)
          .ok());
  Work();
  for (const v1::Score& score : ListScores("administrator", 1000)) {
    EXPECT_EQ(score.scoring_model(), draft.name());
    EXPECT_EQ(promised.at(score.name().substr(0, score.name().rfind('/'))), score.tier());
  }
  // It is in force now, and can no longer be changed.
  const grpc::Status again =
      Call(model_stub_, &v1::ScoringModelService::Stub::PublishScoringModel, "administrator", publish, &run);
  EXPECT_EQ(again.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
}

TEST_F(ValueStatesTest, ADraftIsChangedByItsEtagAndRemovedWithItsPreviews) {
  Load(20);
  v1::ScoringModel draft, changed;
  ASSERT_TRUE(Create({}, &draft).ok());
  v1::UpdateScoringModelRequest update;
  *update.mutable_scoring_model() = draft;
  update.mutable_scoring_model()->set_horizon_days(180);
  update.mutable_update_mask()->add_paths("horizon_days");
  const auto send = [&] {
    return Call(model_stub_, &v1::ScoringModelService::Stub::UpdateScoringModel, "administrator", update,
                &changed);
  };
  ASSERT_TRUE(send().ok());
  EXPECT_EQ(changed.horizon_days(), 180);
  EXPECT_NE(changed.etag(), draft.etag());
  EXPECT_EQ(changed.weights_size(), 5);
  EXPECT_EQ(send().error_code(), grpc::StatusCode::ABORTED);
  update.mutable_scoring_model()->set_etag(changed.etag());
  update.mutable_scoring_model()->set_horizon_days(2);
  EXPECT_EQ(send().error_code(), grpc::StatusCode::INVALID_ARGUMENT);

  v1::PreviewScoringModelRequest preview;
  preview.set_name(draft.name());
  v1::ScoringRun run;
  ASSERT_TRUE(
      Call(model_stub_, &v1::ScoringModelService::Stub::PreviewScoringModel, "administrator", preview, &run)
          .ok());
  v1::DeleteScoringModelRequest remove;
  remove.set_name(draft.name());
  google::protobuf::Empty empty;
  const auto drop = [&] {
    return Call(model_stub_, &v1::ScoringModelService::Stub::DeleteScoringModel, "administrator", remove,
                &empty);
  };
  EXPECT_EQ(drop().error_code(), grpc::StatusCode::ABORTED);  // A run works with it.
  Work();
  EXPECT_GT(database_.Count("run_scores"), 0);
  ASSERT_TRUE(drop().ok());
  Work();
  EXPECT_EQ(database_.Count("run_scores"), 0);
  EXPECT_EQ(drop().error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(ValueStatesTest, ComparisonsThatContradictEachOtherAreRefused) {
  v1::ScoringModel wanted, draft;
  for (int i = 1; i <= 5; ++i) {
    for (int j = i + 1; j <= 5; ++j) {
      auto& pair = *wanted.add_comparisons();
      pair.set_factor(static_cast<v1::Factor>(i));
      pair.set_other(static_cast<v1::Factor>(j));
      pair.set_ratio(i == 1 ? 2 : 1);
    }
  }
  ASSERT_TRUE(Create(wanted, &draft).ok());
  EXPECT_EQ(draft.weights(0).weight_micros(), 333'333);
  EXPECT_EQ(draft.comparisons_size(), 10);
  wanted.mutable_comparisons(0)->set_ratio(1.0 / 9);
  const grpc::Status refused = Create(wanted, &draft);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(refused.error_details(), testing::HasSubstr("SALES_CONTRIBUTION over SALES_EXPECTATION"));
  EXPECT_THAT(refused.error_details(), testing::HasSubstr("COMPARISONS_INCONSISTENT"));
}

TEST_F(ValueStatesTest, RunsAreForAdministratorsAndTellTheirProgress) {
  Load(30);
  v1::CreateScoringRunRequest create;
  *create.mutable_scoring_run()->mutable_as_of_time() = At(kNow - 100 * kDay);
  v1::ScoringRun run;
  const auto begin = [&](const std::string& token) {
    return Call(run_stub_, &v1::ScoringRunService::Stub::CreateScoringRun, token, create, &run);
  };
  EXPECT_EQ(begin("manager").error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(begin("administrator").error_code(), grpc::StatusCode::NOT_FOUND);  // No model is in force.
  ASSERT_TRUE(Rescore("administrator").ok());
  create.set_request_id("6f1f7a1e-0c2b-4d55-9d6f-0c6c4a6f1d11");
  ASSERT_TRUE(begin("administrator").ok());
  const std::string name = run.name();
  EXPECT_EQ(run.customer_count(), 30);
  EXPECT_EQ(run.scored_count(), 0);
  ASSERT_TRUE(begin("administrator").ok());  // The same request_id gives the same answer.
  EXPECT_EQ(run.name(), name);
  create.clear_request_id();
  EXPECT_EQ(begin("administrator").error_code(), grpc::StatusCode::ABORTED);
  Work();
  v1::GetScoringRunRequest get;
  get.set_name(name);
  ASSERT_TRUE(Call(run_stub_, &v1::ScoringRunService::Stub::GetScoringRun, "analyst", get, &run).ok());
  EXPECT_EQ(run.state(), v1::ScoringRun::FINISHED);
  EXPECT_EQ(run.scored_count(), 30);
  v1::ListScoringRunsRequest list;
  v1::ListScoringRunsResponse runs;
  list.set_page_size(1);
  ASSERT_TRUE(Call(run_stub_, &v1::ScoringRunService::Stub::ListScoringRuns, "analyst", list, &runs).ok());
  ASSERT_EQ(runs.scoring_runs_size(), 1);
  EXPECT_FALSE(runs.next_page_token().empty());
  list.clear_page_size();
  ASSERT_TRUE(Call(run_stub_, &v1::ScoringRunService::Stub::ListScoringRuns, "analyst", list, &runs).ok());
  EXPECT_TRUE(std::any_of(runs.scoring_runs().begin(), runs.scoring_runs().end(),
                          [&](const v1::ScoringRun& listed) { return listed.name() == name; }));
}

TEST_F(ValueStatesTest, ACancelledRunLeavesNothing) {
  Load(30);
  ASSERT_TRUE(Rescore("administrator").ok());
  const int64_t kept = database_.Count("run_scores");
  v1::CreateScoringRunRequest create;
  *create.mutable_scoring_run()->mutable_as_of_time() = At(kNow - 100 * kDay);
  v1::ScoringRun run;
  ASSERT_TRUE(
      Call(run_stub_, &v1::ScoringRunService::Stub::CreateScoringRun, "administrator", create, &run).ok());
  ASSERT_TRUE(*worker_.RunOnce(absl::Now() + absl::Seconds(30)));  // Its only shard is scored.
  EXPECT_GT(database_.Count("run_scores"), kept);
  v1::CancelScoringRunRequest cancel;
  cancel.set_name(run.name());
  const auto send = [&] {
    return Call(run_stub_, &v1::ScoringRunService::Stub::CancelScoringRun, "administrator", cancel, &run);
  };
  ASSERT_TRUE(send().ok());
  EXPECT_EQ(run.state(), v1::ScoringRun::CANCELLED);
  Work();
  EXPECT_EQ(database_.Count("run_scores"), kept);
  EXPECT_EQ(send().error_code(), grpc::StatusCode::FAILED_PRECONDITION);
}

TEST_F(ValueStatesTest, AMigrationNeedsTwoStates) {
  LoadWithRuns(10);
  v1::QueryMigrationRequest request;
  v1::QueryMigrationResponse response;
  const auto query = [&] {
    return Call(migration_stub_, &v1::MigrationService::Stub::QueryMigration, "administrator", request,
                &response)
        .error_code();
  };
  request.mutable_span();
  EXPECT_EQ(query(), grpc::StatusCode::INVALID_ARGUMENT);
  *request.mutable_span()->mutable_from_time() = At(kNow - 100 * kDay);
  EXPECT_EQ(query(), grpc::StatusCode::OK);
  EXPECT_EQ(response.expectations_size(), 5);
  *request.mutable_span()->mutable_to_time() = At(kNow - 200 * kDay);
  EXPECT_EQ(query(), grpc::StatusCode::INVALID_ARGUMENT);
  request.mutable_span()->clear_to_time();
  *request.mutable_span()->mutable_from_time() = At(kNow - 1000 * kDay);
  EXPECT_EQ(query(), grpc::StatusCode::NOT_FOUND);
  request.mutable_span()->set_from_run("x");
  EXPECT_EQ(query(), grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace clientele::value
