#include "servicekit/server/flags.h"

#include <cstdio>
#include <cstdlib>
#include <vector>

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/synchronization/mutex.h"
#include "servicekit/telemetry/log.h"

ABSL_FLAG(std::string, listen, "127.0.0.1:50051", "Address to serve on, host:port; port 0 takes a free one");
ABSL_FLAG(std::string, metrics_address, "",
          "Address of the Prometheus metrics, host:port; empty serves none");
ABSL_FLAG(std::string, jwks_file, "", "Public keys that tokens are signed with, a JSON Web Key Set");
ABSL_FLAG(std::string, trace_endpoint, "",
          "Where spans go as OTLP over HTTP, as in http://collector:4318/v1/traces; empty sends none");
ABSL_FLAG(std::string, jwks_url, "",
          "Where the identity provider publishes its keys; --jwks_file is where they are kept then");
ABSL_FLAG(std::string, own_jwks_file, "",
          "More public keys, of our own tools; for --jwks_url, which replaces --jwks_file as a whole");
ABSL_FLAG(std::vector<std::string>, token_issuer, {},
          "`iss` that tokens may have, beside `clientele`, which our own tools sign with");
ABSL_FLAG(std::vector<std::string>, token_audience, {}, "`aud` that tokens may have, beside `clientele`");
ABSL_FLAG(std::string, service_token_file, "",
          "This service's own token, for its calls to others; read again when the file changes");
ABSL_FLAG(int, workers, 16, "Calls in work at the same time; each may use one database connection");
ABSL_FLAG(int, queue_length, 1024, "Calls that may wait for a worker; more are refused at once");
ABSL_FLAG(int, drain_seconds, 20,
          "How long calls in work may go on after SIGTERM, before they are cancelled");
ABSL_FLAG(
    absl::Duration, endpoint_removal, absl::Seconds(2),
    "How long calls are still taken after SIGTERM, while load balancers notice; part of --drain_seconds");
ABSL_FLAG(absl::Duration, default_deadline, absl::Seconds(30),
          "The deadline of a call that comes without one");
ABSL_FLAG(std::string, tls_cert_file, "",
          "Certificate chain (PEM) of this server, and of its calls to others");
ABSL_FLAG(std::string, tls_key_file, "", "Its private key (PEM)");
ABSL_FLAG(std::string, tls_ca_file, "",
          "Certificates (PEM) that the other side must be signed by, in both directions");

namespace servicekit {

void ParseFlags(const std::string& usage, int argc, char** argv) {
#ifdef NDEBUG
  // Debian's Abseil looks for deadlocks at every lock, gRPC's too: worth its time where programs are tested.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
#endif
  absl::SetProgramUsageMessage(usage);
  const std::vector<char*> rest = absl::ParseCommandLine(argc, argv);
  if (rest.size() > 1) {
    std::fprintf(stderr, "%s: %s is no flag; see --help\n", argv[0], rest[1]);
    std::exit(2);
  }
}

void AddTokenFlags(TokenVerifierOptions* options) {
  options->jwks_file = absl::GetFlag(FLAGS_jwks_file);
  options->own_jwks_file = absl::GetFlag(FLAGS_own_jwks_file);
  for (std::string& name : absl::GetFlag(FLAGS_token_issuer)) options->issuers.push_back(std::move(name));
  for (std::string& name : absl::GetFlag(FLAGS_token_audience)) options->audiences.push_back(std::move(name));
}

void RedirectLibraryLogs() {
  gpr_set_log_function([](gpr_log_func_args* line) {
    const LogLevel level = line->severity == GPR_LOG_SEVERITY_ERROR ? LogLevel::kWarning : LogLevel::kInfo;
    Log(level, "grpc", {{"text", line->message}, {"file", line->file}, {"line", line->line}});
  });
  // Protobuf calls ERROR what a client sent wrong.
  google::protobuf::SetLogHandler(
      [](google::protobuf::LogLevel level, const char* file, int line, const std::string& text) {
        const bool ours = level == google::protobuf::LOGLEVEL_FATAL;
        Log(ours ? LogLevel::kError : LogLevel::kInfo, "protobuf",
            {{"text", text}, {"file", file}, {"line", line}});
      });
}

}  // namespace servicekit
