#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "cli/commands/command_fixture.h"
#include "cli/commands/feed_line.h"
#include "cli/commands/find.h"
#include "cli/commands/picture.h"
#include "clientele/customer/v1/customer_service.grpc.pb.h"
#include "clientele/customer/v1/search_service.grpc.pb.h"
#include "clientele/customer/v1/team_service.grpc.pb.h"
#include "clientele/gateway/v1/customer360_service.grpc.pb.h"
#include "clientele/lifecycle/v1/department_service.grpc.pb.h"
#include "clientele/lifecycle/v1/follow_up_service.grpc.pb.h"
#include "clientele/lifecycle/v1/funnel_service.grpc.pb.h"
#include "clientele/lifecycle/v1/lifecycle_feed.grpc.pb.h"
#include "clientele/value/v1/action_service.grpc.pb.h"
#include "clientele/value/v1/policy_service.grpc.pb.h"

namespace clientele::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;

struct FakeTeams : customer::v1::TeamService::Service {
  grpc::Status GetTeam(grpc::ServerContext*, const customer::v1::GetTeamRequest* request,
                       customer::v1::Team* response) override {
    response->set_name(request->name());
    response->set_display_name("영업 1팀");
    return grpc::Status::OK;
  }
  grpc::Status ListRepresentatives(grpc::ServerContext*, const customer::v1::ListRepresentativesRequest*,
                                   customer::v1::ListRepresentativesResponse*) override {
    return grpc::Status::OK;
  }
  grpc::Status ListTeams(grpc::ServerContext*, const customer::v1::ListTeamsRequest* request,
                         customer::v1::ListTeamsResponse* response) override {
    // Two pages.
    const bool first = request->page_token().empty();
    auto* team = response->add_teams();
    team->set_name(first ? "teams/1" : "teams/2");
    team->set_display_name(first ? "영업 1팀" : "Twins");
    if (first) {
      auto* twin = response->add_teams();
      twin->set_name("teams/3");
      twin->set_display_name("Twins");
    }
    if (first) response->set_next_page_token("2");
    return grpc::Status::OK;
  }
};

struct FakeSearch : customer::v1::CustomerSearchService::Service {
  grpc::Status SearchCustomers(grpc::ServerContext*, const customer::v1::SearchCustomersRequest* request,
                               customer::v1::SearchCustomersResponse* response) override {
    if (request->query() == "nobody") return grpc::Status::OK;
    const bool first = request->page_token().empty();
    auto* result = response->add_results();
    result->mutable_customer()->set_display_name(first ? "한빛" : "한빛제과");
    result->set_match(customer::v1::SearchCustomersResponse::NAME_START);
    response->set_next_page_token(first ? "2" : "3");
    return grpc::Status::OK;
  }
};

struct FakeFunnel : lifecycle::v1::FunnelService::Service {
  grpc::Status QueryFunnel(grpc::ServerContext*, const lifecycle::v1::QueryFunnelRequest* request,
                           lifecycle::v1::QueryFunnelResponse* response) override {
    last = *request;
    response->set_customer_count(7);
    return grpc::Status::OK;
  }
  grpc::Status ListFunnelCustomers(grpc::ServerContext*,
                                   const lifecycle::v1::ListFunnelCustomersRequest* request,
                                   lifecycle::v1::ListFunnelCustomersResponse* response) override {
    listed = *request;
    response->add_customers()->set_display_name(request->page_token().empty() ? "첫 고객" : "둘째 고객");
    if (request->page_token().empty()) response->set_next_page_token("2");
    return grpc::Status::OK;
  }
  grpc::Status QueryStageTimes(grpc::ServerContext*, const lifecycle::v1::QueryStageTimesRequest*,
                               lifecycle::v1::QueryStageTimesResponse* response) override {
    auto& row = *response->add_stages();
    row.set_stage(type::v1::LEAD);
    row.set_ended_count(12);
    row.mutable_median_time()->set_seconds(36 * 3600);
    return grpc::Status::OK;
  }
  grpc::Status QueryVelocity(grpc::ServerContext*, const lifecycle::v1::QueryVelocityRequest* request,
                             lifecycle::v1::QueryVelocityResponse* response) override {
    velocity = *request;
    auto& row = *response->add_rows();
    row.set_won_count(3);
    row.set_lost_count(1);
    row.set_win_rate(0.75);
    return grpc::Status::OK;
  }
  lifecycle::v1::QueryFunnelRequest last;
  lifecycle::v1::ListFunnelCustomersRequest listed;
  lifecycle::v1::QueryVelocityRequest velocity;
};

struct FakeCustomers : customer::v1::CustomerService::Service {
  grpc::Status BatchGetCustomers(grpc::ServerContext*, const customer::v1::BatchGetCustomersRequest* request,
                                 customer::v1::BatchGetCustomersResponse* response) override {
    for (const std::string& name : request->names()) {
      if (name == "customers/2") continue;  // Not to be seen.
      auto* customer = response->add_customers();
      customer->set_name(name);
      customer->set_display_name("한빛전자");
    }
    return grpc::Status::OK;
  }
  grpc::Status GetCustomer(grpc::ServerContext*, const customer::v1::GetCustomerRequest* request,
                           customer::v1::Customer* response) override {
    response->set_name(request->name());
    response->set_team("teams/1");
    return grpc::Status::OK;
  }
};

struct FakePictures : gateway::v1::Customer360Service::Service {
  grpc::Status GetCustomer360(grpc::ServerContext*, const gateway::v1::GetCustomer360Request* request,
                              gateway::v1::Customer360* response) override {
    if (request->name() == "customers/9/customer360") return {grpc::NOT_FOUND, "customers/9 does not exist"};
    response->set_name(request->name());
    response->mutable_customer()->set_display_name("한빛전자");
    return grpc::Status::OK;
  }
};

struct FakeFollowUps : lifecycle::v1::FollowUpService::Service {
  grpc::Status ListFollowUps(grpc::ServerContext*, const lifecycle::v1::ListFollowUpsRequest* request,
                             lifecycle::v1::ListFollowUpsResponse* response) override {
    last = *request;
    for (const char* customer : {"customers/1", "customers/2"}) {
      auto* row = response->add_follow_ups();
      row->set_name("followUps/1");
      row->set_customer(customer);
      row->set_kind(lifecycle::v1::FollowUp::STALLED);
      row->set_addressee(lifecycle::v1::FollowUp::MANAGER);
      row->set_why("see with the owner");
    }
    return grpc::Status::OK;
  }
  grpc::Status CompleteFollowUp(grpc::ServerContext*, const lifecycle::v1::CompleteFollowUpRequest* request,
                                lifecycle::v1::FollowUp* response) override {
    response->set_why(request->name() + " " + request->note());
    return grpc::Status::OK;
  }
  grpc::Status SnoozeFollowUp(grpc::ServerContext*, const lifecycle::v1::SnoozeFollowUpRequest* request,
                              lifecycle::v1::FollowUp* response) override {
    *response->mutable_snooze_until() = request->snooze_until();
    snoozed = absl::FromUnixSeconds(request->snooze_until().seconds());
    return grpc::Status::OK;
  }
  lifecycle::v1::ListFollowUpsRequest last;
  absl::Time snoozed;
};

struct FakeDepartments : lifecycle::v1::DepartmentService::Service {
  grpc::Status QueryDepartments(grpc::ServerContext*, const lifecycle::v1::QueryDepartmentsRequest* request,
                                lifecycle::v1::QueryDepartmentsResponse* response) override {
    last = *request;
    auto& row = *response->add_rows();
    row.set_department(type::v1::MARKETING);
    row.set_team("teams/1");
    row.set_handed_over_count(1234);
    return grpc::Status::OK;
  }
  lifecycle::v1::QueryDepartmentsRequest last;
};

struct FakePolicies : value::v1::PolicyService::Service {
  grpc::Status CreatePolicy(grpc::ServerContext*, const value::v1::CreatePolicyRequest* request,
                            value::v1::Policy* response) override {
    *response = request->policy();
    response->set_name("policies/1");
    last = *request;
    return grpc::Status::OK;
  }
  grpc::Status ListRecommendations(grpc::ServerContext*, const value::v1::ListRecommendationsRequest*,
                                   value::v1::ListRecommendationsResponse* response) override {
    response->add_recommendations()->set_reason("Tier BIG, fallen from TOP.");
    return grpc::Status::OK;
  }
  value::v1::CreatePolicyRequest last;
};

struct FakeActions : value::v1::ActionService::Service {
  grpc::Status PlanAction(grpc::ServerContext*, const value::v1::PlanActionRequest* request,
                          value::v1::Action* response) override {
    last = *request;
    *response = request->action();
    response->set_name("actions/1");
    response->set_treated_count(80);
    response->set_held_out_count(20);
    return grpc::Status::OK;
  }
  grpc::Status MeasureAction(grpc::ServerContext*, const value::v1::MeasureActionRequest*,
                             value::v1::ActionEffect* response) override {
    response->set_explanation("Inconclusive: there is no difference to see yet.");
    return grpc::Status::OK;
  }
  value::v1::PlanActionRequest last;
};

struct FakeFeed : lifecycle::v1::LifecycleFeedService::Service {
  grpc::Status ReadFeed(grpc::ServerContext*, const type::v1::ReadFeedRequest* request,
                        grpc::ServerWriter<type::v1::ReadFeedResponse>* stream) override {
    for (int64_t position = request->after() + 1; position <= 5; ++position) {
      type::v1::ReadFeedResponse response;
      response.add_entries()->set_position(position);
      stream->Write(response);
      if (breaks-- > 0) return {grpc::UNAVAILABLE, "restarting"};
    }
    return grpc::Status::OK;
  }
  int breaks = 2;
};

class Commands : public CommandTest {
 protected:
  void Start(bool with_sign_in = true, const std::string& address = "127.0.0.1:0") {
    Serve({&accounts_, &teams_, &search_, &funnel_, &departments_, &customers_, &pictures_, &follow_ups_,
           &feed_, &policies_, &actions_},
          with_sign_in, address);
  }

  FakeAccounts accounts_;
  FakeTeams teams_;
  FakeSearch search_;
  FakeFunnel funnel_;
  FakeDepartments departments_;
  FakeCustomers customers_;
  FakePictures pictures_;
  FakeFollowUps follow_ups_;
  FakeFeed feed_;
  FakePolicies policies_;
  FakeActions actions_;
};

TEST_F(Commands, FunnelOfATeamByItsName) {
  Start();
  EXPECT_THAT(Run({"funnel", "--team", "영업 1팀", "--industry", "retail"}), HasSubstr("7 customers"));
  EXPECT_EQ(funnel_.last.team(), "teams/1");
  EXPECT_EQ(funnel_.last.industry(), "retail");
  EXPECT_THAT(Run({"funnel"}, true), HasSubstr("\"customerCount\": \"7\""));
  const std::string text = Run({"funnel", "--as-of", "2026-01-31T00:00:00Z", "--cohorts", "quarter"});
  EXPECT_THAT(text, HasSubstr("1.5"));
  EXPECT_THAT(text, HasSubstr("3 won of 4 closed (75 %)"));
  EXPECT_EQ(funnel_.last.as_of_time().seconds(), 1'769'817'600);
  EXPECT_EQ(funnel_.velocity.as_of_time().seconds(), 1'769'817'600);
  EXPECT_EQ(funnel_.last.cohort_period(), lifecycle::v1::QueryFunnelRequest::QUARTER);
  EXPECT_THAT(Run({"funnel", "--as-of", "yesterday"}), HasSubstr("--as-of is neither a day"));
}

TEST_F(Commands, TheCustomersBehindAFigureAreListedToTheLastPage) {
  Start();
  const std::string text = Run({"funnel", "--list", "lost", "--stage", "lead"});
  EXPECT_THAT(text, HasSubstr("첫 고객"));
  EXPECT_THAT(text, HasSubstr("둘째 고객"));
  EXPECT_EQ(funnel_.listed.figure(), lifecycle::v1::ListFunnelCustomersRequest::LOST);
  EXPECT_EQ(funnel_.listed.stage(), type::v1::LEAD);
  EXPECT_THAT(Run({"funnel", "--list", "everything"}), HasSubstr("--list takes"));
}

TEST_F(Commands, TheInboxSaysWhatToDoForWhom) {
  Start();
  const std::string text = Run({"inbox", "--team", "영업 1팀", "--managers"});
  EXPECT_THAT(text, HasSubstr("한빛전자"));
  EXPECT_THAT(text, HasSubstr("customers/2"));
  EXPECT_THAT(text, HasSubstr("see with the owner"));
  EXPECT_EQ(follow_ups_.last.filter(), "team = \"teams/1\" AND addressee = MANAGER");
  EXPECT_THAT(Run({"inbox", "--done", "01J", "--note", "called"}), HasSubstr("followUps/01J called"));
  Run({"inbox", "--snooze", "followUps/01J", "--days", "3"});
  EXPECT_GT(follow_ups_.snoozed, absl::Now() + absl::Hours(71));
}

TEST_F(Commands, ACustomerIsShownWithWhatItsTeamIsCalled) {
  Start();
  EXPECT_THAT(Run({"customer", "show", "customers/1"}), AllOf(HasSubstr("한빛전자"), HasSubstr("영업 1팀")));
  EXPECT_THAT(Run({"customer", "show", "customers/1"}, true),
              HasSubstr("\"name\": \"customers/1/customer360\""));
  EXPECT_THAT(Run({"customer", "show", "customers/9"}), HasSubstr("customers/9 does not exist"));
}

TEST_F(Commands, DepartmentsByTeamWithTheirNames) {
  Start();
  const std::string text = Run({"departments", "--by", "team", "--from", "2026-01-01"});
  EXPECT_THAT(text, HasSubstr("1,234"));
  EXPECT_THAT(text, HasSubstr("영업 1팀"));
  EXPECT_EQ(departments_.last.group_by(), lifecycle::v1::QueryDepartmentsRequest::TEAM);
  EXPECT_TRUE(departments_.last.has_start_time());
}

TEST_F(Commands, PoliciesAreMadeAndRecommend) {
  Start();
  EXPECT_THAT(Run({"policies", "create", "--name", "Win back", "--if", "tier = BIG AND migration = FELL",
                   "--do", "Call", "--goal", "retain", "--department", "sales"}),
              HasSubstr("policies/1"));
  EXPECT_EQ(policies_.last.policy().goal(), value::v1::RETAIN);
  EXPECT_EQ(policies_.last.policy().department(), type::v1::SALES);
  EXPECT_EQ(policies_.last.policy().condition(), "tier = BIG AND migration = FELL");
  EXPECT_THAT(Run({"policies", "recommend"}), HasSubstr("fallen from TOP"));
}

TEST_F(Commands, ActionsArePlannedAndMeasured) {
  Start();
  EXPECT_THAT(Run({"actions", "plan", "--name", "Visit", "--if", "tier = TOP", "--goal", "enhance",
                   "--department", "service", "--cost", "500", "--currency", "USD", "--hold-out", "12.5"}),
              HasSubstr("80 to treat, 20 held out"));
  EXPECT_EQ(actions_.last.action().hold_out_share_micros(), 125'000);
  EXPECT_EQ(actions_.last.action().cost().units(), 500);
  EXPECT_THAT(Run({"actions", "measure", "actions/1"}), HasSubstr("Inconclusive"));
}

TEST_F(Commands, SearchShowsAsManyAsAskedFor) {
  Start();
  EXPECT_THAT(Run({"customer", "search", "한빛", "--limit", "2"}),
              AllOf(HasSubstr("한빛제과"), HasSubstr("There are more")));
  EXPECT_THAT(Run({"customer", "search", "nobody"}), HasSubstr("No customer"));
  EXPECT_THAT(Run({"customer", "search", "한빛", "--limit", "1"}, true), HasSubstr("\"match\""));
}

TEST_F(Commands, UnknownAndAmbiguousNamesAreTold) {
  Start();
  EXPECT_THAT(Run({"funnel", "--team", "nobody"}), HasSubstr("there is no team `nobody`"));
  EXPECT_THAT(Run({"funnel", "--team", "Twins"}), AllOf(HasSubstr("several"), HasSubstr("teams/2")));
}

TEST_F(Commands, ErrorsSayWhatToDo) {
  options_.address = "127.0.0.1:1";
  EXPECT_THAT(Run({"funnel"}), AllOf(HasSubstr("127.0.0.1:1"), HasSubstr("./run"), HasSubstr("--address")));
  Start(/*with_sign_in=*/false);
  EXPECT_THAT(Run({"funnel"}), AllOf(HasSubstr("no development sign-in"), HasSubstr("--token-file")));
  options_.token_file = "/no/such/token";
  EXPECT_THAT(Run({"funnel"}), AllOf(HasSubstr("/no/such/token"), HasSubstr("CLIENTELE_TOKEN_FILE")));
  options_.token_file = testing::TempDir() + "/stale.token";
  std::ofstream(options_.token_file) << "stale\n";
  EXPECT_THAT(Run({"import", testing::TempDir()}), HasSubstr("default files"));
  EXPECT_THAT(Run({"watch", "lifecycle"}), AllOf(HasSubstr("Not signed in"), HasSubstr("stale.token")));
}

TEST_F(Commands, WatchGoesOnAfterABreak) {
  Start();
  const std::string text = Run({"watch", "lifecycle", "--after", "1", "--until-end"}, true);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4);
  EXPECT_THAT(text, AllOf(HasSubstr("\"position\":\"2\""), HasSubstr("\"position\":\"5\"")));
}

TEST_F(Commands, GatewayThatWasStartedAgainIsFoundAtOnce) {
  Start();
  Gateway gateway(options_);
  EXPECT_TRUE(gateway.CheckSignedIn().ok());
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
  server_.reset();
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(absl::IsUnavailable(gateway.CheckSignedIn()));
  Start(true, options_.address);
  EXPECT_TRUE(gateway.CheckSignedIn().ok());
}

TEST_F(Commands, KeysAreMadeOnceAndSign) {
  const std::string folder = testing::TempDir() + "/keys";
  std::filesystem::remove_all(folder);
  EXPECT_THAT(Run({"keys", "new", folder}), HasSubstr("jwks.json"));
  EXPECT_THAT(Run({"keys", "new", folder}), HasSubstr("signing-key.pem"));
  const std::vector<std::string> token = {"token",     "--key-file", folder + "/signing-key.pem",
                                          "--subject", "users/a",    "--role",
                                          "analyst",   "--lifetime"};
  auto with = [&](const char* lifetime) {
    auto words = token;
    words.push_back(lifetime);
    return Run(words);
  };
  EXPECT_THAT(with("30m"), testing::StartsWith("ey"));
  EXPECT_THAT(with("soon"), HasSubstr("30m or 8760h"));
}

TEST(FeedLineTest, SaysWhatHappened) {
  lifecycle::v1::OrderPlaced placed;
  placed.mutable_order()->mutable_total()->set_currency_code("KRW");
  placed.mutable_order()->mutable_total()->set_units(1'250'000);
  type::v1::FeedEntry entry;
  entry.set_position(42);
  entry.set_customer("customers/X");
  entry.mutable_event()->PackFrom(placed);
  EXPECT_THAT(FeedLine(entry, {}),
              AllOf(HasSubstr("42"), HasSubstr("OrderPlaced"), HasSubstr("KRW 1,250,000")));
}

TEST(PictureTest, ShowsWhatIsThereAndNamesWhatIsMissing) {
  Picture picture;
  gateway::v1::Customer360& known = picture.known;
  known.mutable_customer()->set_display_name("(주)한빛전자");
  known.mutable_customer()->set_type(customer::v1::Customer::ORGANIZATION);
  auto* contact = known.add_contacts();
  contact->set_display_name("홍길동");
  contact->set_buying_role(customer::v1::Contact::DECISION_MAKER);
  auto* factor = known.mutable_score()->add_factors();
  factor->set_factor(value::v1::CREDIT);
  factor->set_contribution_micros(1'500'000);
  known.add_recommendations()->set_recommended_action("연락하기");
  known.add_opportunities()->set_display_name("서버 교체");
  known.add_longer_parts(gateway::v1::Customer360::OPPORTUNITIES);
  auto* missing = known.add_missing_parts();
  missing->set_part(gateway::v1::Customer360::ORDERS);
  missing->set_message("lifecycle-svc is not available");
  const std::string text = Draw(picture, {});
  for (const char* part : {"(주)한빛전자", "홍길동", "Decision maker", "+1.50", "연락하기",
                           "Opportunities  the last 1", "not to be had: lifecycle-svc"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(Filter, QuotesAreHarmless) {
  EXPECT_EQ(EqualsFilter("display_name", "a\"b\\"), "display_name = \"a\\\"b\\\\\"");
}

}  // namespace
}  // namespace clientele::cli
