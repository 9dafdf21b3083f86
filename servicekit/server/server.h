#ifndef SERVICEKIT_SERVER_SERVER_H_
#define SERVICEKIT_SERVER_SERVER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "servicekit/access/token.h"
#include "servicekit/mysql/pool.h"
#include "servicekit/rpc/channel.h"
#include "servicekit/rpc/executor.h"
#include "servicekit/telemetry/metrics.h"

namespace servicekit {

struct ServerOptions {
  std::string name;  // `customer-svc`: in log lines.
  std::string listen = "127.0.0.1:0";
  std::string metrics_address;  // Empty: none.
  TokenVerifierOptions tokens;
  std::string jwks_url;        // Empty: the file is all there is.
  std::string trace_endpoint;  // Empty: spans are sent nowhere.
  std::string service_token_file;
  MysqlOptions mysql;
  Executor::Options executor;
  absl::Duration drain = absl::Seconds(20);
  absl::Duration endpoint_removal = absl::ZeroDuration();
  absl::Duration readiness_period = absl::Seconds(2);
  TlsFiles tls;
  // Plain health on an address of its own: kubelet's probes speak no TLS.
  std::string health_listen;
};

// The options as flags say; every service's main() begins with it, before any thread. Wrong flags end the
// process.
ServerOptions OptionsFromFlags(const std::string& name, const std::string& usage, int argc, char** argv);

// One service process, from flags to exit: a gRPC server with health, reflection, metrics and log, the
// executor and the database pool that its calls share, and a drain at SIGTERM.
//
//   int main(int argc, char** argv) {
//     servicekit::Server server(servicekit::OptionsFromFlags("customer-svc", kUsage, argc, argv));
//     CustomerStore store;
//     CustomerRpc customers(server.executor(), server.pool(), store);
//     server.Register(&customers);
//     server.RequireMigrations(CLIENTELE_MIGRATIONS);
//     FeedPublisher feed(server.pool());
//     server.AddBackground([&] { feed.Start(); }, [&] { feed.Stop(); });
//     return server.Run();
//   }
//
// Health: `liveness` is SERVING as long as the process can answer, and never asks the database. The overall
// status (the empty name) is SERVING while the database answers and has the migrations that the binary needs.
class Server {
 public:
  // With `verify` in place of the JWKS file, for tests. What is wrong with the options is told by Start() or
  // Run().
  explicit Server(ServerOptions options, Executor::Verify verify = nullptr);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  Executor& executor();
  Pool& pool();
  Metrics& metrics();
  // For FeedConsumer::Options::token and for calls on nobody's behalf.
  std::function<std::string()> service_token();
  // A channel with this server's TLS files; a wrong one is reported by Start() or Run(), so the result is
  // never null.
  std::shared_ptr<grpc::Channel> Connect(const std::string& target,
                                         const std::vector<std::string>& retried_services = {});

  void Register(grpc::Service* service);
  // The migrations that this binary needs, separated by commas (`20261123000100,…`); without any nothing is
  // asked of the database. The build knows them from the folders: CLIENTELE_MIGRATIONS.
  void RequireMigrations(std::string_view versions);
  // Something that runs beside the calls: started once the server listens, stopped after its last call.
  void AddBackground(std::function<void()> start, std::function<void()> stop);

  // Start(), wait for SIGTERM or SIGINT, Stop(). The process's exit code.
  int Run();

  absl::Status Start();
  int port() const;          // That it listens on; -1 before Start().
  int metrics_port() const;  // -1 without metrics.
  // To be called before the registered services go; Run() does.
  // Health NOT_SERVING → wait for load balancers → no new calls, streams end → calls in work finish or are
  // cancelled when the drain's time is over → background work and workers stop.
  void Stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace servicekit

#endif  // SERVICEKIT_SERVER_SERVER_H_
