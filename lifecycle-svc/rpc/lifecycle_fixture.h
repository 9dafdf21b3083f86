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
#include "clientele/lifecycle/v1/department_service.pb.h"
#include "clientele/lifecycle/v1/funnel_service.pb.h"
#include "lifecycle-svc/domain/order.h"
#include "lifecycle-svc/operations/operations.h"
#include "servicekit/feed/publisher.h"
#include "servicekit/mysql/transaction.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/status.h"
#include "servicekit/rpc/testing/in_process_server.h"
#include "servicekit/testing/fake_clock.h"
#include "servicekit/testing/scratch_database.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

// For tests: the whole service in process, on the real engine, with a customer-svc that is a map. What it is
// made of is compiled once, in the .cc file.
namespace clientele::lifecycle {

using servicekit::NameOf;
using servicekit::Sql;

class FakeDirectory : public CustomerDirectory {
 public:
  absl::StatusOr<Answer> Resolve(const CallContext&, const std::vector<Reference>& wanted,
                                 const std::vector<Reference>& wanted_representatives) override;
  absl::StatusOr<absl::flat_hash_map<Id, Completeness>> CheckCompleteness(const CallContext&,
                                                                          const std::vector<Id>& wanted,
                                                                          Stage stage) override;
  // Whatever is supplied completes the customer.
  absl::Status Supply(const CallContext& call,
                      const customer::v1::SupplyInformationRequest& request) override;
  absl::Status Release(const CallContext&, Id customer, int64_t version) override;

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

// Every call of the service: the stub, its service, the RPC and what it returns.
#define CLIENTELE_LIFECYCLE_CALLS(CALL)                                                              \
  CALL(journeys, JourneyService, GetJourney, Journey)                                                \
  CALL(journeys, JourneyService, ListJourneys, ListJourneysResponse)                                 \
  CALL(journeys, JourneyService, TransitionJourney, Journey)                                         \
  CALL(journeys, JourneyService, ListTransitions, ListTransitionsResponse)                           \
  CALL(journeys, JourneyService, CheckTransition, TransitionCheck)                                   \
  CALL(journeys, JourneyService, BatchCheckTransitions, BatchCheckTransitionsResponse)               \
  CALL(stages, StageService, GetStageMachine, StageMachine)                                          \
  CALL(stages, StageService, ListStageConditions, ListStageConditionsResponse)                       \
  CALL(stages, StageService, UpdateStageCondition, StageCondition)                                   \
  CALL(funnel, FunnelService, QueryFunnel, QueryFunnelResponse)                                      \
  CALL(funnel, FunnelService, ListFunnelCustomers, ListFunnelCustomersResponse)                      \
  CALL(funnel, FunnelService, QueryStageTimes, QueryStageTimesResponse)                              \
  CALL(funnel, FunnelService, ListStageVisits, ListStageVisitsResponse)                              \
  CALL(funnel, FunnelService, QueryVelocity, QueryVelocityResponse)                                  \
  CALL(funnel, FunnelService, ListVelocityOpportunities, ListVelocityOpportunitiesResponse)          \
  CALL(stalls, StallService, ListStallRules, ListStallRulesResponse)                                 \
  CALL(stalls, StallService, UpdateStallRule, StallRule)                                             \
  CALL(stalls, StallService, SummarizeStalledCustomers, SummarizeStalledCustomersResponse)           \
  CALL(stalls, StallService, ListStalledCustomers, ListStalledCustomersResponse)                     \
  CALL(departments, DepartmentService, QueryDepartments, QueryDepartmentsResponse)                   \
  CALL(departments, DepartmentService, ListDepartmentTransitions, ListDepartmentTransitionsResponse) \
  CALL(products, ProductService, CreateProduct, Product)                                             \
  CALL(products, ProductService, UpdateProduct, Product)                                             \
  CALL(products, ProductService, ListProducts, ListProductsResponse)                                 \
  CALL(products, ProductService, SetExchangeRate, ExchangeRate)                                      \
  CALL(products, ProductService, ListExchangeRates, ListExchangeRatesResponse)                       \
  CALL(opportunities, OpportunityService, CreateOpportunity, Opportunity)                            \
  CALL(opportunities, OpportunityService, GetOpportunity, Opportunity)                               \
  CALL(opportunities, OpportunityService, ListOpportunities, ListOpportunitiesResponse)              \
  CALL(opportunities, OpportunityService, UpdateOpportunity, Opportunity)                            \
  CALL(opportunities, OpportunityService, WinOpportunity, Opportunity)                               \
  CALL(opportunities, OpportunityService, LoseOpportunity, Opportunity)                              \
  CALL(opportunities, OpportunityService, SummarizeOpportunities, SummarizeOpportunitiesResponse)    \
  CALL(opportunities, OpportunityService, SummarizeCompetitors, SummarizeCompetitorsResponse)        \
  CALL(opportunities, OpportunityService, ListSalesSteps, ListSalesStepsResponse)                    \
  CALL(opportunities, OpportunityService, UpdateSalesStep, SalesStep)                                \
  CALL(opportunities, OpportunityService, ListOpportunitySteps, ListOpportunityStepsResponse)        \
  CALL(orders, OrderService, CreateOrder, Order)                                                     \
  CALL(orders, OrderService, GetOrder, Order)                                                        \
  CALL(orders, OrderService, ListOrders, ListOrdersResponse)                                         \
  CALL(orders, OrderService, CancelOrder, Order)                                                     \
  CALL(orders, OrderService, CreateOrderReturn, OrderReturn)                                         \
  CALL(orders, OrderService, ListOrderReturns, ListOrderReturnsResponse)                             \
  CALL(orders, OrderService, CreatePayment, Payment)                                                 \
  CALL(orders, OrderService, ListPayments, ListPaymentsResponse)                                     \
  CALL(orders, OrderService, CreateRefund, Refund)                                                   \
  CALL(orders, OrderService, ListRefunds, ListRefundsResponse)                                       \
  CALL(orders, OrderService, CreateReferral, Referral)                                               \
  CALL(orders, OrderService, GetReferral, Referral)                                                  \
  CALL(orders, OrderService, CancelReferral, Referral)                                               \
  CALL(orders, OrderService, ListReferrals, ListReferralsResponse)                                   \
  CALL(orders, OrderService, SummarizeOrders, SummarizeOrdersResponse)                               \
  CALL(credit_limits, CreditLimitService, GetCreditLimit, CreditLimit)                               \
  CALL(credit_limits, CreditLimitService, UpdateCreditLimit, CreditLimit)                            \
  CALL(follow_ups, FollowUpService, CreateFollowUp, FollowUp)                                        \
  CALL(follow_ups, FollowUpService, GetFollowUp, FollowUp)                                           \
  CALL(follow_ups, FollowUpService, ListFollowUps, ListFollowUpsResponse)                            \
  CALL(follow_ups, FollowUpService, SnoozeFollowUp, FollowUp)                                        \
  CALL(follow_ups, FollowUpService, CompleteFollowUp, FollowUp)                                      \
  CALL(follow_ups, FollowUpService, SummarizeFollowUps, SummarizeFollowUpsResponse)                  \
  CALL(deliveries, DeliveryService, GetDeliveryMatrix, DeliveryMatrix)                               \
  CALL(deliveries, DeliveryService, UpdateDeliveryMatrix, DeliveryMatrix)                            \
  CALL(deliveries, DeliveryService, GetDeliveryTemplate, DeliveryTemplate)                           \
  CALL(deliveries, DeliveryService, ListDeliveryTemplates, ListDeliveryTemplatesResponse)            \
  CALL(deliveries, DeliveryService, UpdateDeliveryTemplate, DeliveryTemplate)                        \
  CALL(deliveries, DeliveryService, CompareDeliveryModels, CompareDeliveryModelsResponse)            \
  CALL(projects, ServiceProjectService, CreateServiceProject, ServiceProject)                        \
  CALL(projects, ServiceProjectService, GetServiceProject, ServiceProject)                           \
  CALL(projects, ServiceProjectService, ListServiceProjects, ListServiceProjectsResponse)            \
  CALL(projects, ServiceProjectService, CompleteServiceProject, ServiceProject)                      \
  CALL(projects, ServiceProjectService, CancelServiceProject, ServiceProject)                        \
  CALL(projects, ServiceProjectService, RateServiceProject, ServiceProject)                          \
  CALL(projects, ServiceProjectService, CreateServiceTask, ServiceTask)                              \
  CALL(projects, ServiceProjectService, UpdateServiceTask, ServiceTask)                              \
  CALL(projects, ServiceProjectService, ListServiceTasks, ListServiceTasksResponse)                  \
  CALL(projects, ServiceProjectService, LogServiceWork, ServiceTask)                                 \
  CALL(forecasts, ForecastService, GetForecast, GetForecastResponse)                                 \
  CALL(forecasts, ForecastService, CreateSalesTarget, SalesTarget)                                   \
  CALL(forecasts, ForecastService, ListSalesTargets, ListSalesTargetsResponse)                       \
  CALL(forecasts, ForecastService, DeleteSalesTarget, SalesTarget)                                   \
  CALL(forecasts, ForecastService, ReportAttainment, ReportAttainmentResponse)

class LifecycleFixture : public ::testing::Test {
 protected:
  LifecycleFixture();
  ~LifecycleFixture() override;

  static servicekit::ScratchDatabase& Database();
  void SetUp() override { Database().Clear(); }

  absl::Time now() const { return clock_.Now(); }

  // A customer that customer-svc knows, and this service does not yet.
  KnownCustomer AddCustomer(std::optional<Id> owner = std::nullopt, std::optional<Id> team = std::nullopt,
                            const std::string& industry = "");
  std::string AddCustomerName() { return NameOf("customers", AddCustomer().id); }

  static std::string TokenOf(servicekit::Role role, std::optional<Id> representative, std::vector<Id> teams);
  static google::type::Money Dollars(const char* amount) { return In("USD", amount); }
  static google::type::Money In(const char* currency, const char* amount);

  // The status has its details.
#define CLIENTELE_CALL(stub, Service, Name, Response)                 \
  absl::StatusOr<v1::Response> Name(const v1::Name##Request& request, \
                                    std::string_view token = "administrator");
  CLIENTELE_LIFECYCLE_CALLS(CLIENTELE_CALL)
#undef CLIENTELE_CALL
  // One message of an import.
  absl::StatusOr<v1::ImportRecordsResponse> Import(const v1::ImportRecordsRequest& request,
                                                   std::string_view token = "administrator");

  // The events of the feed, in order, as short type names.
  std::vector<std::string> FeedTypes();

  // What is told through customer-svc's feed, in one transaction.
  absl::Status Hear(const type::v1::ReadFeedResponse& batch);
  absl::Status HearOne(const google::protobuf::Message& event);
  static type::v1::FeedEntry Entry(const google::protobuf::Message& event);
  customer::v1::CustomerChanged Changed(const KnownCustomer& known);
  static customer::v1::CustomersMerged Merged(Id merge, Id survivor, Id merged);
  static customer::v1::CustomersSplit Split(Id merge, Id survivor, Id restored);
  customer::v1::TeamChanged TeamUnder(Id team, std::optional<Id> parent);

  // Nothing is asked for before a stage, for tests of other things.
  void EnforceNothing();

  // Each a moment after what was before.
  v1::TransitionJourneyRequest To(const std::string& customer, type::v1::Stage stage,
                                  const std::string& reason = "");
  v1::CreateOrderRequest OrderFor(const std::string& customer, const char* amount = "100");
  v1::CreateOpportunityRequest OpportunityFor(const std::string& customer, const char* amount = "100");

  servicekit::FakeClock clock_;
  FakeDirectory directory_;
  servicekit::FeedPublisher feed_{Database().pool()};
  const Environment environment_{Database().pool(), feed_, clock_, directory_, "USD"};

 private:
  struct Service;
  const std::unique_ptr<Service> service_;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_RPC_LIFECYCLE_FIXTURE_H_
