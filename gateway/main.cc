#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/time/clock.h"
#include "gateway/server/gateway.h"
#include "servicekit/rpc/channel.h"
#include "servicekit/server/flags.h"
#include "servicekit/server/signals.h"
#include "servicekit/telemetry/log.h"

// What it shares with the services (--listen, --jwks_file, --tls_cert_file, …) is in
// servicekit/server/flags.cc.
ABSL_FLAG(std::string, customer_address, "127.0.0.1:50051", "customer-svc");
ABSL_FLAG(std::string, lifecycle_address, "127.0.0.1:50052", "lifecycle-svc");
ABSL_FLAG(std::string, value_address, "127.0.0.1:50053", "value-svc");
ABSL_FLAG(std::string, token_issuer, "clientele", "`iss` that a token must have");
ABSL_FLAG(std::string, token_audience, "clientele", "`aud` that a token must have");
ABSL_FLAG(bool, dev, false, "Development: whoever asks SignIn for a token gets it");
ABSL_FLAG(std::string, dev_signing_key_file, "", "Private key (PEM) that SignIn signs with; needs --dev");
ABSL_FLAG(std::string, new_signing_key_directory, "",
          "Write a new signing-key.pem and jwks.json there, and exit");
ABSL_FLAG(std::string, upstream_tls_ca_file, "",
          "Certificates (PEM) that the services must be signed by; empty for no TLS");
ABSL_FLAG(std::string, upstream_tls_cert_file, "",
          "Certificate (PEM) that the gateway shows to the services");
ABSL_FLAG(std::string, upstream_tls_key_file, "", "Its private key (PEM)");
ABSL_FLAG(std::string, console_folder, "", "The web console as it was built; empty for none");
ABSL_FLAG(int, threads, 2, "Threads that serve connections");
ABSL_FLAG(int, max_message_bytes, 4 << 20, "Longest request message, in either form");
ABSL_FLAG(int, max_concurrent_calls, 10'000, "Calls at once; more are RESOURCE_EXHAUSTED");
ABSL_FLAG(int, max_connections, 10'000, "Connections at once; more are closed");

namespace clientele::gateway {
namespace {

int Fail(const absl::Status& status) {
  servicekit::Log(servicekit::LogLevel::kError, "the gateway cannot start", {{"error", status.ToString()}});
  servicekit::FlushLog();
  return 1;
}

absl::StatusOr<GatewayOptions> OptionsFromFlags() {
  if (absl::GetFlag(FLAGS_dev) == absl::GetFlag(FLAGS_dev_signing_key_file).empty()) {
    return absl::InvalidArgumentError("--dev and --dev_signing_key_file go together");
  }
  GatewayOptions options;
  options.http.listen = absl::GetFlag(FLAGS_listen);
  options.http.threads = absl::GetFlag(FLAGS_threads);
  options.http.tls_cert_file = absl::GetFlag(FLAGS_tls_cert_file);
  options.http.tls_key_file = absl::GetFlag(FLAGS_tls_key_file);
  options.http.limits.max_connections = absl::GetFlag(FLAGS_max_connections);
  options.pipeline.default_timeout = absl::GetFlag(FLAGS_default_deadline);
  options.pipeline.max_concurrent_calls = absl::GetFlag(FLAGS_max_concurrent_calls);
  options.pipeline.max_message_bytes = static_cast<size_t>(absl::GetFlag(FLAGS_max_message_bytes));
  options.tokens.jwks_file = absl::GetFlag(FLAGS_jwks_file);
  options.tokens.issuer = absl::GetFlag(FLAGS_token_issuer);
  options.tokens.audience = absl::GetFlag(FLAGS_token_audience);
  options.dev_signing_key_file = absl::GetFlag(FLAGS_dev_signing_key_file);
  options.console_folder = absl::GetFlag(FLAGS_console_folder);
  const servicekit::TlsFiles tls = {.cert = absl::GetFlag(FLAGS_upstream_tls_cert_file),
                                    .key = absl::GetFlag(FLAGS_upstream_tls_key_file),
                                    .ca = absl::GetFlag(FLAGS_upstream_tls_ca_file)};
  for (const auto& [prefix, address] :
       {std::pair<std::string, std::string>("clientele.customer.", absl::GetFlag(FLAGS_customer_address)),
        {"clientele.lifecycle.", absl::GetFlag(FLAGS_lifecycle_address)},
        {"clientele.value.", absl::GetFlag(FLAGS_value_address)}}) {
    auto channel = servicekit::MakeChannel(address, tls, MethodTable::ForPrefixes({prefix}).services());
    if (!channel.ok()) return channel.status();
    options.services.emplace_back(prefix, *std::move(channel));
  }
  return options;
}

int Main() {
  servicekit::SetLogService("gateway");
  servicekit::RedirectLibraryLogs();
  if (const std::string directory = absl::GetFlag(FLAGS_new_signing_key_directory); !directory.empty()) {
    const absl::Status made = servicekit::NewSigningKey(directory);
    return made.ok() ? 0 : Fail(made);
  }
  servicekit::StopSignals stop;
  absl::StatusOr<GatewayOptions> options = OptionsFromFlags();
  if (!options.ok()) return Fail(options.status());
  absl::StatusOr<std::unique_ptr<Gateway>> gateway = Gateway::Start(*std::move(options));
  if (!gateway.ok()) return Fail(gateway.status());
  if (const std::string address = absl::GetFlag(FLAGS_metrics_address); !address.empty()) {
    const absl::StatusOr<int> exposed = (*gateway)->metrics().Expose(address);
    if (!exposed.ok()) return Fail(exposed.status());
  }
  servicekit::Log(servicekit::LogLevel::kInfo, "serving", {{"port", (*gateway)->port()}});

  const int signal = stop.Wait();
  servicekit::Log(servicekit::LogLevel::kInfo, "draining", {{"signal", signal}});
  (*gateway)->Drain(absl::Seconds(absl::GetFlag(FLAGS_drain_seconds)), absl::GetFlag(FLAGS_endpoint_removal));
  gateway->reset();
  servicekit::Log(servicekit::LogLevel::kInfo, "stopped");
  servicekit::FlushLog();
  return 0;
}

}  // namespace
}  // namespace clientele::gateway

int main(int argc, char** argv) {
  absl::SetFlag(&FLAGS_listen, "127.0.0.1:8080");
  absl::SetFlag(&FLAGS_default_deadline, absl::Seconds(15));
  absl::SetFlag(&FLAGS_endpoint_removal, absl::ZeroDuration());
  servicekit::ParseFlags("The front door of clientele: JSON and gRPC in, gRPC to the services.", argc, argv);
  return clientele::gateway::Main();
}
