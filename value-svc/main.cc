// value-svc: what each customer is worth, from what the other services tell.

#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "servicekit/feed/publisher.h"
#include "servicekit/server/server.h"
#include "servicekit/telemetry/log.h"
#include "servicekit/types/clock.h"
#include "value-svc/operations/rescore_worker.h"
#include "value-svc/operations/stores.h"
#include "value-svc/rpc/action_rpc.h"
#include "value-svc/rpc/fact_rpc.h"
#include "value-svc/rpc/feed_consumers.h"
#include "value-svc/rpc/feed_rpc.h"
#include "value-svc/rpc/migration_rpc.h"
#include "value-svc/rpc/policy_rpc.h"
#include "value-svc/rpc/score_history_rpc.h"
#include "value-svc/rpc/score_rpc.h"
#include "value-svc/rpc/scoring_model_rpc.h"
#include "value-svc/rpc/scoring_run_rpc.h"

ABSL_FLAG(std::string, customer_address, "127.0.0.1:50051", "customer-svc, whose feed is followed.");
ABSL_FLAG(std::string, lifecycle_address, "127.0.0.1:50052", "lifecycle-svc, whose feed is followed.");
ABSL_FLAG(std::string, activity_rates, "",
          "What holding an interaction costs by channel, in the base currency, where it is not the default: "
          "CALL=10,MEETING=60,EMAIL=3,VISIT=150,EVENT=100,MESSAGE=2,NOTE=0.");

int main(int argc, char** argv) {
  using namespace clientele::value;
  servicekit::Server server(
      servicekit::OptionsFromFlags("value-svc", "Scores customers and makes their pyramid.", argc, argv));
  const absl::StatusOr<ActivityRates> rates = ActivityRates::Parse(absl::GetFlag(FLAGS_activity_rates));
  if (!rates.ok()) {
    servicekit::Log(servicekit::LogLevel::kError, "--activity_rates is wrong",
                    {{"status", rates.status().ToString()}});
    return 1;
  }
  server.RequireMigrations(CLIENTELE_MIGRATIONS);

  const servicekit::Clock clock;
  Stores stores;
  servicekit::FeedPublisher feed(server.pool());
  RescoreWorker worker(server.pool(), stores, feed, clock);
  const auto wake = [&worker] { worker.Wake(); };
  const auto customers =
      FollowCustomers(server.pool(), stores, *rates, server.Connect(absl::GetFlag(FLAGS_customer_address)),
                      server.service_token(), wake);
  const auto lifecycle =
      FollowLifecycle(server.pool(), stores, server.Connect(absl::GetFlag(FLAGS_lifecycle_address)),
                      server.service_token(), wake);

  const Backend backend = {server.executor(), server.pool(), stores, feed, clock};
  FactRpc facts(backend);
  ScoreRpc scores(backend);
  PolicyRpc policies(backend);
  ActionRpc actions(backend);
  FeedRpc feeds(server.executor(), feed);
  ScoringRunRpc runs(backend);
  ScoreHistoryRpc histories(backend);
  MigrationRpc migrations(backend);
  ScoringModelRpc models(backend);
  server.Register(&facts);
  server.Register(&scores);
  server.Register(&policies);
  server.Register(&actions);
  server.Register(&feeds);
  server.Register(&runs);
  server.Register(&histories);
  server.Register(&migrations);
  server.Register(&models);
  server.AddBackground([&] { feed.Start(); }, [&] { feed.Stop(); });
  server.AddBackground([&] { worker.Start(); }, [&] { worker.Stop(); });
  server.AddBackground([&] { customers->Start(); }, [&] { customers->Stop(); });
  server.AddBackground([&] { lifecycle->Start(); }, [&] { lifecycle->Stop(); });
  customers->ExportLag(server.metrics());
  lifecycle->ExportLag(server.metrics());
  return server.Run();
}
