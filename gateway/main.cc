#include <pthread.h>

#include <csignal>
#include <cstdio>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "gateway/server/gateway.h"
#include "servicekit/telemetry/log.h"

ABSL_FLAG(std::string, listen, "127.0.0.1:8080", "Where clients connect: HTTP/1.1 and HTTP/2, JSON and gRPC");
ABSL_FLAG(std::string, customer_address, "127.0.0.1:50051", "customer-svc");
ABSL_FLAG(std::string, lifecycle_address, "127.0.0.1:50052", "lifecycle-svc");
ABSL_FLAG(std::string, value_address, "127.0.0.1:50053", "value-svc");
ABSL_FLAG(std::string, metrics_address, "", "Where Prometheus finds the metrics; empty for none");
ABSL_FLAG(std::string, jwks_file, "",
          "Public keys that access tokens are verified with; read again when it changes");
ABSL_FLAG(std::string, token_issuer, "clientele", "`iss` that a token must have");
ABSL_FLAG(std::string, token_audience, "clientele", "`aud` that a token must have");
ABSL_FLAG(bool, dev, false, "Development: whoever asks SignIn for a token gets it");
ABSL_FLAG(std::string, dev_signing_key_file, "", "Private key (PEM) that SignIn signs with; needs --dev");
ABSL_FLAG(std::string, new_signing_key_directory, "",
          "Write a new signing-key.pem and jwks.json there, and exit");
ABSL_FLAG(std::string, tls_cert_file, "", "Certificate chain (PEM); with --tls_key_file the port speaks TLS");
ABSL_FLAG(std::string, tls_key_file, "", "Private key (PEM) of the certificate");
ABSL_FLAG(int, threads, 2, "Threads that serve connections");
ABSL_FLAG(int, max_message_bytes, 4 << 20, "Longest request message, in either form");
ABSL_FLAG(int, max_answer_bytes, 64 << 20, "Longest message that is taken from a service");
ABSL_FLAG(int, max_concurrent_calls, 10'000, "Calls at once; more are RESOURCE_EXHAUSTED");
ABSL_FLAG(int, max_connections, 10'000, "Connections at once; more are closed");
ABSL_FLAG(double, default_timeout_seconds, 15, "For a call that names no time of its own; streams have none");
ABSL_FLAG(double, drain_seconds, 20, "How long calls may go on after SIGTERM");

namespace clientele::gateway {
namespace {

int Fail(const absl::Status& status) {
  servicekit::Log(servicekit::LogLevel::kError, "the gateway cannot start", {{"error", status.ToString()}});
  servicekit::FlushLog();
  return 1;
}

int Main() {
  servicekit::SetLogService("gateway");
  if (const std::string directory = absl::GetFlag(FLAGS_new_signing_key_directory); !directory.empty()) {
    const absl::Status made = servicekit::NewSigningKey(directory);
    return made.ok() ? 0 : Fail(made);
  }
  if (absl::GetFlag(FLAGS_dev) == absl::GetFlag(FLAGS_dev_signing_key_file).empty()) {
    return Fail(absl::InvalidArgumentError("--dev and --dev_signing_key_file go together"));
  }
  // Before any thread starts, so that all of them leave these signals to sigwait below.
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  GatewayOptions options;
  options.http.listen = absl::GetFlag(FLAGS_listen);
  options.http.threads = absl::GetFlag(FLAGS_threads);
  options.http.tls_cert_file = absl::GetFlag(FLAGS_tls_cert_file);
  options.http.tls_key_file = absl::GetFlag(FLAGS_tls_key_file);
  options.http.limits.max_connections = absl::GetFlag(FLAGS_max_connections);
  options.pipeline.default_timeout = absl::Seconds(absl::GetFlag(FLAGS_default_timeout_seconds));
  options.pipeline.max_concurrent_calls = absl::GetFlag(FLAGS_max_concurrent_calls);
  options.pipeline.max_message_bytes = static_cast<size_t>(absl::GetFlag(FLAGS_max_message_bytes));
  const auto channel = [](const std::string& address) {
    return NewUpstreamChannel(address, absl::GetFlag(FLAGS_max_answer_bytes));
  };
  options.services = {{"clientele.customer.", channel(absl::GetFlag(FLAGS_customer_address))},
                      {"clientele.lifecycle.", channel(absl::GetFlag(FLAGS_lifecycle_address))},
                      {"clientele.value.", channel(absl::GetFlag(FLAGS_value_address))}};
  options.tokens.jwks_file = absl::GetFlag(FLAGS_jwks_file);
  options.tokens.issuer = absl::GetFlag(FLAGS_token_issuer);
  options.tokens.audience = absl::GetFlag(FLAGS_token_audience);
  options.dev_signing_key_file = absl::GetFlag(FLAGS_dev_signing_key_file);

  absl::StatusOr<std::unique_ptr<Gateway>> gateway = Gateway::Start(std::move(options));
  if (!gateway.ok()) return Fail(gateway.status());
  if (const std::string address = absl::GetFlag(FLAGS_metrics_address); !address.empty()) {
    const absl::StatusOr<int> exposed = (*gateway)->metrics().Expose(address);
    if (!exposed.ok()) return Fail(exposed.status());
  }
  servicekit::Log(servicekit::LogLevel::kInfo, "serving", {{"port", (*gateway)->port()}});

  int signal = 0;
  sigwait(&stop, &signal);
  servicekit::Log(servicekit::LogLevel::kInfo, "draining", {{"signal", signal}});
  (*gateway)->Drain(absl::Seconds(absl::GetFlag(FLAGS_drain_seconds)));
  gateway->reset();
  servicekit::Log(servicekit::LogLevel::kInfo, "stopped");
  servicekit::FlushLog();
  return 0;
}

}  // namespace
}  // namespace clientele::gateway

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("The front door of clientele: JSON and gRPC in, gRPC to the services.");
  absl::ParseCommandLine(argc, argv);
  return clientele::gateway::Main();
}
