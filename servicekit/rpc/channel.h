#ifndef SERVICEKIT_RPC_CHANNEL_H_
#define SERVICEKIT_RPC_CHANNEL_H_

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <grpcpp/channel.h>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "servicekit/rpc/tls.h"

namespace servicekit {

// A channel to another service: `host:port`, `dns:///customer-svc:50051`, `unix:/path`. Calls are spread over
// all addresses. Unary reads of the services named (`clientele.customer.v1.CustomerService`), which are the
// methods that HTTP calls with GET, are tried again twice when the other side is UNAVAILABLE; writes never,
// since only their caller knows whether a repeat is wanted. `tls_name` is who the other side's certificate
// must be made out to, where that is not the target's host.
absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(
    const std::string& target, const TlsFiles& tls = {},
    const std::vector<std::string>& retried_services = {}, const std::string& tls_name = {});

// This service's own token, for calls that it makes on nobody's behalf: read from a file, and again when that
// changed.
class ServiceToken {
 public:
  // Empty path: an empty token.
  explicit ServiceToken(std::string path);
  std::string Get();

 private:
  const std::string path_;
  std::mutex mutex_;
  std::string token_;
  int64_t modified_ns_ = -1;
  int64_t size_ = -1;
};

}  // namespace servicekit

#endif  // SERVICEKIT_RPC_CHANNEL_H_
