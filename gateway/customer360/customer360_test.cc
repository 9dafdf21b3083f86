#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>

#include "absl/time/clock.h"
#include "clientele/customer/v1/completeness_service.grpc.pb.h"
#include "clientele/customer/v1/customer_service.grpc.pb.h"
#include "clientele/customer/v1/timeline_service.grpc.pb.h"
#include "clientele/lifecycle/v1/journey_service.grpc.pb.h"
#include "clientele/lifecycle/v1/opportunity_service.grpc.pb.h"
#include "clientele/lifecycle/v1/order_service.grpc.pb.h"
#include "clientele/value/v1/policy_service.grpc.pb.h"
#include "clientele/value/v1/score_history_service.grpc.pb.h"
#include "clientele/value/v1/score_service.grpc.pb.h"
#include "gateway/customer360/customer360_server.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace clientele::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using v1::Customer360;

constexpr char kCustomer[] = "customers/01JD5R6X0QF3V9K2M4N8P7S1TA";

// How the fakes behave.
struct Behaviour {
  absl::Duration delay = absl::ZeroDuration();
  std::atomic<int> calls = 0;
  std::string authorization;

  void Take(grpc::ServerContext* context) {
    ++calls;
    const auto found = context->client_metadata().find("authorization");
    if (found != context->client_metadata().end()) {
      authorization = std::string(found->second.data(), found->second.size());
    }
    const absl::Time until = absl::Now() + delay;
    while (absl::Now() < until && !context->IsCancelled()) absl::SleepFor(absl::Milliseconds(1));
  }
};

class FakeCustomers final : public customer::v1::CustomerService::Service {
 public:
  explicit FakeCustomers(Behaviour& behaviour) : behaviour_(behaviour) {}
  grpc::Status GetCustomer(grpc::ServerContext* context, const customer::v1::GetCustomerRequest* request,
                           customer::v1::Customer* response) override {
    behaviour_.Take(context);
    if (request->name() != kCustomer) {
      google::rpc::Status details;
      details.set_code(grpc::NOT_FOUND);
      return {grpc::NOT_FOUND, "no such customer", details.SerializeAsString()};
    }
    response->set_name(request->name());
    response->set_display_name("홍길동");
    return grpc::Status::OK;
  }
  grpc::Status ListContacts(grpc::ServerContext*, const customer::v1::ListContactsRequest* request,
                            customer::v1::ListContactsResponse* response) override {
    for (int i = 0; i < request->page_size() && i < 30; ++i) response->add_contacts();
    if (request->page_size() < 30) response->set_next_page_token("more");
    return grpc::Status::OK;
  }
  grpc::Status ListNeeds(grpc::ServerContext*, const customer::v1::ListNeedsRequest*,
                         customer::v1::ListNeedsResponse* response) override {
    response->add_needs();
    return grpc::Status::OK;
  }
  // ListInteractions is not served.

 private:
  Behaviour& behaviour_;
};

class FakeCompleteness final : public customer::v1::CompletenessService::Service {
  grpc::Status CheckCompleteness(grpc::ServerContext*, const customer::v1::CheckCompletenessRequest* request,
                                 customer::v1::Completeness* response) override {
    response->set_stage(request->stage());
    response->set_share(0.5);
    return grpc::Status::OK;
  }
};

class FakeJourneys final : public lifecycle::v1::JourneyService::Service {
 public:
  explicit FakeJourneys(Behaviour& behaviour) : behaviour_(behaviour) {}
  grpc::Status GetJourney(grpc::ServerContext* context, const lifecycle::v1::GetJourneyRequest* request,
                          lifecycle::v1::Journey* response) override {
    behaviour_.Take(context);
    response->set_name(request->name());
    response->set_stage(type::v1::LEAD);
    return grpc::Status::OK;
  }
  grpc::Status ListTransitions(grpc::ServerContext*, const lifecycle::v1::ListTransitionsRequest* request,
                               lifecycle::v1::ListTransitionsResponse* response) override {
    if (request->order_by() == "event_time desc") response->add_transitions();
    return grpc::Status::OK;
  }

 private:
  Behaviour& behaviour_;
};

class FakeOpportunities final : public lifecycle::v1::OpportunityService::Service {
  grpc::Status ListOpportunities(grpc::ServerContext*, const lifecycle::v1::ListOpportunitiesRequest* request,
                                 lifecycle::v1::ListOpportunitiesResponse* response) override {
    if (request->order_by() != "open_time desc") return grpc::Status::OK;
    if (request->filter() == absl::StrCat("customer = \"", kCustomer, "\"")) response->add_opportunities();
    return grpc::Status::OK;
  }
};

class FakeOrders final : public lifecycle::v1::OrderService::Service {
  grpc::Status ListOrders(grpc::ServerContext*, const lifecycle::v1::ListOrdersRequest* request,
                          lifecycle::v1::ListOrdersResponse* response) override {
    if (request->order_by() == "order_time desc") response->add_orders();
    return grpc::Status::OK;
  }
};

class FakeScores final : public value::v1::ScoreService::Service {
 public:
  explicit FakeScores(Behaviour& behaviour) : behaviour_(behaviour) {}
  grpc::Status GetScore(grpc::ServerContext* context, const value::v1::GetScoreRequest* request,
                        value::v1::Score* response) override {
    behaviour_.Take(context);
    response->set_name(request->name());
    response->set_score_micros(70'000'000);
    return grpc::Status::OK;
  }

 private:
  Behaviour& behaviour_;
};

class FakeTimelines final : public customer::v1::TimelineService::Service {
  grpc::Status ListTimeline(grpc::ServerContext*, const customer::v1::ListTimelineRequest* request,
                            customer::v1::ListTimelineResponse* response) override {
    if (request->parent() == kCustomer)
      response->add_entries()->mutable_need()->set_description("a new line");
    response->set_next_page_token("more");
    return grpc::Status::OK;
  }
};

class FakeScoreHistory final : public value::v1::ScoreHistoryService::Service {
  grpc::Status ListTierChanges(grpc::ServerContext*, const value::v1::ListTierChangesRequest* request,
                               value::v1::ListTierChangesResponse* response) override {
    if (request->parent() == kCustomer) response->add_tier_changes()->set_to_tier(value::v1::TOP);
    return grpc::Status::OK;
  }
};

// Recommends to who may know, as the real one does.
class FakePolicies final : public value::v1::PolicyService::Service {
 public:
  grpc::Status ListRecommendations(grpc::ServerContext*, const value::v1::ListRecommendationsRequest* request,
                                   value::v1::ListRecommendationsResponse* response) override {
    if (refused) {
      google::rpc::Status details;
      details.set_code(grpc::PERMISSION_DENIED);
      return {grpc::PERMISSION_DENIED, "not for you", details.SerializeAsString()};
    }
    response->add_recommendations()->set_customer(request->customer());
    return grpc::Status::OK;
  }

  bool refused = false;
};

class Customer360Test : public ::testing::Test {
 protected:
  static std::unique_ptr<grpc::Server> Serve(const std::vector<grpc::Service*>& services) {
    grpc::ServerBuilder builder;
    for (grpc::Service* service : services) builder.RegisterService(service);
    return builder.BuildAndStart();
  }
  ~Customer360Test() override {
    for (const auto& server : servers_) server->Shutdown(std::chrono::system_clock::now());
  }
  void Start(std::shared_ptr<grpc::Channel> value = nullptr) {
    servers_.push_back(Serve({&customers_, &completeness_, &timelines_}));
    servers_.push_back(Serve({&journeys_, &opportunities_, &orders_}));
    servers_.push_back(Serve({&scores_, &score_history_, &policies_}));
    upstreams_.Add("clientele.customer.", servers_[0]->InProcessChannel({}));
    upstreams_.Add("clientele.lifecycle.", servers_[1]->InProcessChannel({}));
    upstreams_.Add("clientele.value.", value != nullptr ? value : servers_[2]->InProcessChannel({}));
    own_ = std::make_unique<Customer360Server>(upstreams_, patience_);
    servers_.push_back(Serve({own_.get()}));
    stub_ = v1::Customer360Service::NewStub(servers_.back()->InProcessChannel({}));
  }
  grpc::Status Get(const v1::GetCustomer360Request& request, Customer360* response) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer t");
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    return stub_->GetCustomer360(&context, request, response);
  }
  Customer360 GetAll() {
    v1::GetCustomer360Request request;
    request.set_name(std::string(kCustomer) + "/customer360");
    Customer360 response;
    const grpc::Status status = Get(request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  static std::map<int, int> Missing(const Customer360& picture) {
    std::map<int, int> missing;
    for (const auto& part : picture.missing_parts()) missing[part.part()] = part.code();
    return missing;
  }

  Behaviour customer_behaviour_, lifecycle_behaviour_, value_behaviour_;
  absl::Duration patience_ = absl::Seconds(3);
  FakeCustomers customers_{customer_behaviour_};
  FakeCompleteness completeness_;
  FakeJourneys journeys_{lifecycle_behaviour_};
  FakeOpportunities opportunities_;
  FakeOrders orders_;
  FakeScores scores_{value_behaviour_};
  FakeTimelines timelines_;
  FakeScoreHistory score_history_;
  FakePolicies policies_;
  Upstreams upstreams_;
  std::unique_ptr<Customer360Server> own_;
  std::vector<std::unique_ptr<grpc::Server>> servers_;
  std::unique_ptr<v1::Customer360Service::Stub> stub_;
};

TEST_F(Customer360Test, PutsAllPartsTogetherUnderTheCallersToken) {
  Start();
  const Customer360 picture = GetAll();
  EXPECT_EQ(picture.name(), std::string(kCustomer) + "/customer360");
  EXPECT_EQ(picture.customer().display_name(), "홍길동");
  EXPECT_THAT(picture.contacts(), SizeIs(20));
  EXPECT_THAT(picture.longer_parts(), ElementsAre(Customer360::CONTACTS, Customer360::TIMELINE));
  EXPECT_THAT(picture.needs(), SizeIs(1));
  ASSERT_THAT(picture.timeline(), SizeIs(1));
  EXPECT_EQ(picture.timeline(0).need().description(), "a new line");
  EXPECT_EQ(picture.journey().stage(), type::v1::LEAD);
  EXPECT_EQ(picture.next_stage_completeness().stage(), type::v1::OPPORTUNITY);
  EXPECT_THAT(picture.transitions(), SizeIs(1));
  EXPECT_THAT(picture.opportunities(), SizeIs(1));
  EXPECT_THAT(picture.orders(), SizeIs(1));
  EXPECT_EQ(picture.score().score_micros(), 70'000'000);
  ASSERT_THAT(picture.tier_changes(), SizeIs(1));
  EXPECT_EQ(picture.tier_changes(0).to_tier(), value::v1::TOP);
  ASSERT_THAT(picture.recommendations(), SizeIs(1));
  EXPECT_EQ(picture.recommendations(0).customer(), kCustomer);
  // What a service does not serve is named, like what is down.
  EXPECT_EQ(Missing(picture), (std::map<int, int>{{Customer360::INTERACTIONS, grpc::UNIMPLEMENTED}}));
  for (const Behaviour* behaviour : {&customer_behaviour_, &lifecycle_behaviour_, &value_behaviour_}) {
    EXPECT_EQ(behaviour->authorization, "Bearer t");
  }
}

TEST_F(Customer360Test, AServiceThatIsDownHidesItsPartOnly) {
  Start(grpc::CreateChannel("127.0.0.1:1", grpc::InsecureChannelCredentials()));
  const Customer360 picture = GetAll();
  EXPECT_EQ(picture.customer().display_name(), "홍길동");
  EXPECT_THAT(picture.orders(), SizeIs(1));
  EXPECT_FALSE(picture.has_score());
  for (const int part : {Customer360::SCORE, Customer360::TIER_CHANGES, Customer360::RECOMMENDATIONS}) {
    EXPECT_EQ(Missing(picture)[part], grpc::UNAVAILABLE) << part;
  }
  for (const auto& part : picture.missing_parts())
    EXPECT_EQ(part.message().find("127.0.0.1"), std::string::npos);
}

TEST_F(Customer360Test, PartsTakePlacesOfTheService) {
  Start();
  ConcurrencyLimit& value = upstreams_.Find("clientele.value.v1.ScoreService")->limit();
  int taken = 0;
  while (value.Start()) ++taken;
  EXPECT_EQ(Missing(GetAll())[Customer360::SCORE], grpc::RESOURCE_EXHAUSTED);
  for (; taken > 0; --taken) value.Finish(false, absl::Now());
  EXPECT_TRUE(GetAll().has_score());
  EXPECT_EQ(value.active(), 0);
}

TEST_F(Customer360Test, APartThatTheCallerMayNotSeeIsNamedAsItsOwnRpcAnswers) {
  policies_.refused = true;
  Start();
  const Customer360 picture = GetAll();
  EXPECT_THAT(picture.recommendations(), IsEmpty());
  EXPECT_EQ(Missing(picture)[Customer360::RECOMMENDATIONS], grpc::PERMISSION_DENIED);
  EXPECT_THAT(picture.tier_changes(), SizeIs(1));
}

TEST_F(Customer360Test, AServiceThatHangsDelaysThePictureAndDoesNotPreventIt) {
  patience_ = absl::Milliseconds(500);
  lifecycle_behaviour_.delay = absl::Seconds(60);
  Start();
  const absl::Time start = absl::Now();
  const Customer360 picture = GetAll();
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
  const std::map<int, int> missing = Missing(picture);
  EXPECT_EQ(missing.at(Customer360::JOURNEY), grpc::DEADLINE_EXCEEDED);
  // What depends on it is missing for the same reason.
  EXPECT_EQ(missing.at(Customer360::NEXT_STAGE_COMPLETENESS), grpc::DEADLINE_EXCEEDED);
  EXPECT_THAT(picture.orders(), SizeIs(1));
  EXPECT_TRUE(picture.has_score());
}

TEST_F(Customer360Test, PartsAreFetchedSideBySide) {
  for (Behaviour* behaviour : {&customer_behaviour_, &lifecycle_behaviour_, &value_behaviour_}) {
    behaviour->delay = absl::Milliseconds(500);
  }
  Start();
  const absl::Time start = absl::Now();
  GetAll();
  EXPECT_LT(absl::Now() - start, absl::Milliseconds(1300)) << "three parts of 500 ms each";
}

TEST_F(Customer360Test, WhoMayNotSeeTheCustomerSeesNothingOfIt) {
  Start();
  v1::GetCustomer360Request request;
  request.set_name("customers/01JD5R6X0QF3V9K2M4N8P7S1TB/customer360");
  Customer360 response;
  EXPECT_EQ(Get(request, &response).error_code(), grpc::NOT_FOUND);
  // Also when the profile was not asked for.
  request.add_parts(Customer360::ORDERS);
  EXPECT_EQ(Get(request, &response).error_code(), grpc::NOT_FOUND);
}

TEST_F(Customer360Test, OnlyWhatWasAskedFor) {
  Start();
  v1::GetCustomer360Request request;
  request.set_name(std::string(kCustomer) + "/customer360");
  request.add_parts(Customer360::CONTACTS);
  request.add_parts(Customer360::NEXT_STAGE_COMPLETENESS);
  request.set_list_size(200);
  Customer360 response;
  ASSERT_TRUE(Get(request, &response).ok());
  EXPECT_THAT(response.contacts(), SizeIs(30));
  EXPECT_THAT(response.longer_parts(), IsEmpty());
  EXPECT_TRUE(response.has_next_stage_completeness());
  EXPECT_FALSE(response.has_customer());
  EXPECT_FALSE(response.has_journey());
  EXPECT_FALSE(response.has_score());
  EXPECT_THAT(response.missing_parts(), IsEmpty());
  EXPECT_EQ(value_behaviour_.calls, 0);
}

TEST_F(Customer360Test, WhatIsWrongIsNamed) {
  Start();
  v1::GetCustomer360Request request;
  request.set_name("customers/nonsense");
  request.add_parts(Customer360::PART_UNSPECIFIED);
  request.add_parts(static_cast<Customer360::Part>(99));
  request.set_list_size(-1);
  Customer360 response;
  const grpc::Status status = Get(request, &response);
  EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT);
  google::rpc::Status details;
  details.ParseFromString(status.error_details());
  google::rpc::BadRequest bad;
  for (const auto& detail : details.details()) detail.UnpackTo(&bad);
  std::vector<std::string> fields;
  for (const auto& violation : bad.field_violations()) fields.push_back(violation.field());
  EXPECT_THAT(fields, UnorderedElementsAre("name", "parts[0]", "parts[1]", "list_size"));
}

}  // namespace
}  // namespace clientele::gateway
