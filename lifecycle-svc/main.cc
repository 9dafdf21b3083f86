// lifecycle-svc: where each customer stands, and the deals that move them.
#include <memory>

#include "absl/flags/flag.h"
#include "absl/time/clock.h"
#include "clientele/value/v1/value_feed.grpc.pb.h"
#include "lifecycle-svc/clients/customer_client.h"
#include "lifecycle-svc/operations/periodic.h"
#include "lifecycle-svc/operations/stall.h"
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
#include "servicekit/feed/consumer.h"
#include "servicekit/feed/publisher.h"
#include "servicekit/server/server.h"

ABSL_FLAG(std::string, customer_address, "", "customer-svc: host:port or dns:///name:port");
ABSL_FLAG(std::string, value_address, "",
          "value-svc: host:port or dns:///name:port; empty: tiers are not followed, all customers count as "
          "not scored");
ABSL_FLAG(absl::Duration, stall_period, absl::Minutes(10),
          "How often customers who stand still are looked for and escalated");
ABSL_FLAG(std::string, base_currency, "USD",
          "The currency that all reports are in; never change it once orders exist");

int main(int argc, char** argv) {
  using namespace clientele::lifecycle;
  servicekit::Server server(servicekit::OptionsFromFlags(
      "lifecycle-svc", "Journeys, products, opportunities, orders and the funnel.", argc, argv));

  servicekit::Clock clock;
  servicekit::FeedPublisher feed(server.pool());
  CustomerClient customers(server.Connect(absl::GetFlag(FLAGS_customer_address)));
  const Environment environment{server.pool(), feed, clock, customers, absl::GetFlag(FLAGS_base_currency)};
  servicekit::FeedConsumer customer_feed(
      server.pool(),
      // Not `customer`: what is kept of the feed since then (representatives, target markets) was passed over
      // before, so it is read from its beginning once more.
      {.source = "customer-2",
       .open = [&](auto* context, const auto& request) { return customers.OpenFeed(context, request); },
       .apply = [&](auto& tx, const auto& batch) { return ApplyCustomerFeed(environment, tx, batch); },
       .token = server.service_token()});

  std::unique_ptr<clientele::value::v1::ValueFeedService::Stub> tiers;
  std::unique_ptr<servicekit::FeedConsumer> value_feed;
  if (const std::string address = absl::GetFlag(FLAGS_value_address); !address.empty()) {
    tiers = clientele::value::v1::ValueFeedService::NewStub(server.Connect(address));
    value_feed = std::make_unique<servicekit::FeedConsumer>(
        server.pool(),
        servicekit::FeedConsumer::Options{
            .source = "value",
            .open = [&](auto* context, const auto& request) { return tiers->ReadFeed(context, request); },
            .apply = [&](auto& tx, const auto& batch) { return ApplyValueFeed(environment, tx, batch); },
            .token = server.service_token()});
  }
  const auto token = server.service_token();
  Periodic escalation("escalate stalled customers", absl::GetFlag(FLAGS_stall_period),
                      [&]() -> absl::StatusOr<bool> {
                        CallContext call;
                        call.principal.subject = "services/lifecycle-svc";
                        call.principal.role = servicekit::Role::kService;
                        call.method = "EscalateStalled";
                        call.token = token();
                        call.deadline = absl::Now() + absl::Minutes(1);
                        // As long as customer-svc may have told of new owners, nobody is taken from one.
                        const absl::StatusOr<int> escalated =
                            EscalateStalled(environment, call, 20, customer_feed.lag() == 0);
                        if (!escalated.ok()) return escalated.status();
                        return *escalated > 0;
                      });

  // Journeys that an older release folded; a few at a time, so that calls hardly wait.
  Periodic refolding("refold journeys", absl::Hours(1), [&]() -> absl::StatusOr<bool> {
    const absl::StatusOr<int> folded = RefoldJourneys(environment, 100);
    if (!folded.ok()) return folded.status();
    return *folded > 0;
  });

  const Backend backend{server.executor(), environment};
  JourneyRpc journeys(backend);
  StageRpc stages(backend);
  FunnelRpc funnel(backend);
  DepartmentRpc departments(backend);
  StallRpc stalls(backend);
  ProductRpc products(backend);
  OpportunityRpc opportunities(backend);
  OrderRpc orders(backend);
  CreditLimitRpc credit_limits(backend);
  FollowUpRpc follow_ups(backend);
  ForecastRpc forecasts(backend);
  DeliveryRpc deliveries(backend);
  ServiceProjectRpc projects(backend);
  ImportRpc imports(backend);
  FeedRpc feeds(backend);
  for (grpc::Service* service : std::initializer_list<grpc::Service*>{
           &journeys, &stages, &funnel, &departments, &stalls, &products, &opportunities, &orders,
           &credit_limits, &follow_ups, &forecasts, &deliveries, &projects, &imports, &feeds}) {
    server.Register(service);
  }
  server.RequireMigrations(CLIENTELE_MIGRATIONS);
  server.AddBackground([&] { feed.Start(); }, [&] { feed.Stop(); });
  server.AddBackground([&] { customer_feed.Start(); }, [&] { customer_feed.Stop(); });
  server.AddBackground([&] { escalation.Start(); }, [&] { escalation.Stop(); });
  if (value_feed != nullptr) {
    server.AddBackground([&] { value_feed->Start(); }, [&] { value_feed->Stop(); });
    value_feed->ExportLag(server.metrics());
  }
  server.AddBackground([&] { refolding.Start(); }, [&] { refolding.Stop(); });
  customer_feed.ExportLag(server.metrics());
  return server.Run();
}
