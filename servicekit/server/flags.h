#ifndef SERVICEKIT_SERVER_FLAGS_H_
#define SERVICEKIT_SERVER_FLAGS_H_

#include <string>
#include <vector>

#include "absl/flags/declare.h"
#include "absl/time/time.h"
#include "servicekit/access/token.h"

// The flags that every binary has, the gateway too. `--flagfile=path` reads them from a file, one a line.
// Secrets are paths, never values. A program's own flags are defined in its main.cc.
ABSL_DECLARE_FLAG(std::string, listen);
ABSL_DECLARE_FLAG(std::string, metrics_address);
ABSL_DECLARE_FLAG(std::string, jwks_file);
ABSL_DECLARE_FLAG(std::string, jwks_url);
ABSL_DECLARE_FLAG(std::string, own_jwks_file);
ABSL_DECLARE_FLAG(std::vector<std::string>, token_issuer);
ABSL_DECLARE_FLAG(std::vector<std::string>, token_audience);
ABSL_DECLARE_FLAG(std::string, trace_endpoint);
ABSL_DECLARE_FLAG(std::string, service_token_file);
ABSL_DECLARE_FLAG(int, workers);
ABSL_DECLARE_FLAG(int, queue_length);
ABSL_DECLARE_FLAG(int, drain_seconds);
ABSL_DECLARE_FLAG(absl::Duration, endpoint_removal);
ABSL_DECLARE_FLAG(absl::Duration, default_deadline);
ABSL_DECLARE_FLAG(std::string, tls_cert_file);
ABSL_DECLARE_FLAG(std::string, tls_key_file);
ABSL_DECLARE_FLAG(std::string, tls_ca_file);

namespace servicekit {

// First line of every main(): parses the flags. A wrong flag ends the process with a message and code 1, an
// argument that is no flag with code 2.
void ParseFlags(const std::string& usage, int argc, char** argv);

// The files of keys, and what --token_issuer and --token_audience allow beside our own names.
void AddTokenFlags(TokenVerifierOptions* options);

// Sends the log lines of gRPC and Protobuf through Log().
void RedirectLibraryLogs();

}  // namespace servicekit

#endif  // SERVICEKIT_SERVER_FLAGS_H_
