#ifndef SERVICEKIT_RPC_TLS_H_
#define SERVICEKIT_RPC_TLS_H_

#include <memory>
#include <string>

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include "absl/status/statusor.h"

namespace servicekit {

// The PEM files for mutual TLS between services. All empty: plain connections, for one machine or a mesh that
// does it.
struct TlsFiles {
  std::string cert;
  std::string key;
  std::string ca;  // The other side must be signed by it; without it, only the server proves who it is.

  bool enabled() const { return !cert.empty() || !ca.empty(); }
};

// The files are looked at every few seconds: new connections use what is in them then.
// INVALID_ARGUMENT naming the file that is missing or cannot be read.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ServerCredentials(const TlsFiles& files);
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> ChannelCredentials(const TlsFiles& files);

}  // namespace servicekit

#endif  // SERVICEKIT_RPC_TLS_H_
