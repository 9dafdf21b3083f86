#ifndef CUSTOMER_SVC_RPC_SERVICE_FIXTURE_H_
#define CUSTOMER_SVC_RPC_SERVICE_FIXTURE_H_

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "clientele/customer/v1/attribute_service.grpc.pb.h"
#include "clientele/customer/v1/completeness_service.grpc.pb.h"
#include "clientele/customer/v1/customer_service.grpc.pb.h"
#include "clientele/customer/v1/duplicate_service.grpc.pb.h"
#include "clientele/customer/v1/hierarchy_service.grpc.pb.h"
#include "clientele/customer/v1/history_service.grpc.pb.h"
#include "clientele/customer/v1/import_service.grpc.pb.h"
#include "clientele/customer/v1/merge_service.grpc.pb.h"
#include "clientele/customer/v1/ownership_service.grpc.pb.h"
#include "clientele/customer/v1/requirement_set_service.grpc.pb.h"
#include "clientele/customer/v1/search_service.grpc.pb.h"
#include "clientele/customer/v1/target_market_service.grpc.pb.h"
#include "clientele/customer/v1/team_service.grpc.pb.h"
#include "clientele/customer/v1/timeline_service.grpc.pb.h"
#include "customer-svc/rpc/attribute_service.h"
#include "customer-svc/rpc/completeness_service.h"
#include "customer-svc/rpc/customer_service.h"
#include "customer-svc/rpc/duplicate_service.h"
#include "customer-svc/rpc/hierarchy_service.h"
#include "customer-svc/rpc/history_service.h"
#include "customer-svc/rpc/import_service.h"
#include "customer-svc/rpc/merge_service.h"
#include "customer-svc/rpc/ownership_service.h"
#include "customer-svc/rpc/requirement_set_service.h"
#include "customer-svc/rpc/search_service.h"
#include "customer-svc/rpc/target_market_service.h"
#include "customer-svc/rpc/team_service.h"
#include "customer-svc/rpc/timeline_service.h"
#include "servicekit/feed/publisher.h"
#include "servicekit/rpc/status.h"
#include "servicekit/rpc/testing/in_process_server.h"
#include "servicekit/testing/scratch_database.h"
#include "servicekit/types/clock.h"
#include "servicekit/types/error.h"

namespace clientele::customer {

// customer-svc as its callers see it: a real server in this process on a real database, empty for each test.
class ServiceTest : public ::testing::Test {
 protected:
  void SetUp() override { Database().Clear(); }

  static servicekit::ScratchDatabase& Database() {
    static servicekit::ScratchDatabase database({"customer-svc/migrations"});
    return database;
  }

  // The answer of one call as `token` (see servicekit/rpc/testing), or its error with all details.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(std::unique_ptr<Stub>& stub,
                                grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const Request& request, const std::string& token = "administrator") {
    const auto context = servicekit::TestContext(token);
    Response response;
    const grpc::Status status = (stub.get()->*method)(context.get(), request, &response);
    if (!status.ok()) return servicekit::FromGrpcStatus(status);
    return response;
  }
  using Customers = v1::CustomerService::Stub;
  using Teams = v1::TeamService::Stub;
  using Attributes = v1::AttributeService::Stub;
  using Hierarchies = v1::HierarchyService::Stub;
  using Timelines = v1::TimelineService::Stub;
  using Searches = v1::CustomerSearchService::Stub;
  using TargetMarkets = v1::TargetMarketService::Stub;
  using Completenesses = v1::CompletenessService::Stub;
  using RequirementSets = v1::RequirementSetService::Stub;

  static v1::Customer Named(const std::string& display_name) {
    v1::Customer customer;
    customer.set_display_name(display_name);
    customer.set_type(v1::Customer::ORGANIZATION);
    return customer;
  }
  absl::StatusOr<v1::Customer> Create(const v1::Customer& customer,
                                      const std::string& token = "administrator",
                                      const std::string& request_id = "") {
    v1::CreateCustomerRequest request;
    *request.mutable_customer() = customer;
    request.set_request_id(request_id);
    return Call(customers_, &Customers::CreateCustomer, request, token);
  }
  absl::StatusOr<v1::Customer> Get(const std::string& name, const std::string& token = "administrator") {
    v1::GetCustomerRequest request;
    request.set_name(name);
    return Call(customers_, &Customers::GetCustomer, request, token);
  }
  absl::StatusOr<v1::Customer> Update(const v1::Customer& customer, const std::vector<std::string>& mask = {},
                                      const std::string& token = "administrator") {
    v1::UpdateCustomerRequest request;
    *request.mutable_customer() = customer;
    for (const std::string& path : mask) request.mutable_update_mask()->add_paths(path);
    return Call(customers_, &Customers::UpdateCustomer, request, token);
  }
  // All pages, and how many there were.
  absl::StatusOr<std::vector<v1::Customer>> List(v1::ListCustomersRequest request,
                                                 const std::string& token = "administrator") {
    std::vector<v1::Customer> all;
    do {
      const auto page = Call(customers_, &Customers::ListCustomers, request, token);
      if (!page.ok()) return page.status();
      all.insert(all.end(), page->customers().begin(), page->customers().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return all;
  }
  v1::Team CreateTeam(const std::string& display_name, const std::string& parent = "") {
    v1::CreateTeamRequest request;
    request.mutable_team()->set_display_name(display_name);
    request.mutable_team()->set_parent(parent);
    const auto team = Call(teams_, &Teams::CreateTeam, request);
    EXPECT_TRUE(team.ok()) << team.status();
    return *team;
  }
  v1::Representative CreateRepresentative(const std::string& team) {
    v1::CreateRepresentativeRequest request;
    request.mutable_representative()->set_display_name("김철수");
    request.mutable_representative()->set_department(type::v1::SALES);
    request.mutable_representative()->set_team(team);
    const auto representative = Call(teams_, &Teams::CreateRepresentative, request);
    EXPECT_TRUE(representative.ok()) << representative.status();
    return *representative;
  }
  // The token of a principal with these teams; `representative` is a name.
  static std::string Token(servicekit::Role role, const std::string& representative,
                           const std::vector<std::string>& teams) {
    servicekit::Principal principal{.subject = representative.empty() ? "someone" : representative,
                                    .role = role};
    if (!representative.empty()) {
      principal.representative = *servicekit::Id::Parse(representative.substr(representative.find('/') + 1));
    }
    for (const std::string& team : teams) {
      principal.teams.push_back(*servicekit::Id::Parse(team.substr(team.find('/') + 1)));
    }
    return servicekit::TestToken(principal);
  }

  static std::vector<std::string> WrongFields(const absl::Status& status) {
    std::vector<std::string> fields;
    for (const auto& violation : servicekit::GetFieldViolations(status)) fields.push_back(violation.field);
    return fields;
  }

  servicekit::FeedPublisher feed_{Database().pool()};
  Stores stores_{feed_};
  servicekit::Clock clock_;
  servicekit::TestExecutor executor_{{.workers = 8, .queue_length = 256}};
  Backend backend_{executor_.executor, Database().pool(), stores_, clock_};
  CustomerService customer_service_{backend_};
  TeamService team_service_{backend_};
  ImportService import_service_{backend_};
  OwnershipService ownership_service_{backend_};
  DuplicateService duplicate_service_{backend_};
  MergeService merge_service_{backend_};
  HistoryService history_service_{backend_};
  CompletenessService completeness_service_{backend_};
  RequirementSetService requirement_set_service_{backend_};
  AttributeService attribute_service_{backend_};
  TimelineService timeline_service_{backend_};
  HierarchyService hierarchy_service_{backend_};
  SearchService search_service_{backend_};
  TargetMarketService target_market_service_{backend_};
  servicekit::InProcessServer server_{{&customer_service_, &team_service_, &history_service_,
                                       &import_service_, &ownership_service_, &duplicate_service_,
                                       &merge_service_, &completeness_service_, &requirement_set_service_,
                                       &attribute_service_, &timeline_service_, &hierarchy_service_,
                                       &search_service_, &target_market_service_}};
  std::unique_ptr<Customers> customers_ = v1::CustomerService::NewStub(server_.channel());
  std::unique_ptr<Teams> teams_ = v1::TeamService::NewStub(server_.channel());
  std::unique_ptr<Attributes> attributes_ = v1::AttributeService::NewStub(server_.channel());
  std::unique_ptr<Hierarchies> hierarchies_ = v1::HierarchyService::NewStub(server_.channel());
  std::unique_ptr<Timelines> timelines_ = v1::TimelineService::NewStub(server_.channel());
  std::unique_ptr<Searches> searches_ = v1::CustomerSearchService::NewStub(server_.channel());
  std::unique_ptr<TargetMarkets> target_markets_ = v1::TargetMarketService::NewStub(server_.channel());
  std::unique_ptr<v1::OwnershipService::Stub> ownerships_ = v1::OwnershipService::NewStub(server_.channel());
  std::unique_ptr<v1::DuplicateService::Stub> duplicates_ = v1::DuplicateService::NewStub(server_.channel());
  std::unique_ptr<v1::MergeService::Stub> merges_ = v1::MergeService::NewStub(server_.channel());
  std::unique_ptr<Completenesses> completenesses_ = v1::CompletenessService::NewStub(server_.channel());
  std::unique_ptr<RequirementSets> requirement_sets_ = v1::RequirementSetService::NewStub(server_.channel());
  std::unique_ptr<v1::HistoryService::Stub> histories_ = v1::HistoryService::NewStub(server_.channel());
  std::unique_ptr<v1::CustomerImportService::Stub> imports_ =
      v1::CustomerImportService::NewStub(server_.channel());
};

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_RPC_SERVICE_FIXTURE_H_
