// lifecycle-svc: where each customer stands, and the deals that move them.
#include "absl/flags/flag.h"
#include "lifecycle-svc/clients/customer_client.h"
#include "lifecycle-svc/rpc/delivery_rpc.h"
#include "lifecycle-svc/rpc/follow_up_rpc.h"
#include "lifecycle-svc/rpc/forecast_rpc.h"
#include "lifecycle-svc/rpc/journey_rpc.h"
#include "lifecycle-svc/rpc/opportunity_rpc.h"
#include "lifecycle-svc/rpc/order_rpc.h"
#include "lifecycle-svc/rpc/product_rpc.h"
#include "lifecycle-svc/rpc/stream_rpc.h"
#include "servicekit/feed/consumer.h"
#include "servicekit/feed/publisher.h"
#include "servicekit/server/server.h"

ABSL_FLAG(std::string, customer_address, "", "customer-svc: host:port or dns:///name:port");
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
      {.source = "customer",
       .open = [&](auto* context, const auto& request) { return customers.OpenFeed(context, request); },
       .apply = [&](auto& tx, const auto& batch) { return ApplyCustomerFeed(environment, tx, batch); },
       .token = server.service_token()});

  const Backend backend{server.executor(), environment};
  JourneyRpc journeys(backend);
  FunnelRpc funnel(backend);
  ProductRpc products(backend);
  OpportunityRpc opportunities(backend);
  OrderRpc orders(backend);
  FollowUpRpc follow_ups(backend);
  ForecastRpc forecasts(backend);
  DeliveryRpc deliveries(backend);
  ServiceProjectRpc projects(backend);
  ImportRpc imports(backend);
  FeedRpc feeds(backend);
  for (grpc::Service* service : std::initializer_list<grpc::Service*>{
           &journeys, &funnel, &products, &opportunities, &orders, &follow_ups, &forecasts, &deliveries,
           &projects, &imports, &feeds}) {
    server.Register(service);
  }
  server.RequireMigration("20261125022301");
  server.AddBackground([&] { feed.Start(); }, [&] { feed.Stop(); });
  server.AddBackground([&] { customer_feed.Start(); }, [&] { customer_feed.Stop(); });
  customer_feed.ExportLag(server.metrics());
  return server.Run();
}
