#include "lifecycle-svc/rpc/lifecycle_fixture.h"

#include "clientele/lifecycle/v1/import_service.grpc.pb.h"
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

namespace clientele::lifecycle {

absl::StatusOr<CustomerDirectory::Answer> FakeDirectory::Resolve(
    const CallContext&, const std::vector<Reference>& wanted,
    const std::vector<Reference>& wanted_representatives) {
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

absl::StatusOr<absl::flat_hash_map<Id, Completeness>> FakeDirectory::CheckCompleteness(
    const CallContext&, const std::vector<Id>& wanted, Stage stage) {
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

absl::Status FakeDirectory::Supply(const CallContext& call,
                                   const customer::v1::SupplyInformationRequest& request) {
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

absl::Status FakeDirectory::Release(const CallContext&, Id customer, int64_t version) {
  const std::lock_guard lock(mutex);
  if (down) return absl::UnavailableError("customer-svc is down");
  if (const auto refusal = release_refusals.find(customer); refusal != release_refusals.end()) {
    return refusal->second;
  }
  released_versions.push_back(version);
  released.push_back(customer);
  return absl::OkStatus();
}

// The service itself, and stubs of it.
struct LifecycleFixture::Service {
  explicit Service(const Environment& used) : environment(used) {}

  const Environment& environment;
  servicekit::TestExecutor executor;
  const Backend backend{executor.executor, environment};
  JourneyRpc journey_rpc{backend};
  StageRpc stage_rpc{backend};
  FunnelRpc funnel_rpc{backend};
  DepartmentRpc department_rpc{backend};
  StallRpc stall_rpc{backend};
  ProductRpc product_rpc{backend};
  OpportunityRpc opportunity_rpc{backend};
  OrderRpc order_rpc{backend};
  FollowUpRpc follow_up_rpc{backend};
  ForecastRpc forecast_rpc{backend};
  CreditLimitRpc credit_limit_rpc{backend};
  DeliveryRpc delivery_rpc{backend};
  ServiceProjectRpc project_rpc{backend};
  ImportRpc import_rpc{backend};
  FeedRpc feed_rpc{backend};
  servicekit::InProcessServer server{{&journey_rpc, &stage_rpc, &funnel_rpc, &department_rpc, &stall_rpc,
                                      &product_rpc, &opportunity_rpc, &order_rpc, &follow_up_rpc,
                                      &forecast_rpc, &credit_limit_rpc, &delivery_rpc, &project_rpc,
                                      &import_rpc, &feed_rpc}};
  std::unique_ptr<v1::JourneyService::Stub> journeys = v1::JourneyService::NewStub(server.channel());
  std::unique_ptr<v1::StageService::Stub> stages = v1::StageService::NewStub(server.channel());
  std::unique_ptr<v1::FunnelService::Stub> funnel = v1::FunnelService::NewStub(server.channel());
  std::unique_ptr<v1::StallService::Stub> stalls = v1::StallService::NewStub(server.channel());
  std::unique_ptr<v1::DepartmentService::Stub> departments = v1::DepartmentService::NewStub(server.channel());
  std::unique_ptr<v1::ProductService::Stub> products = v1::ProductService::NewStub(server.channel());
  std::unique_ptr<v1::OpportunityService::Stub> opportunities =
      v1::OpportunityService::NewStub(server.channel());
  std::unique_ptr<v1::OrderService::Stub> orders = v1::OrderService::NewStub(server.channel());
  std::unique_ptr<v1::DeliveryService::Stub> deliveries = v1::DeliveryService::NewStub(server.channel());
  std::unique_ptr<v1::ServiceProjectService::Stub> projects =
      v1::ServiceProjectService::NewStub(server.channel());
  std::unique_ptr<v1::CreditLimitService::Stub> credit_limits =
      v1::CreditLimitService::NewStub(server.channel());
  std::unique_ptr<v1::ForecastService::Stub> forecasts = v1::ForecastService::NewStub(server.channel());
  std::unique_ptr<v1::FollowUpService::Stub> follow_ups = v1::FollowUpService::NewStub(server.channel());
  std::unique_ptr<v1::LifecycleImportService::Stub> imports =
      v1::LifecycleImportService::NewStub(server.channel());
};

LifecycleFixture::LifecycleFixture() : service_(std::make_unique<Service>(environment_)) {}
LifecycleFixture::~LifecycleFixture() = default;

namespace {

struct End : ::testing::Environment {
  explicit End(std::unique_ptr<servicekit::ScratchDatabase>& scratch) : database(scratch) {}
  void TearDown() override { database.reset(); }
  std::unique_ptr<servicekit::ScratchDatabase>& database;
};

// Calls `method` of a stub.
template <typename Stub, typename Request, typename Response>
absl::StatusOr<Response> Call(Stub& stub,
                              grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                              const Request& request, std::string_view token) {
  const auto context = servicekit::TestContext(token);
  Response response;
  const grpc::Status status = (stub.*method)(context.get(), request, &response);
  if (!status.ok()) return servicekit::FromGrpcStatus(status);
  return response;
}

}  // namespace

servicekit::ScratchDatabase& LifecycleFixture::Database() {
  static auto& database = *new std::unique_ptr<servicekit::ScratchDatabase>(
      std::make_unique<servicekit::ScratchDatabase>(std::vector<std::string>{"lifecycle-svc/migrations"}));
  static const bool registered = [] {
    ::testing::AddGlobalTestEnvironment(new End(database));
    return true;
  }();
  (void)registered;
  return *database;
}

KnownCustomer LifecycleFixture::AddCustomer(std::optional<Id> owner, std::optional<Id> team,
                                            const std::string& industry) {
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

std::string LifecycleFixture::TokenOf(servicekit::Role role, std::optional<Id> representative,
                                      std::vector<Id> teams) {
  servicekit::Principal principal;
  principal.subject = representative.has_value() ? NameOf("representatives", *representative) : "users/m";
  principal.role = role;
  principal.representative = representative;
  principal.teams = std::move(teams);
  return servicekit::TestToken(principal);
}

google::type::Money LifecycleFixture::In(const char* currency, const char* amount) {
  return servicekit::ToProto(Money{currency, *Decimal::Parse(amount)});
}

#define CLIENTELE_CALL(stub, Service, Name, Response)                                   \
  absl::StatusOr<v1::Response> LifecycleFixture::Name(const v1::Name##Request& request, \
                                                      std::string_view token) {         \
    return Call(*service_->stub, &v1::Service::Stub::Name, request, token);             \
  }
CLIENTELE_LIFECYCLE_CALLS(CLIENTELE_CALL)
#undef CLIENTELE_CALL

absl::StatusOr<v1::ImportRecordsResponse> LifecycleFixture::Import(const v1::ImportRecordsRequest& request,
                                                                   std::string_view token) {
  const auto context = servicekit::TestContext(token);
  const auto stream = service_->imports->ImportRecords(context.get());
  stream->Write(request);
  stream->WritesDone();
  v1::ImportRecordsResponse response;
  stream->Read(&response);
  const grpc::Status status = stream->Finish();
  if (!status.ok()) return servicekit::FromGrpcStatus(status);
  return response;
}

std::vector<std::string> LifecycleFixture::FeedTypes() {
  EXPECT_TRUE(feed_.Sequence().ok());
  std::vector<std::string> types;
  EXPECT_TRUE(servicekit::RunQuery(Database().pool(), absl::Now() + absl::Seconds(10), [&](Transaction& tx) {
                return tx.Query(Sql("SELECT type FROM feed ORDER BY position"),
                                [&](const servicekit::Row& row) {
                                  const std::string type = row.Text(0);
                                  types.push_back(type.substr(type.rfind('.') + 1));
                                  return absl::OkStatus();
                                });
              }).ok());
  return types;
}

absl::Status LifecycleFixture::Hear(const type::v1::ReadFeedResponse& batch) {
  return servicekit::RunTransaction(Database().pool(), absl::Now() + absl::Seconds(10), [&](Transaction& tx) {
    return ApplyCustomerFeed(environment_, tx, batch);
  });
}

absl::Status LifecycleFixture::HearOne(const google::protobuf::Message& event) {
  type::v1::ReadFeedResponse batch;
  *batch.add_entries() = Entry(event);
  return Hear(batch);
}

type::v1::FeedEntry LifecycleFixture::Entry(const google::protobuf::Message& event) {
  type::v1::FeedEntry entry;
  entry.mutable_event()->PackFrom(event);
  return entry;
}

customer::v1::CustomerChanged LifecycleFixture::Changed(const KnownCustomer& known) {
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

customer::v1::CustomersMerged LifecycleFixture::Merged(Id merge, Id survivor, Id merged) {
  customer::v1::CustomersMerged event;
  event.set_customer_merge(NameOf("customerMerges", merge));
  event.set_survivor(NameOf("customers", survivor));
  event.set_merged_customer(NameOf("customers", merged));
  return event;
}

customer::v1::CustomersSplit LifecycleFixture::Split(Id merge, Id survivor, Id restored) {
  customer::v1::CustomersSplit event;
  event.set_customer_merge(NameOf("customerMerges", merge));
  event.set_survivor(NameOf("customers", survivor));
  event.set_restored_customer(NameOf("customers", restored));
  return event;
}

customer::v1::TeamChanged LifecycleFixture::TeamUnder(Id team, std::optional<Id> parent) {
  customer::v1::TeamChanged event;
  event.mutable_team()->set_name(NameOf("teams", team));
  if (parent.has_value()) event.mutable_team()->set_parent(NameOf("teams", *parent));
  return event;
}

void LifecycleFixture::EnforceNothing() {
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

v1::TransitionJourneyRequest LifecycleFixture::To(const std::string& customer, type::v1::Stage stage,
                                                  const std::string& reason) {
  clock_.Advance(absl::Seconds(1));
  v1::TransitionJourneyRequest request;
  request.set_name(customer + "/journey");
  request.set_stage(stage);
  request.set_reason(reason);
  return request;
}

v1::CreateOrderRequest LifecycleFixture::OrderFor(const std::string& customer, const char* amount) {
  v1::CreateOrderRequest request;
  request.mutable_order()->set_customer(customer);
  v1::OrderLine& line = *request.mutable_order()->add_lines();
  line.set_quantity(1);
  *line.mutable_amount() = Dollars(amount);
  return request;
}

v1::CreateOpportunityRequest LifecycleFixture::OpportunityFor(const std::string& customer,
                                                              const char* amount) {
  v1::CreateOpportunityRequest request;
  request.mutable_opportunity()->set_customer(customer);
  *request.mutable_opportunity()->mutable_amount() = Dollars(amount);
  return request;
}

}  // namespace clientele::lifecycle
