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

ABSL_FLAG(absl::Duration, refresh_after, absl::Hours(24),
          "How old the day that scores stand for may become before everybody is scored anew.");
ABSL_FLAG(int, scoring_threads, 2, "How many threads share the work of a run over all customers.");
ABSL_FLAG(
    int, keep_runs_days, 90,
    "How long what a run found is kept, but for month ends, publications and what actions are measured by.");

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
  RescoreOptions rescoring;
  rescoring.run_threads = absl::GetFlag(FLAGS_scoring_threads);
  rescoring.retention.keep_all = absl::Hours(24) * absl::GetFlag(FLAGS_keep_runs_days);
  rescoring.refresh_after = absl::GetFlag(FLAGS_refresh_after);
  RescoreWorker worker(server.pool(), stores, feed, clock, rescoring);
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
