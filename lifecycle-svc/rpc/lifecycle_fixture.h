#ifndef LIFECYCLE_SVC_RPC_LIFECYCLE_FIXTURE_H_
#define LIFECYCLE_SVC_RPC_LIFECYCLE_FIXTURE_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "clientele/customer/v1/customer_feed.pb.h"
#include "lifecycle-svc/domain/order.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/rpc/credit_limit_rpc.h"
#include "lifecycle-svc/rpc/delivery_rpc.h"
#include "lifecycle-svc/rpc/department_rpc.h"
#include "lifecycle-svc/rpc/follow_up_rpc.h"
#include "lifecycle-svc/rpc/forecast_rpc.h"
#include "lifecycle-svc/rpc/funnel_rpc.h"
#include "lifecycle-svc/rpc/journey_rpc.h"
#include "lifecycle-svc/rpc/opportunity_rpc.h"
#include "lifecycle-svc/rpc/order_rpc.h"
#include "lifecycle-svc/rpc/product_rpc.h"
#include "lifecycle-svc/rpc/stage_rpc.h"
#include "lifecycle-svc/rpc/stall_rpc.h"
#include "lifecycle-svc/rpc/stream_rpc.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/status.h"
#include "servicekit/rpc/testing/in_process_server.h"
#include "servicekit/testing/fake_clock.h"
#include "servicekit/testing/scratch_database.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

// For tests: the whole service in process, on the real engine, with a customer-svc that is a map.
namespace clientele::lifecycle {

using servicekit::NameOf;

class FakeDirectory : public CustomerDirectory {
 public:
  absl::StatusOr<Answer> Resolve(const CallContext&, const std::vector<Reference>& wanted,
                                 const std::vector<Reference>& wanted_representatives) override {
    const std::lock_guard lock(mutex);
    ++questions;
    if (down) return absl::UnavailableError("customer-svc is down");
    Answer answer;
    for (const Reference& reference : wanted) {
      const auto found = customers.find(reference);
      answer.customers.push_back(found == customers.end() ? std::nullopt : std::optional(found->second));
    }
    for (const Reference& reference : wanted_representatives) {
      const auto found = representatives.find(reference);
      answer.representatives.push_back(found == representatives.end() ? std::nullopt
                                                                      : std::optional(found->second));
    }
    return answer;
  }

  absl::StatusOr<absl::flat_hash_map<Id, Completeness>> CheckCompleteness(const CallContext&,
                                                                          const std::vector<Id>& wanted,
                                                                          Stage stage) override {
    const std::lock_guard lock(mutex);
    if (down) return absl::UnavailableError("customer-svc is down");
    absl::flat_hash_map<Id, Completeness> found;
    for (const Id& customer : wanted) {
      if (!customers.contains(Reference(customer))) continue;
      const auto missing = incomplete.find({customer, stage});
      found[customer] = missing == incomplete.end() ? Completeness() : missing->second;
    }
    return found;
  }
  // Whatever is supplied completes the customer.
  absl::Status Supply(const CallContext& call,
                      const customer::v1::SupplyInformationRequest& request) override {
    const std::lock_guard lock(mutex);
    if (down) return absl::UnavailableError("customer-svc is down");
    supplied.push_back(request);
    supply_tokens.push_back(call.token);
    if (!supply_refusal.ok()) return supply_refusal;
    for (auto& [key, completeness] : incomplete) {
      if (NameOf("customers", key.first) == request.name()) completeness = Completeness();
    }
    return absl::OkStatus();
  }

  absl::Status Release(const CallContext&, Id customer, int64_t version) override {
    const std::lock_guard lock(mutex);
    if (down) return absl::UnavailableError("customer-svc is down");
    if (const auto refusal = release_refusals.find(customer); refusal != release_refusals.end()) {
      return refusal->second;
    }
    released_versions.push_back(version);
    released.push_back(customer);
    return absl::OkStatus();
  }

  std::mutex mutex;
  std::vector<Id> released;
  std::vector<int64_t> released_versions;
  std::map<Id, absl::Status> release_refusals;
  std::map<std::pair<Id, Stage>, Completeness> incomplete;
  std::vector<customer::v1::SupplyInformationRequest> supplied;
  std::vector<std::string> supply_tokens;
  absl::Status supply_refusal;
  std::map<Reference, KnownCustomer> customers;
  std::map<Reference, Id> representatives;
  bool down = false;
  int questions = 0;
};

class LifecycleFixture : public ::testing::Test {
 protected:
  static servicekit::ScratchDatabase& Database() {
    static auto& database = *new std::unique_ptr<servicekit::ScratchDatabase>(
        std::make_unique<servicekit::ScratchDatabase>(std::vector<std::string>{"lifecycle-svc/migrations"}));
    static const bool registered = [] {
      ::testing::AddGlobalTestEnvironment(new End(database));
      return true;
    }();
    (void)registered;
    return *database;
  }

  void SetUp() override { Database().Clear(); }

  absl::Time now() const { return clock_.Now(); }

  // A customer that customer-svc knows, and this service does not yet.
  KnownCustomer AddCustomer(std::optional<Id> owner = std::nullopt, std::optional<Id> team = std::nullopt,
                            const std::string& industry = "") {
    KnownCustomer customer;
    customer.id = Id::New(now());
    customer.version = 1;
    customer.display_name = "고객";
    customer.industry = industry;
    customer.owner = owner;
    customer.team = team;
    customer.create_time = now() - absl::Hours(24);
    directory_.customers[Reference(customer.id)] = customer;
    directory_.customers[Reference(ExternalId{"crm", customer.id.ToString()})] = customer;
    return customer;
  }
  std::string AddCustomerName() { return NameOf("customers", AddCustomer().id); }

  static std::string TokenOf(servicekit::Role role, std::optional<Id> representative, std::vector<Id> teams) {
    servicekit::Principal principal;
    principal.subject = representative.has_value() ? NameOf("representatives", *representative) : "users/m";
    principal.role = role;
    principal.representative = representative;
    principal.teams = std::move(teams);
    return servicekit::TestToken(principal);
  }

  static google::type::Money Dollars(const char* amount) {
    return servicekit::ToProto(Money{"USD", *Decimal::Parse(amount)});
  }
  static google::type::Money In(const char* currency, const char* amount) {
    return servicekit::ToProto(Money{currency, *Decimal::Parse(amount)});
  }

  // Calls `method` of a stub; the status with its details.
  template <typename Stub, typename Request, typename Response>
  absl::Status Call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response, std::string_view token = "administrator") {
    const auto context = servicekit::TestContext(token);
    return servicekit::FromGrpcStatus((stub.*method)(context.get(), request, response));
  }
#define CLIENTELE_CALL(stub, Service, Name, Response)                                             \
  absl::StatusOr<v1::Response> Name(const v1::Name##Request& request,                             \
                                    std::string_view token = "administrator") {                   \
    v1::Response response;                                                                        \
    const absl::Status status = Call(*stub, &v1::Service::Stub::Name, request, &response, token); \
    if (!status.ok()) return status;                                                              \
    return response;                                                                              \
  }
  CLIENTELE_CALL(journeys_, JourneyService, GetJourney, Journey)
  CLIENTELE_CALL(journeys_, JourneyService, ListJourneys, ListJourneysResponse)
  CLIENTELE_CALL(journeys_, JourneyService, TransitionJourney, Journey)
  CLIENTELE_CALL(journeys_, JourneyService, ListTransitions, ListTransitionsResponse)
  CLIENTELE_CALL(journeys_, JourneyService, CheckTransition, TransitionCheck)
  CLIENTELE_CALL(journeys_, JourneyService, BatchCheckTransitions, BatchCheckTransitionsResponse)
  CLIENTELE_CALL(stages_, StageService, GetStageMachine, StageMachine)
  CLIENTELE_CALL(stages_, StageService, ListStageConditions, ListStageConditionsResponse)
  CLIENTELE_CALL(stages_, StageService, UpdateStageCondition, StageCondition)
  CLIENTELE_CALL(funnel_, FunnelService, QueryFunnel, QueryFunnelResponse)
  CLIENTELE_CALL(funnel_, FunnelService, ListFunnelCustomers, ListFunnelCustomersResponse)
  CLIENTELE_CALL(funnel_, FunnelService, QueryStageTimes, QueryStageTimesResponse)
  CLIENTELE_CALL(funnel_, FunnelService, ListStageVisits, ListStageVisitsResponse)
  CLIENTELE_CALL(funnel_, FunnelService, QueryVelocity, QueryVelocityResponse)
  CLIENTELE_CALL(funnel_, FunnelService, ListVelocityOpportunities, ListVelocityOpportunitiesResponse)
  CLIENTELE_CALL(stalls_, StallService, ListStallRules, ListStallRulesResponse)
  CLIENTELE_CALL(stalls_, StallService, UpdateStallRule, StallRule)
  CLIENTELE_CALL(stalls_, StallService, SummarizeStalledCustomers, SummarizeStalledCustomersResponse)
  CLIENTELE_CALL(stalls_, StallService, ListStalledCustomers, ListStalledCustomersResponse)
  CLIENTELE_CALL(departments_, DepartmentService, QueryDepartments, QueryDepartmentsResponse)
  CLIENTELE_CALL(departments_, DepartmentService, ListDepartmentTransitions,
                 ListDepartmentTransitionsResponse)
  CLIENTELE_CALL(products_, ProductService, CreateProduct, Product)
  CLIENTELE_CALL(products_, ProductService, UpdateProduct, Product)
  CLIENTELE_CALL(products_, ProductService, ListProducts, ListProductsResponse)
  CLIENTELE_CALL(products_, ProductService, SetExchangeRate, ExchangeRate)
  CLIENTELE_CALL(products_, ProductService, ListExchangeRates, ListExchangeRatesResponse)
  CLIENTELE_CALL(opportunities_, OpportunityService, CreateOpportunity, Opportunity)
  CLIENTELE_CALL(opportunities_, OpportunityService, GetOpportunity, Opportunity)
  CLIENTELE_CALL(opportunities_, OpportunityService, ListOpportunities, ListOpportunitiesResponse)
  CLIENTELE_CALL(opportunities_, OpportunityService, UpdateOpportunity, Opportunity)
  CLIENTELE_CALL(opportunities_, OpportunityService, WinOpportunity, Opportunity)
  CLIENTELE_CALL(opportunities_, OpportunityService, LoseOpportunity, Opportunity)
  CLIENTELE_CALL(opportunities_, OpportunityService, SummarizeOpportunities, SummarizeOpportunitiesResponse)
  CLIENTELE_CALL(opportunities_, OpportunityService, SummarizeCompetitors, SummarizeCompetitorsResponse)
  CLIENTELE_CALL(opportunities_, OpportunityService, ListSalesSteps, ListSalesStepsResponse)
  CLIENTELE_CALL(opportunities_, OpportunityService, UpdateSalesStep, SalesStep)
  CLIENTELE_CALL(orders_, OrderService, CreateOrder, Order)
  CLIENTELE_CALL(orders_, OrderService, GetOrder, Order)
  CLIENTELE_CALL(orders_, OrderService, ListOrders, ListOrdersResponse)
  CLIENTELE_CALL(orders_, OrderService, CancelOrder, Order)
  CLIENTELE_CALL(orders_, OrderService, CreateOrderReturn, OrderReturn)
  CLIENTELE_CALL(orders_, OrderService, ListOrderReturns, ListOrderReturnsResponse)
  CLIENTELE_CALL(orders_, OrderService, CreatePayment, Payment)
  CLIENTELE_CALL(orders_, OrderService, ListPayments, ListPaymentsResponse)
  CLIENTELE_CALL(orders_, OrderService, CreateRefund, Refund)
  CLIENTELE_CALL(orders_, OrderService, ListRefunds, ListRefundsResponse)
  CLIENTELE_CALL(orders_, OrderService, CreateReferral, Referral)
  CLIENTELE_CALL(orders_, OrderService, GetReferral, Referral)
  CLIENTELE_CALL(orders_, OrderService, CancelReferral, Referral)
  CLIENTELE_CALL(orders_, OrderService, ListReferrals, ListReferralsResponse)
  CLIENTELE_CALL(orders_, OrderService, SummarizeOrders, SummarizeOrdersResponse)
  CLIENTELE_CALL(credit_limits_, CreditLimitService, GetCreditLimit, CreditLimit)
  CLIENTELE_CALL(credit_limits_, CreditLimitService, UpdateCreditLimit, CreditLimit)
  CLIENTELE_CALL(follow_ups_, FollowUpService, CreateFollowUp, FollowUp)
  CLIENTELE_CALL(follow_ups_, FollowUpService, GetFollowUp, FollowUp)
  CLIENTELE_CALL(follow_ups_, FollowUpService, ListFollowUps, ListFollowUpsResponse)
  CLIENTELE_CALL(follow_ups_, FollowUpService, SnoozeFollowUp, FollowUp)
  CLIENTELE_CALL(follow_ups_, FollowUpService, CompleteFollowUp, FollowUp)
  CLIENTELE_CALL(follow_ups_, FollowUpService, SummarizeFollowUps, SummarizeFollowUpsResponse)
  CLIENTELE_CALL(deliveries_, DeliveryService, GetDeliveryMatrix, DeliveryMatrix)
  CLIENTELE_CALL(deliveries_, DeliveryService, UpdateDeliveryMatrix, DeliveryMatrix)
  CLIENTELE_CALL(deliveries_, DeliveryService, GetDeliveryTemplate, DeliveryTemplate)
  CLIENTELE_CALL(deliveries_, DeliveryService, ListDeliveryTemplates, ListDeliveryTemplatesResponse)
  CLIENTELE_CALL(deliveries_, DeliveryService, UpdateDeliveryTemplate, DeliveryTemplate)
  CLIENTELE_CALL(deliveries_, DeliveryService, CompareDeliveryModels, CompareDeliveryModelsResponse)
  CLIENTELE_CALL(projects_, ServiceProjectService, CreateServiceProject, ServiceProject)
  CLIENTELE_CALL(projects_, ServiceProjectService, GetServiceProject, ServiceProject)
  CLIENTELE_CALL(projects_, ServiceProjectService, ListServiceProjects, ListServiceProjectsResponse)
  CLIENTELE_CALL(projects_, ServiceProjectService, CompleteServiceProject, ServiceProject)
  CLIENTELE_CALL(projects_, ServiceProjectService, CancelServiceProject, ServiceProject)
  CLIENTELE_CALL(projects_, ServiceProjectService, RateServiceProject, ServiceProject)
  CLIENTELE_CALL(projects_, ServiceProjectService, CreateServiceTask, ServiceTask)
  CLIENTELE_CALL(projects_, ServiceProjectService, UpdateServiceTask, ServiceTask)
  CLIENTELE_CALL(projects_, ServiceProjectService, ListServiceTasks, ListServiceTasksResponse)
  CLIENTELE_CALL(projects_, ServiceProjectService, LogServiceWork, ServiceTask)
  CLIENTELE_CALL(opportunities_, OpportunityService, ListOpportunitySteps, ListOpportunityStepsResponse)
  CLIENTELE_CALL(forecasts_, ForecastService, GetForecast, GetForecastResponse)
  CLIENTELE_CALL(forecasts_, ForecastService, CreateSalesTarget, SalesTarget)
  CLIENTELE_CALL(forecasts_, ForecastService, ListSalesTargets, ListSalesTargetsResponse)
  CLIENTELE_CALL(forecasts_, ForecastService, DeleteSalesTarget, SalesTarget)
  CLIENTELE_CALL(forecasts_, ForecastService, ReportAttainment, ReportAttainmentResponse)
#undef CLIENTELE_CALL

  // One message of an import.
  absl::StatusOr<v1::ImportRecordsResponse> Import(const v1::ImportRecordsRequest& request,
                                                   std::string_view token = "administrator") {
    const auto context = servicekit::TestContext(token);
    const auto stream = imports_->ImportRecords(context.get());
    stream->Write(request);
    stream->WritesDone();
    v1::ImportRecordsResponse response;
    stream->Read(&response);
    const grpc::Status status = stream->Finish();
    if (!status.ok()) return servicekit::FromGrpcStatus(status);
    return response;
  }

  // The events of the feed, in order, as short type names.
  std::vector<std::string> FeedTypes() {
    EXPECT_TRUE(feed_.Sequence().ok());
    std::vector<std::string> types;
    EXPECT_TRUE(
        servicekit::RunQuery(Database().pool(), absl::Now() + absl::Seconds(10), [&](Transaction& tx) {
          return tx.Query(Sql("SELECT type FROM feed ORDER BY position"), [&](const servicekit::Row& row) {
            const std::string type = row.Text(0);
            types.push_back(type.substr(type.rfind('.') + 1));
            return absl::OkStatus();
          });
        }).ok());
    return types;
  }

  // What is told through customer-svc's feed, in one transaction.
  absl::Status Hear(const type::v1::ReadFeedResponse& batch) {
    return servicekit::RunTransaction(
        Database().pool(), absl::Now() + absl::Seconds(10),
        [&](Transaction& tx) { return ApplyCustomerFeed(environment_, tx, batch); });
  }

  // Each a moment after what was before.
  v1::TransitionJourneyRequest To(const std::string& customer, type::v1::Stage stage,
                                  const std::string& reason = "") {
    clock_.Advance(absl::Seconds(1));
    v1::TransitionJourneyRequest request;
    request.set_name(customer + "/journey");
    request.set_stage(stage);
    request.set_reason(reason);
    return request;
  }
  static type::v1::FeedEntry Entry(const google::protobuf::Message& event) {
    type::v1::FeedEntry entry;
    entry.mutable_event()->PackFrom(event);
    return entry;
  }
  customer::v1::CustomerChanged Changed(const KnownCustomer& known) {
    customer::v1::CustomerChanged event;
    event.set_customer(NameOf("customers", known.id));
    event.set_version(known.version);
    event.set_display_name(known.display_name);
    event.set_industry(known.industry);
    if (known.owner.has_value()) event.set_owner(NameOf("representatives", *known.owner));
    if (known.team.has_value()) event.set_team(NameOf("teams", *known.team));
    for (const Id& market : known.target_markets.value_or(std::vector<Id>())) {
      event.add_target_markets(NameOf("targetMarkets", market));
    }
    *event.mutable_create_time() = servicekit::ToProto(known.create_time);
    return event;
  }
  absl::Status HearOne(const google::protobuf::Message& event) {
    type::v1::ReadFeedResponse batch;
    *batch.add_entries() = Entry(event);
    return Hear(batch);
  }
  static customer::v1::CustomersMerged Merged(Id merge, Id survivor, Id merged) {
    customer::v1::CustomersMerged event;
    event.set_customer_merge(NameOf("customerMerges", merge));
    event.set_survivor(NameOf("customers", survivor));
    event.set_merged_customer(NameOf("customers", merged));
    return event;
  }
  static customer::v1::CustomersSplit Split(Id merge, Id survivor, Id restored) {
    customer::v1::CustomersSplit event;
    event.set_customer_merge(NameOf("customerMerges", merge));
    event.set_survivor(NameOf("customers", survivor));
    event.set_restored_customer(NameOf("customers", restored));
    return event;
  }
  customer::v1::TeamChanged TeamUnder(Id team, std::optional<Id> parent) {
    customer::v1::TeamChanged event;
    event.mutable_team()->set_name(NameOf("teams", team));
    if (parent.has_value()) event.mutable_team()->set_parent(NameOf("teams", *parent));
    return event;
  }

  // Nothing is asked for before a stage, for tests of other things.
  void EnforceNothing() {
    const auto conditions = ListStageConditions({});
    ASSERT_TRUE(conditions.ok()) << conditions.status();
    for (const v1::StageCondition& condition : conditions->stage_conditions()) {
      v1::UpdateStageConditionRequest request;
      *request.mutable_stage_condition() = condition;
      request.mutable_stage_condition()->set_enforced(false);
      request.mutable_update_mask()->add_paths("enforced");
      EXPECT_TRUE(UpdateStageCondition(request).ok());
    }
  }

  v1::CreateOrderRequest OrderFor(const std::string& customer, const char* amount = "100") {
    v1::CreateOrderRequest request;
    request.mutable_order()->set_customer(customer);
    v1::OrderLine& line = *request.mutable_order()->add_lines();
    line.set_quantity(1);
    *line.mutable_amount() = Dollars(amount);
    return request;
  }
  v1::CreateOpportunityRequest OpportunityFor(const std::string& customer, const char* amount = "100") {
    v1::CreateOpportunityRequest request;
    request.mutable_opportunity()->set_customer(customer);
    *request.mutable_opportunity()->mutable_amount() = Dollars(amount);
    return request;
  }

  servicekit::FakeClock clock_;
  FakeDirectory directory_;
  servicekit::FeedPublisher feed_{Database().pool()};
  const Environment environment_{Database().pool(), feed_, clock_, directory_, "USD"};
  servicekit::TestExecutor executor_;
  const Backend backend_{executor_.executor, environment_};
  JourneyRpc journey_rpc_{backend_};
  StageRpc stage_rpc_{backend_};
  FunnelRpc funnel_rpc_{backend_};
  DepartmentRpc department_rpc_{backend_};
  StallRpc stall_rpc_{backend_};
  ProductRpc product_rpc_{backend_};
  OpportunityRpc opportunity_rpc_{backend_};
  OrderRpc order_rpc_{backend_};
  FollowUpRpc follow_up_rpc_{backend_};
  ForecastRpc forecast_rpc_{backend_};
  CreditLimitRpc credit_limit_rpc_{backend_};
  DeliveryRpc delivery_rpc_{backend_};
  ServiceProjectRpc project_rpc_{backend_};
  ImportRpc import_rpc_{backend_};
  FeedRpc feed_rpc_{backend_};
  servicekit::InProcessServer server_{{&journey_rpc_, &stage_rpc_, &funnel_rpc_, &department_rpc_,
                                       &stall_rpc_, &product_rpc_, &opportunity_rpc_, &order_rpc_,
                                       &follow_up_rpc_, &forecast_rpc_, &credit_limit_rpc_, &delivery_rpc_,
                                       &project_rpc_, &import_rpc_, &feed_rpc_}};
  std::unique_ptr<v1::JourneyService::Stub> journeys_ = v1::JourneyService::NewStub(server_.channel());
  std::unique_ptr<v1::StageService::Stub> stages_ = v1::StageService::NewStub(server_.channel());
  std::unique_ptr<v1::FunnelService::Stub> funnel_ = v1::FunnelService::NewStub(server_.channel());
  std::unique_ptr<v1::StallService::Stub> stalls_ = v1::StallService::NewStub(server_.channel());
  std::unique_ptr<v1::DepartmentService::Stub> departments_ =
      v1::DepartmentService::NewStub(server_.channel());
  std::unique_ptr<v1::ProductService::Stub> products_ = v1::ProductService::NewStub(server_.channel());
  std::unique_ptr<v1::OpportunityService::Stub> opportunities_ =
      v1::OpportunityService::NewStub(server_.channel());
  std::unique_ptr<v1::OrderService::Stub> orders_ = v1::OrderService::NewStub(server_.channel());
  std::unique_ptr<v1::DeliveryService::Stub> deliveries_ = v1::DeliveryService::NewStub(server_.channel());
  std::unique_ptr<v1::ServiceProjectService::Stub> projects_ =
      v1::ServiceProjectService::NewStub(server_.channel());
  std::unique_ptr<v1::CreditLimitService::Stub> credit_limits_ =
      v1::CreditLimitService::NewStub(server_.channel());
  std::unique_ptr<v1::ForecastService::Stub> forecasts_ = v1::ForecastService::NewStub(server_.channel());
  std::unique_ptr<v1::FollowUpService::Stub> follow_ups_ = v1::FollowUpService::NewStub(server_.channel());
  std::unique_ptr<v1::LifecycleImportService::Stub> imports_ =
      v1::LifecycleImportService::NewStub(server_.channel());

 private:
  struct End : ::testing::Environment {
    explicit End(std::unique_ptr<servicekit::ScratchDatabase>& scratch) : database(scratch) {}
    void TearDown() override { database.reset(); }
    std::unique_ptr<servicekit::ScratchDatabase>& database;
  };
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_RPC_LIFECYCLE_FIXTURE_H_
