#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "clientele/customer/v1/target_market_service.grpc.pb.h"
#include "clientele/lifecycle/v1/department_service.grpc.pb.h"
#include "clientele/lifecycle/v1/funnel_service.grpc.pb.h"
#include "clientele/value/v1/action_service.grpc.pb.h"
#include "clientele/value/v1/score_service.grpc.pb.h"
#include "gateway/target_markets/overview_server.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace clientele::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Request = v1::QueryTargetMarketOverviewRequest;
using Response = v1::QueryTargetMarketOverviewResponse;

// A status as the services give it: with details, so that it is known to be their own.
grpc::Status Own(grpc::StatusCode code, const std::string& message) {
  google::rpc::Status details;
  details.set_code(code);
  details.set_message(message);
  return {code, message, details.SerializeAsString()};
}

std::string Market(int number) {
  return "targetMarkets/01JD5R6X0QF3V9K2M4N8P7S1A" + std::string(1, "0123456789"[number]);
}

// All services: what they are asked, and what each answers for a target market.
struct World {
  int markets = 2;
  absl::Duration delay = absl::ZeroDuration();
  std::atomic<int> in_work = 0, most_in_work = 0, calls = 0;
  std::atomic<bool> bad_time = false;
  std::atomic<bool> scored = true;

  // How many customers a target market has: 10, 20, … of 100 in all.
  static int64_t SizeOf(const std::string& market) {
    return market.empty() ? 100 : 10 * (market.back() - '0' + 1);
  }
  grpc::Status Take(grpc::ServerContext* context, bool at_once = false) {
    ++calls;
    const int now = ++in_work;
    for (int most = most_in_work; most < now && !most_in_work.compare_exchange_weak(most, now);) {
    }
    const absl::Time until = absl::Now() + (at_once ? absl::ZeroDuration() : delay);
    while (absl::Now() < until && !context->IsCancelled()) absl::SleepFor(absl::Milliseconds(1));
    --in_work;
    const auto token = context->client_metadata().find("authorization");
    if (token == context->client_metadata().end() || token->second != "Bearer t") {
      return Own(grpc::UNAUTHENTICATED, "who are you");
    }
    return grpc::Status::OK;
  }
};

class FakeMarkets final : public customer::v1::TargetMarketService::Service {
 public:
  explicit FakeMarkets(World& world) : world_(world) {}
  grpc::Status ListTargetMarkets(grpc::ServerContext* context, const customer::v1::ListTargetMarketsRequest*,
                                 customer::v1::ListTargetMarketsResponse* response) override {
    const grpc::Status taken = world_.Take(context, /*at_once=*/true);
    if (!taken.ok()) return taken;
    for (int i = 0; i < world_.markets; ++i) {
      auto* market = response->add_target_markets();
      market->set_name(Market(i));
      market->set_estimated_size(1000);
      market->set_member_count(World::SizeOf(Market(i)));
    }
    return grpc::Status::OK;
  }

 private:
  World& world_;
};

class FakeFunnel final : public lifecycle::v1::FunnelService::Service {
 public:
  explicit FakeFunnel(World& world) : world_(world) {}
  grpc::Status QueryFunnel(grpc::ServerContext* context, const lifecycle::v1::QueryFunnelRequest* request,
                           lifecycle::v1::QueryFunnelResponse* response) override {
    const int64_t size = World::SizeOf(request->target_market());
    response->set_customer_count(size);
    auto* stage = response->add_stages();
    stage->set_stage(type::v1::TARGET);
    stage->set_reached_count(size);
    return world_.Take(context);
  }
  grpc::Status QueryVelocity(grpc::ServerContext* context, const lifecycle::v1::QueryVelocityRequest* request,
                             lifecycle::v1::QueryVelocityResponse* response) override {
    if (request->group_by() != lifecycle::v1::QueryVelocityRequest::OWNER) return Own(grpc::INTERNAL, "no");
    auto* row = response->add_rows();
    row->set_group("representatives/a");
    row->set_open_count(World::SizeOf(request->target_market()) / 5);
    return world_.Take(context);
  }

 private:
  World& world_;
};

class FakeDepartments final : public lifecycle::v1::DepartmentService::Service {
 public:
  explicit FakeDepartments(World& world) : world_(world) {}
  grpc::Status QueryDepartments(grpc::ServerContext* context,
                                const lifecycle::v1::QueryDepartmentsRequest* request,
                                lifecycle::v1::QueryDepartmentsResponse* response) override {
    if (world_.bad_time) return Own(grpc::INVALID_ARGUMENT, "end_time must not be in the future");
    auto* row = response->add_rows();
    row->set_department(type::v1::SALES);
    row->set_representative("representatives/a");
    // All of the work, whatever it is worth, goes to the first one; none of it from the second day on.
    row->set_transition_count(request->start_time().seconds() > 86400 ? 0
                              : request->target_market().empty() || request->target_market() == Market(0)
                                  ? 50
                                  : 0);
    return world_.Take(context);
  }

 private:
  World& world_;
};

class FakeScores final : public value::v1::ScoreService::Service {
 public:
  explicit FakeScores(World& world) : world_(world) {}
  grpc::Status QueryPyramid(grpc::ServerContext* context, const value::v1::QueryPyramidRequest* request,
                            value::v1::QueryPyramidResponse* response) override {
    if (!world_.scored) return Own(grpc::NOT_FOUND, "nothing was scored yet");
    response->set_customer_count(World::SizeOf(request->target_market()));
    response->mutable_revenue()->set_units(World::SizeOf(request->target_market()) * 7);
    response->mutable_profit()->set_units(World::SizeOf(request->target_market()));
    return world_.Take(context);
  }

 private:
  World& world_;
};

class FakeActions final : public value::v1::ActionService::Service {
 public:
  explicit FakeActions(World& world) : world_(world) {}
  grpc::Status QuerySpending(grpc::ServerContext* context, const value::v1::QuerySpendingRequest* request,
                             value::v1::QuerySpendingResponse* response) override {
    response->mutable_cost()->set_units(request->target_market().empty() ? 1000 : 250);
    response->add_rows()->set_action_count(1);
    return world_.Take(context);
  }

 private:
  World& world_;
};

class TargetMarketOverviewTest : public ::testing::Test {
 protected:
  static std::unique_ptr<grpc::Server> Serve(const std::vector<grpc::Service*>& services) {
    grpc::ServerBuilder builder;
    for (grpc::Service* service : services) builder.RegisterService(service);
    return builder.BuildAndStart();
  }
  ~TargetMarketOverviewTest() override {
    for (const auto& server : servers_) server->Shutdown(std::chrono::system_clock::now());
  }
  void Start(bool value_is_up = true, bool customer_is_up = true) {
    const auto away = grpc::CreateChannel("127.0.0.1:1", grpc::InsecureChannelCredentials());
    servers_.push_back(Serve({&markets_}));
    servers_.push_back(Serve({&funnel_, &departments_}));
    servers_.push_back(Serve({&scores_, &actions_}));
    upstreams_.Add("clientele.customer.", customer_is_up ? servers_[0]->InProcessChannel({}) : away);
    upstreams_.Add("clientele.lifecycle.", servers_[1]->InProcessChannel({}));
    upstreams_.Add("clientele.value.", value_is_up ? servers_[2]->InProcessChannel({}) : away);
    own_ = std::make_unique<TargetMarketOverviewServer>(upstreams_, patience_);
    servers_.push_back(Serve({own_.get()}));
    stub_ = v1::TargetMarketOverviewService::NewStub(servers_.back()->InProcessChannel({}));
  }
  grpc::Status Query(const Request& request, Response* response, const std::string& token = "Bearer t") {
    grpc::ClientContext context;
    context.AddMetadata("authorization", token);
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    return stub_->QueryTargetMarketOverview(&context, request, response);
  }
  Response QueryAll() {
    Response response;
    const grpc::Status status = Query({}, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  World world_;
  absl::Duration patience_ = absl::Seconds(10);
  FakeMarkets markets_{world_};
  FakeFunnel funnel_{world_};
  FakeDepartments departments_{world_};
  FakeScores scores_{world_};
  FakeActions actions_{world_};
  Upstreams upstreams_;
  std::unique_ptr<TargetMarketOverviewServer> own_;
  std::vector<std::unique_ptr<grpc::Server>> servers_;
  std::unique_ptr<v1::TargetMarketOverviewService::Stub> stub_;
};

TEST_F(TargetMarketOverviewTest, ShowsWorkThatDoesNotFollowValue) {
  Start();
  const Response answer = QueryAll();
  EXPECT_THAT(answer.missing_parts(), IsEmpty());
  ASSERT_THAT(answer.target_markets(), SizeIs(2));
  for (int i = 0; i < 2; ++i) {
    const v1::TargetMarketRow& row = answer.target_markets(i);
    EXPECT_EQ(row.target_market().name(), Market(i));
    EXPECT_EQ(row.target_market().estimated_size(), 1000);
    EXPECT_EQ(row.stages().customer_count(), 10 * (i + 1));
    EXPECT_EQ(row.value().revenue().units(), 70 * (i + 1));
    EXPECT_DOUBLE_EQ(row.value().profit_share(), 0.1 * (i + 1));
    EXPECT_DOUBLE_EQ(row.stages().customer_share(), 0.1 * (i + 1));
    EXPECT_DOUBLE_EQ(row.pipeline().open_opportunity_share(), 0.1 * (i + 1));
    EXPECT_DOUBLE_EQ(row.spending().cost_share(), 0.25);
    EXPECT_DOUBLE_EQ(row.work().transition_share(), i == 0 ? 1 : 0) << "all work for a tenth of the value";
  }
  EXPECT_FALSE(answer.all().has_target_market());
  EXPECT_EQ(answer.all().stages().customer_count(), 100);
  EXPECT_EQ(answer.all().work().representative_count(), 1);
  EXPECT_DOUBLE_EQ(answer.all().value().revenue_share(), 1);
}

TEST_F(TargetMarketOverviewTest, OnlyThoseThatAreAskedForAndOnlyTheirTime) {
  Start();
  Request request;
  request.add_target_markets(Market(1));
  request.mutable_start_time()->set_seconds(100'000);
  Response answer;
  ASSERT_TRUE(Query(request, &answer).ok());
  ASSERT_THAT(answer.target_markets(), SizeIs(1));
  EXPECT_EQ(answer.target_markets(0).target_market().name(), Market(1));
  EXPECT_EQ(answer.all().work().transition_count(), 0);
  EXPECT_FALSE(answer.target_markets(0).work().has_transition_share());
  EXPECT_EQ(world_.calls, 11) << "the list, and five figures of two rows";
  request.add_target_markets(Market(7));
  EXPECT_EQ(Query(request, &answer).error_code(), grpc::NOT_FOUND);
}

TEST_F(TargetMarketOverviewTest, WhatIsMissingIsNamedAndTheRestIsThere) {
  world_.scored = false;
  Start();
  Response answer = QueryAll();
  std::vector<std::pair<std::string, int>> missing;
  for (const auto& part : answer.missing_parts()) {
    EXPECT_EQ(part.part(), Response::VALUE);
    missing.emplace_back(part.target_market(), part.code());
  }
  EXPECT_THAT(missing,
              ElementsAre(std::pair(Market(0), grpc::NOT_FOUND), std::pair(Market(1), grpc::NOT_FOUND),
                          std::pair(std::string(), grpc::NOT_FOUND)));
  EXPECT_FALSE(answer.target_markets(0).has_value());
  EXPECT_EQ(answer.target_markets(0).stages().customer_count(), 10);
}

TEST_F(TargetMarketOverviewTest, AServiceThatIsDownHidesItsPartsOnly) {
  world_.markets = 10;
  Start(/*value_is_up=*/false);
  const Response answer = QueryAll();
  EXPECT_THAT(answer.target_markets(), SizeIs(10));
  EXPECT_THAT(answer.missing_parts(), SizeIs(22));
  for (const auto& part : answer.missing_parts()) {
    EXPECT_EQ(part.code(), grpc::UNAVAILABLE);
    EXPECT_EQ(part.message().find("127.0.0.1"), std::string::npos);
  }
  EXPECT_EQ(answer.target_markets(9).stages().customer_count(), 100);
}

TEST_F(TargetMarketOverviewTest, WithoutTheTargetMarketsThereIsNoOverview) {
  Start(/*value_is_up=*/true, /*customer_is_up=*/false);
  Response answer;
  EXPECT_EQ(Query({}, &answer).error_code(), grpc::UNAVAILABLE);
}

TEST_F(TargetMarketOverviewTest, FiguresAreFetchedSideBySideButNotAllAtOnce) {
  world_.markets = 10;
  world_.delay = absl::Milliseconds(50);
  Start();
  const absl::Time start = absl::Now();
  EXPECT_THAT(QueryAll().missing_parts(), IsEmpty());
  EXPECT_LT(absl::Now() - start, absl::Milliseconds(50 * 55 / 2)) << "55 questions of 50 ms each";
  EXPECT_GT(world_.most_in_work, 3);
  EXPECT_LE(world_.most_in_work, 8);
}

TEST_F(TargetMarketOverviewTest, AServiceThatHangsDelaysTheOverviewAndDoesNotPreventIt) {
  patience_ = absl::Milliseconds(400);
  world_.delay = absl::Seconds(60);
  Start();
  const absl::Time start = absl::Now();
  const Response answer = QueryAll();
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
  EXPECT_THAT(answer.target_markets(), SizeIs(2));
  EXPECT_THAT(answer.missing_parts(), SizeIs(15));
  for (const auto& part : answer.missing_parts()) EXPECT_EQ(part.code(), grpc::DEADLINE_EXCEEDED);
}

TEST_F(TargetMarketOverviewTest, WhatIsWrongIsNamed) {
  Start();
  Request request;
  request.add_target_markets("nonsense");
  request.add_target_markets(Market(0));
  request.add_target_markets(Market(0));
  Response answer;
  const grpc::Status status = Query(request, &answer);
  EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT);
  google::rpc::Status details;
  details.ParseFromString(status.error_details());
  google::rpc::BadRequest bad;
  for (const auto& detail : details.details()) detail.UnpackTo(&bad);
  std::vector<std::string> fields;
  for (const auto& violation : bad.field_violations()) fields.push_back(violation.field());
  EXPECT_THAT(fields, ElementsAre("target_markets[0]", "target_markets[2]"));
  EXPECT_EQ(world_.calls, 0);
  // A time that the service refuses is the caller's mistake, too.
  world_.bad_time = true;
  EXPECT_EQ(Query({}, &answer).error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(Query({}, &answer, "Bearer other").error_code(), grpc::UNAUTHENTICATED);
}

}  // namespace
}  // namespace clientele::gateway
