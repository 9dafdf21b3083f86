#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/time/clock.h"
#include "gateway/openapi/document.h"
#include "gateway/server/gateway.h"
#include "servicekit/server/flags.h"
#include "servicekit/server/signals.h"
#include "servicekit/telemetry/log.h"
#include "servicekit/telemetry/span_exporter.h"

// What it shares with the services (--listen, --jwks_file, --tls_cert_file, …) is in
// servicekit/server/flags.cc.
ABSL_FLAG(
    std::vector<std::string>, customer_address, {"127.0.0.1:50051"},
    "customer-svc: addresses of its replicas, host:port,host:port; a name stands for all its addresses");
ABSL_FLAG(
    std::vector<std::string>, lifecycle_address, {"127.0.0.1:50052"},
    "lifecycle-svc: addresses of its replicas, host:port,host:port; a name stands for all its addresses");
ABSL_FLAG(std::vector<std::string>, value_address, {"127.0.0.1:50053"},
          "value-svc: addresses of its replicas, host:port,host:port; a name stands for all its addresses");
ABSL_FLAG(bool, dev, false, "Development: whoever asks SignIn for a token gets it");
ABSL_FLAG(std::string, dev_signing_key_file, "", "Private key (PEM) that SignIn signs with; needs --dev");
ABSL_FLAG(std::string, new_signing_key_directory, "",
          "Write a new signing-key.pem and jwks.json there, and exit");
ABSL_FLAG(bool, print_openapi, false, "Print the OpenAPI document of all contracts, and exit");
ABSL_FLAG(std::string, api_keys_file, "",
          "API keys, as `clientele keys issue` writes them; read again when it changes");
ABSL_FLAG(
    std::string, api_key_signing_key_file, "",
    "Private key (PEM) of the tokens that API keys are exchanged for; its public half is in the key set");
ABSL_FLAG(double, calls_per_second, 0,
          "Of one principal on the long run; more are RESOURCE_EXHAUSTED. 0: any number");
ABSL_FLAG(double, call_burst, 100, "Of one principal at once, after a pause; with --calls_per_second");
ABSL_FLAG(int, concurrent_calls_of_one, 0,
          "Calls of one principal in work at once, streams too. 0: any number");
ABSL_FLAG(std::vector<std::string>, cors_origins, {},
          "Web pages that may call, as in https://app.example.com,https://other.example.com; * for any");
ABSL_FLAG(std::string, upstream_tls_ca_file, "",
          "Certificates (PEM) that the services must be signed by; empty for no TLS");
ABSL_FLAG(std::string, upstream_tls_cert_file, "",
          "Certificate (PEM) that the gateway shows to the services");
ABSL_FLAG(std::string, upstream_tls_key_file, "", "Its private key (PEM)");
ABSL_FLAG(std::string, console_folder, "", "The web console as it was built; empty for none");
ABSL_FLAG(int, threads, 2, "Threads that serve connections");
ABSL_FLAG(int, max_message_bytes, 4 << 20, "Longest request message, in either form");
ABSL_FLAG(int, max_concurrent_calls, 10'000, "Calls at once; more are RESOURCE_EXHAUSTED");
ABSL_FLAG(std::string, limits_file, "",
          "Flag file with other values of --max_concurrent_calls, --concurrent_calls_of_one, "
          "--calls_per_second and "
          "--call_burst; read again when it changes");
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
  options.pipeline.limits.max_concurrent_calls = absl::GetFlag(FLAGS_max_concurrent_calls);
  options.pipeline.limits.principal = {.calls_per_second = absl::GetFlag(FLAGS_calls_per_second),
                                       .burst = absl::GetFlag(FLAGS_call_burst),
                                       .concurrent_calls = absl::GetFlag(FLAGS_concurrent_calls_of_one)};
  options.limits_file = absl::GetFlag(FLAGS_limits_file);
  options.jwks_url = absl::GetFlag(FLAGS_jwks_url);
  options.api_keys_file = absl::GetFlag(FLAGS_api_keys_file);
  options.api_key_signing_key_file = absl::GetFlag(FLAGS_api_key_signing_key_file);
  options.pipeline.max_message_bytes = static_cast<size_t>(absl::GetFlag(FLAGS_max_message_bytes));
  options.cors_origins = absl::GetFlag(FLAGS_cors_origins);
  servicekit::AddTokenFlags(&options.tokens);
  options.dev_signing_key_file = absl::GetFlag(FLAGS_dev_signing_key_file);
  options.console_folder = absl::GetFlag(FLAGS_console_folder);
  options.upstream_tls = {.cert = absl::GetFlag(FLAGS_upstream_tls_cert_file),
                          .key = absl::GetFlag(FLAGS_upstream_tls_key_file),
                          .ca = absl::GetFlag(FLAGS_upstream_tls_ca_file)};
  options.targets = {{"clientele.customer.", absl::GetFlag(FLAGS_customer_address)},
                     {"clientele.lifecycle.", absl::GetFlag(FLAGS_lifecycle_address)},
                     {"clientele.value.", absl::GetFlag(FLAGS_value_address)}};
  return options;
}

int Main() {
  servicekit::SetLogService("gateway");
  servicekit::RedirectLibraryLogs();
  if (const std::string directory = absl::GetFlag(FLAGS_new_signing_key_directory); !directory.empty()) {
    const absl::Status made = servicekit::NewSigningKey(directory);
    return made.ok() ? 0 : Fail(made);
  }
  if (absl::GetFlag(FLAGS_print_openapi)) {
    const absl::StatusOr<std::string> document = OpenApiDocumentOfAll();
    if (!document.ok()) return Fail(document.status());
    std::fwrite(document->data(), 1, document->size(), stdout);
    return 0;
  }
  servicekit::StopSignals stop;
  absl::StatusOr<GatewayOptions> options = OptionsFromFlags();
  if (!options.ok()) return Fail(options.status());
  std::unique_ptr<servicekit::SpanExporter> spans;
  if (const std::string endpoint = absl::GetFlag(FLAGS_trace_endpoint); !endpoint.empty()) {
    auto exporter = servicekit::SpanExporter::Start({.endpoint = endpoint, .service = "gateway"});
    if (!exporter.ok()) return Fail(exporter.status());
    spans = *std::move(exporter);
  }
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
