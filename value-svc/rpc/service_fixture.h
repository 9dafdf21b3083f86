#ifndef VALUE_SVC_RPC_SERVICE_FIXTURE_H_
#define VALUE_SVC_RPC_SERVICE_FIXTURE_H_

#include <algorithm>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "clientele/customer/v1/customer_feed.grpc.pb.h"
#include "clientele/lifecycle/v1/lifecycle_feed.grpc.pb.h"
#include "servicekit/feed/publisher.h"
#include "servicekit/rpc/testing/in_process_server.h"
#include "servicekit/testing/fake_clock.h"
#include "servicekit/testing/scratch_database.h"
#include "servicekit/types/resource_name.h"
#include "value-svc/operations/rescore_worker.h"
#include "value-svc/rpc/fact_rpc.h"
#include "value-svc/rpc/feed_consumers.h"
#include "value-svc/rpc/feed_rpc.h"
#include "value-svc/rpc/migration_rpc.h"
#include "value-svc/rpc/score_history_rpc.h"
#include "value-svc/rpc/score_rpc.h"
#include "value-svc/rpc/scoring_model_rpc.h"
#include "value-svc/rpc/scoring_run_rpc.h"
#include "value-svc/testing/events.h"

// The whole service in one process, between two feeds that are played from scripts.
namespace clientele::value {

using clientele::type::v1::ReadFeedRequest;
using clientele::type::v1::ReadFeedResponse;
using servicekit::NameOf;
using servicekit::Principal;
using servicekit::Role;

inline const absl::Time kNow = absl::FromCivil(absl::CivilDay(2026, 6, 1), absl::UTCTimeZone());
inline const absl::Duration kDay = absl::Hours(24);

// Another service's feed, played from a script. Breaks every stream off after a few messages, as a peer that
// restarts all the time would.
template <typename Service>
class FakeFeed final : public Service::Service {
 public:
  grpc::Status ReadFeed(grpc::ServerContext*, const ReadFeedRequest* request,
                        grpc::ServerWriter<ReadFeedResponse>* writer) override {
    const ReadFeedResponse all = script.Batch(request->after());
    for (int begin = 0; begin < std::min(all.entries_size(), kBrokenOffAfter); begin += kInMessage) {
      ReadFeedResponse message;
      message.set_head(all.head());
      for (int i = begin; i < std::min(all.entries_size(), begin + kInMessage); ++i) {
        *message.add_entries() = all.entries(i);
      }
      if (!writer->Write(message)) break;
    }
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "restarting");
  }

  FeedScript script;

 private:
  static constexpr int kInMessage = 13;
  static constexpr int kBrokenOffAfter = 5 * kInMessage;
};

// Three representatives in two teams below one, and a pool.
struct Company {
  Company() {
    for (Id* id : {&top, &north, &south, &anna, &ben, &cho}) *id = Id::New(kNow);
  }
  Id top, north, south, anna, ben, cho;

  std::vector<Principal> Principals() const {
    return {{.subject = "admin", .role = Role::kAdministrator},
            {.subject = "analyst", .role = Role::kAnalyst},
            {.subject = "boss", .role = Role::kManager, .teams = {top}},
            {.subject = "lead", .role = Role::kManager, .teams = {south}},
            {.subject = "anna", .role = Role::kRepresentative, .representative = anna, .teams = {north}},
            {.subject = "ben", .role = Role::kRepresentative, .representative = ben, .teams = {south}},
            {.subject = "cho", .role = Role::kRepresentative, .representative = cho, .teams = {south}},
            {.subject = "nobody", .role = Role::kRepresentative}};
  }
};

class ValueServiceTest : public testing::Test {
 protected:
  ValueServiceTest()
      : database_({"value-svc/migrations"}),
        clock_(kNow),
        feed_(database_.pool()),
        worker_(database_.pool(), stores_, feed_, clock_),
        backend_{test_.executor, database_.pool(), stores_, feed_, clock_},
        facts_(backend_),
        scores_(backend_),
        feeds_(test_.executor, feed_),
        runs_(backend_),
        histories_(backend_),
        migrations_(backend_),
        models_(backend_),
        server_({&facts_, &scores_, &feeds_, &runs_, &histories_, &migrations_, &models_}),
        fact_stub_(v1::FactService::NewStub(server_.channel())),
        score_stub_(v1::ScoreService::NewStub(server_.channel())),
        run_stub_(v1::ScoringRunService::NewStub(server_.channel())),
        history_stub_(v1::ScoreHistoryService::NewStub(server_.channel())),
        migration_stub_(v1::MigrationService::NewStub(server_.channel())),
        model_stub_(v1::ScoringModelService::NewStub(server_.channel())) {}

  ~ValueServiceTest() override {
    test_.executor.BeginDrain();
    feed_.Stop();
  }

  // Some customers of the company, with orders; the feeds are followed to their ends.
  void Load(int count) {
    customer_feed_.script.AddTeam(company_.top, std::nullopt);
    customer_feed_.script.AddTeam(company_.north, company_.top);
    customer_feed_.script.AddTeam(company_.south, company_.top);
    std::mt19937_64 random(11);
    const std::optional<Id> owners[] = {company_.anna, company_.ben, company_.cho, std::nullopt};
    for (int i = 0; i < count; ++i) {
      const Id customer = Id::New(kNow);
      customers_.push_back(customer);
      const size_t owner = random() % 4;
      const Id team = owner == 0                   ? company_.north
                      : owner == 3 && random() % 2 ? company_.north
                                                   : company_.south;
      customer_feed_.script.AddCustomer(customer, owners[owner], team, 1);
      for (uint64_t j = 0; j < random() % 3; ++j) {
        lifecycle_feed_.script.AddOrder({.customer = customer,
                                         .units = static_cast<int64_t>(random() % 20) * 100,
                                         .time = kNow - absl::Hours(static_cast<int64_t>(random() % 9000)),
                                         .cost_units = 50});
      }
    }
    Follow();
  }

  void Follow() {
    servicekit::InProcessServer peers({&customer_feed_, &lifecycle_feed_});
    const auto token = [] { return std::string("service"); };
    // Two replicas, so that everything is delivered twice.
    std::vector<std::unique_ptr<servicekit::FeedConsumer>> consumers;
    for (int i = 0; i < 2; ++i) {
      consumers.push_back(
          FollowCustomers(database_.pool(), stores_, ActivityRates(), peers.channel(), token, [] {}));
      consumers.push_back(FollowLifecycle(database_.pool(), stores_, peers.channel(), token, [] {}));
    }
    for (const auto& consumer : consumers) consumer->Start();
    const absl::Time give_up = absl::Now() + absl::Seconds(60);
    while (PositionOf("customer") < static_cast<int64_t>(customer_feed_.script.entries().size()) ||
           PositionOf("lifecycle") < static_cast<int64_t>(lifecycle_feed_.script.entries().size())) {
      ASSERT_LT(absl::Now(), give_up) << "the feeds were not applied";
      absl::SleepFor(absl::Milliseconds(20));
    }
    for (const auto& consumer : consumers) consumer->Stop();
  }

  v1::SummarizeFactsResponse Summary(const std::string& token = "administrator") {
    v1::SummarizeFactsResponse response;
    const auto context = servicekit::TestContext(token);
    const grpc::Status status = fact_stub_->SummarizeFacts(context.get(), {}, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  int64_t PositionOf(const std::string& source) {
    const v1::SummarizeFactsResponse summary = Summary();
    for (const auto& feed : summary.feed_positions()) {
      if (feed.source() == source) return feed.position();
    }
    return 0;
  }

  grpc::Status Rescore(const std::string& token,
                       std::vector<v1::RescoreCustomersResponse>* messages = nullptr) {
    const auto context = servicekit::TestContext(token);
    const auto reader = score_stub_->RescoreCustomers(context.get(), {});
    v1::RescoreCustomersResponse message;
    while (reader->Read(&message)) {
      if (messages != nullptr) messages->push_back(message);
    }
    return reader->Finish();
  }

  grpc::Status GetScore(const std::string& token, Id customer, v1::Score* score) {
    v1::GetScoreRequest request;
    request.set_name(NameOf("customers", customer) + "/score");
    const auto context = servicekit::TestContext(token);
    return score_stub_->GetScore(context.get(), request, score);
  }
  // All pages.
  std::vector<v1::Score> ListScores(const std::string& token, int page_size, const std::string& filter = "") {
    std::vector<v1::Score> scores;
    v1::ListScoresRequest request;
    request.set_page_size(page_size);
    request.set_filter(filter);
    do {
      v1::ListScoresResponse response;
      const auto context = servicekit::TestContext(token);
      const grpc::Status status = score_stub_->ListScores(context.get(), request, &response);
      EXPECT_TRUE(status.ok()) << status.error_message();
      scores.insert(scores.end(), response.scores().begin(), response.scores().end());
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return scores;
  }
  grpc::Status QueryPyramid(const std::string& token, const v1::QueryPyramidRequest& request,
                            v1::QueryPyramidResponse* response) {
    const auto context = servicekit::TestContext(token);
    return score_stub_->QueryPyramid(context.get(), request, response);
  }

  servicekit::ScratchDatabase database_;
  servicekit::TestExecutor test_;
  servicekit::FakeClock clock_;
  Stores stores_;
  servicekit::FeedPublisher feed_;
  RescoreWorker worker_;
  const Backend backend_;
  FactRpc facts_;
  ScoreRpc scores_;
  FeedRpc feeds_;
  ScoringRunRpc runs_;
  ScoreHistoryRpc histories_;
  MigrationRpc migrations_;
  ScoringModelRpc models_;
  servicekit::InProcessServer server_;
  std::unique_ptr<v1::FactService::Stub> fact_stub_;
  std::unique_ptr<v1::ScoreService::Stub> score_stub_;
  std::unique_ptr<v1::ScoringRunService::Stub> run_stub_;
  std::unique_ptr<v1::ScoreHistoryService::Stub> history_stub_;
  std::unique_ptr<v1::MigrationService::Stub> migration_stub_;
  std::unique_ptr<v1::ScoringModelService::Stub> model_stub_;
  FakeFeed<clientele::customer::v1::CustomerFeedService> customer_feed_;
  FakeFeed<clientele::lifecycle::v1::LifecycleFeedService> lifecycle_feed_;
  Company company_;
  std::vector<Id> customers_;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_RPC_SERVICE_FIXTURE_H_
