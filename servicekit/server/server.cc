#include "servicekit/server/server.h"

#include <unistd.h>

#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>
#include <utility>

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>

#include "absl/flags/flag.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "servicekit/access/jwks_fetcher.h"
#include "servicekit/access/token.h"
#include "servicekit/rpc/tls.h"
#include "servicekit/rpc/write.h"
#include "servicekit/server/flags.h"
#include "servicekit/server/signals.h"
#include "servicekit/telemetry/log.h"
#include "servicekit/telemetry/span_exporter.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"

ABSL_FLAG(std::string, mysql_address, "127.0.0.1:3306",
          "The database, host:port or the path of a Unix socket");
ABSL_FLAG(std::string, mysql_schema, "", "The service's own schema");
ABSL_FLAG(std::string, mysql_user, "", "A user with rights on that schema only, without DDL");
ABSL_FLAG(std::string, mysql_password_file, "", "File with its password; empty: none");
ABSL_FLAG(std::string, mysql_ca_file, "",
          "Certificates (PEM) that the database's must be signed by; empty: no TLS");
ABSL_FLAG(std::string, health_listen, "", "Address for health checks without TLS, when --listen has it");

namespace servicekit {
namespace {

// Connections beside those of the workers: feed, consumers, leases.
constexpr int kBackgroundConnections = 4;
constexpr absl::Duration kReadinessTimeout = absl::Seconds(2);
constexpr char kLiveness[] = "liveness";
// Longer than anyone keeps trying the same request: an import that was left over a weekend.
constexpr absl::Duration kRememberRequests = absl::Hours(24 * 7);
constexpr absl::Duration kForgetEvery = absl::Minutes(10);
constexpr absl::Duration kForgetTimeout = absl::Seconds(2);

void EnableLibraries() {
  static const bool once = [] {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    return true;
  }();
  (void)once;
}

// Made before any thread, since it decides the threads' signal mask.
StopSignals& Signals() {
  static auto& signals = *new StopSignals;
  return signals;
}

}  // namespace

ServerOptions OptionsFromFlags(const std::string& name, const std::string& usage, int argc, char** argv) {
  Signals();
  ParseFlags(usage, argc, argv);
  SetLogService(name);
  RedirectLibraryLogs();
  ServerOptions options;
  options.name = name;
  options.listen = absl::GetFlag(FLAGS_listen);
  options.metrics_address = absl::GetFlag(FLAGS_metrics_address);
  AddTokenFlags(&options.tokens);
  options.jwks_url = absl::GetFlag(FLAGS_jwks_url);
  options.trace_endpoint = absl::GetFlag(FLAGS_trace_endpoint);
  options.service_token_file = absl::GetFlag(FLAGS_service_token_file);
  options.executor.workers = absl::GetFlag(FLAGS_workers);
  options.executor.queue_length = absl::GetFlag(FLAGS_queue_length);
  options.executor.default_deadline = absl::GetFlag(FLAGS_default_deadline);
  options.drain = absl::Seconds(absl::GetFlag(FLAGS_drain_seconds));
  options.endpoint_removal = absl::GetFlag(FLAGS_endpoint_removal);
  options.mysql.address = absl::GetFlag(FLAGS_mysql_address);
  options.mysql.schema = absl::GetFlag(FLAGS_mysql_schema);
  options.mysql.user = absl::GetFlag(FLAGS_mysql_user);
  options.mysql.password_file = absl::GetFlag(FLAGS_mysql_password_file);
  options.mysql.tls_ca_file = absl::GetFlag(FLAGS_mysql_ca_file);
  options.mysql.connections = options.executor.workers + kBackgroundConnections;
  options.tls = {absl::GetFlag(FLAGS_tls_cert_file), absl::GetFlag(FLAGS_tls_key_file),
                 absl::GetFlag(FLAGS_tls_ca_file)};
  options.health_listen = absl::GetFlag(FLAGS_health_listen);
  return options;
}

struct Server::State {
  State(ServerOptions given, Executor::Verify given_verify)
      : options(std::move(given)), pool(options.mysql), service_token(options.service_token_file) {
    Executor::Verify verify = std::move(given_verify);
    if (!options.trace_endpoint.empty()) {
      auto exporter = SpanExporter::Start({.endpoint = options.trace_endpoint, .service = options.name});
      if (exporter.ok()) {
        spans = *std::move(exporter);
      } else {
        problem = exporter.status();
      }
    }
    if (verify == nullptr) {
      if (!options.jwks_url.empty()) {
        auto fetcher = JwksFetcher::Start({.url = options.jwks_url, .file = options.tokens.jwks_file});
        if (fetcher.ok()) {
          jwks = *std::move(fetcher);
        } else {
          problem = absl::InvalidArgumentError(StrCat("--jwks_url: ", ToStd(fetcher.status().message())));
        }
      }
      TokenVerifierOptions tokens = options.tokens;
      tokens.on_reload_failure = [](const absl::Status& status) {
        Log(LogLevel::kError, "cannot read the changed JWKS file", {{"error", ToStd(status.message())}});
      };
      absl::StatusOr<std::unique_ptr<TokenVerifier>> opened = TokenVerifier::Open(std::move(tokens));
      if (opened.ok()) {
        verifier = *std::move(opened);
      } else {
        problem = absl::InvalidArgumentError(StrCat("--jwks_file: ", ToStd(opened.status().message())));
      }
      verify = [this](std::string_view token) {
        absl::StatusOr<Principal> principal = verifier->Verify(token);
        if (jwks != nullptr && !principal.ok() && GetReason(principal.status()) == "TOKEN_KEY")
          jwks->LookSoon();
        return principal;
      };
    }
    executor = std::make_unique<Executor>(options.executor, std::move(verify), metrics);
  }

  absl::Status Listen();
  void WatchReadiness();
  void SetServing(bool value);

  const ServerOptions options;
  Metrics metrics;
  Pool pool;
  ServiceToken service_token;
  std::unique_ptr<SpanExporter> spans;
  std::unique_ptr<JwksFetcher> jwks;
  std::unique_ptr<TokenVerifier> verifier;
  std::unique_ptr<Executor> executor;
  absl::Status problem;  // What Start() is to report.
  std::vector<grpc::Service*> services;
  std::vector<std::string> migrations;
  std::vector<std::pair<std::function<void()>, std::function<void()>>> background;

  std::unique_ptr<grpc::Server> server;
  std::unique_ptr<grpc::Server> health_server;
  int port = -1;
  int metrics_port = -1;
  bool started = false;

  std::mutex mutex;
  std::condition_variable changed;
  bool stopping = false;
  std::thread readiness;
};

void Server::State::SetServing(bool value) {
  for (grpc::Server* each : {server.get(), health_server.get()}) {
    if (each != nullptr) each->GetHealthCheckService()->SetServingStatus("", value);
  }
}

absl::Status Server::State::Listen() {
  EnableLibraries();
  const auto credentials = ServerCredentials(options.tls);
  if (!credentials.ok()) return credentials.status();
  {
    grpc::ServerBuilder builder;
    Executor::Prepare(builder);
    // Or two processes share the port in silence.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddListeningPort(options.listen, *credentials, &port);
    for (grpc::Service* service : services) builder.RegisterService(service);
    server = builder.BuildAndStart();
    if (server == nullptr || port <= 0) {
      return absl::UnavailableError(StrCat("cannot listen on ", options.listen, ": is the port taken?"));
    }
  }
  if (!options.health_listen.empty()) {
    grpc::ServerBuilder builder;
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    int health_port = 0;
    builder.AddListeningPort(options.health_listen, grpc::InsecureServerCredentials(), &health_port);
    health_server = builder.BuildAndStart();
    if (health_server == nullptr || health_port <= 0) {
      server->Shutdown(absl::ToChronoTime(absl::Now()));  // Before the services go.
      return absl::UnavailableError(
          StrCat("cannot listen on ", options.health_listen, ": is the port taken?"));
    }
  }
  // The built-in service says SERVING at once and NOT_FOUND for names that were never set.
  SetServing(false);
  for (grpc::Server* each : {server.get(), health_server.get()}) {
    if (each != nullptr) each->GetHealthCheckService()->SetServingStatus(kLiveness, true);
  }
  return absl::OkStatus();
}

void Server::State::WatchReadiness() {
  // A connection of its own: however busy the others are, that does not make the service unready.
  MysqlOptions mysql = options.mysql;
  mysql.connections = 1;
  mysql.connect_timeout = mysql.read_timeout = kReadinessTimeout;
  Pool probe(mysql);
  absl::Status last = absl::UnknownError("");
  absl::Time forget_at = absl::Now() + kForgetEvery;
  std::unique_lock lock(mutex);
  while (!stopping) {
    lock.unlock();
    const absl::Status status = migrations.empty()
                                    ? absl::OkStatus()
                                    : CheckMigrations(probe, absl::Now() + kReadinessTimeout, migrations);
    lock.lock();
    if (stopping) break;
    SetServing(status.ok());
    if (status.code() != last.code()) {
      if (status.ok()) {
        Log(LogLevel::kInfo, "ready");
      } else {
        Log(LogLevel::kWarning, "not ready", {{"error", ToStd(status.message())}});
      }
      last = status;
    }
    if (status.ok() && !migrations.empty() && absl::Now() >= forget_at) {
      lock.unlock();
      // What does not fit into the time is forgotten next time.
      ForgetRequests(pool, absl::Now() + kForgetTimeout, absl::Now() - kRememberRequests).IgnoreError();
      forget_at = absl::Now() + kForgetEvery;
      lock.lock();
      if (stopping) break;
    }
    changed.wait_for(lock, absl::ToChronoMilliseconds(options.readiness_period), [this] { return stopping; });
  }
}

Server::Server(ServerOptions options, Executor::Verify verify)
    : state_(std::make_unique<State>(std::move(options), std::move(verify))) {
  Pool* const pool = &state_->pool;
  Metrics& metrics = state_->metrics;
  const auto usage = [pool](int Pool::Usage::*count) {
    return [pool, count] { return double(pool->usage().*count); };
  };
  constexpr char kName[] = "clientele_database_connections",
                 kHelp[] = "Connections of the pool, and calls that wait";
  metrics.AddGauge(kName, kHelp, {{"state", "open"}}, usage(&Pool::Usage::open));
  metrics.AddGauge(kName, kHelp, {{"state", "busy"}}, usage(&Pool::Usage::busy));
  metrics.AddGauge(kName, kHelp, {{"state", "waiting"}}, usage(&Pool::Usage::waiting));
}

Server::~Server() { Stop(); }

Executor& Server::executor() { return *state_->executor; }
Pool& Server::pool() { return state_->pool; }
Metrics& Server::metrics() { return state_->metrics; }
std::function<std::string()> Server::service_token() {
  return [this] { return state_->service_token.Get(); };
}

std::shared_ptr<grpc::Channel> Server::Connect(const std::string& target,
                                               const std::vector<std::string>& retried_services) {
  absl::StatusOr<std::shared_ptr<grpc::Channel>> channel =
      MakeChannel(target, state_->options.tls, retried_services);
  if (channel.ok()) return *std::move(channel);
  state_->problem.Update(channel.status());
  return *MakeChannel("unix:/nowhere");
}

void Server::Register(grpc::Service* service) { state_->services.push_back(service); }
void Server::RequireMigrations(std::string_view versions) {
  state_->migrations = absl::StrSplit(ToAbsl(versions), ',', absl::SkipEmpty());
}
void Server::AddBackground(std::function<void()> start, std::function<void()> stop) {
  state_->background.emplace_back(std::move(start), std::move(stop));
}

absl::Status Server::Start() {
  if (!state_->problem.ok()) return state_->problem;
  if (!state_->options.metrics_address.empty()) {
    const absl::StatusOr<int> port = state_->metrics.Expose(state_->options.metrics_address);
    if (!port.ok()) return port.status();
    state_->metrics_port = *port;
  }
  if (absl::Status status = state_->Listen(); !status.ok()) return status;
  state_->started = true;
  for (const auto& [start, stop] : state_->background) start();
  state_->readiness = std::thread([this] { state_->WatchReadiness(); });
  Log(LogLevel::kInfo, "listening", {{"address", state_->options.listen}, {"port", state_->port}});
  return absl::OkStatus();
}

int Server::port() const { return state_->port; }
int Server::metrics_port() const { return state_->metrics_port; }

void Server::Stop() {
  if (!state_->started) return;
  state_->started = false;
  const absl::Time deadline = absl::Now() + state_->options.drain;
  {
    std::lock_guard lock(state_->mutex);
    state_->stopping = true;
    state_->SetServing(false);
  }
  state_->changed.notify_all();
  state_->readiness.join();
  absl::SleepFor(std::min(state_->options.endpoint_removal, state_->options.drain));
  state_->executor->BeginDrain();
  state_->server->Shutdown(absl::ToChronoTime(deadline));
  for (auto it = state_->background.rbegin(); it != state_->background.rend(); ++it) it->second();
  state_->executor->Stop();
  if (state_->health_server) state_->health_server->Shutdown(absl::ToChronoTime(absl::Now()));
  // What the gauges read belongs to the caller and may go now.
  state_->metrics.RemoveGauges();
}

int Server::Run() {
  const absl::Status started = Start();
  if (!started.ok()) {
    Log(LogLevel::kError, "cannot start", {{"error", ToStd(started.message())}});
    // For whoever started it by hand.
    std::fprintf(stderr, "%s: %s\n", state_->options.name.c_str(), std::string(started.message()).c_str());
    state_->metrics.RemoveGauges();
    return 1;
  }
  const int signal = Signals().Wait();
  Log(LogLevel::kInfo, "draining", {{"signal", signal}});
  Stop();
  Log(LogLevel::kInfo, "stopped");
  FlushLog();
  return 0;
}

}  // namespace servicekit
