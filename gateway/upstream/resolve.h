#ifndef GATEWAY_UPSTREAM_RESOLVE_H_
#define GATEWAY_UPSTREAM_RESOLVE_H_

#include <string>
#include <vector>

namespace clientele::gateway {

struct ResolvedAddress {
  std::string address;  // For gRPC: `ipv4:10.0.0.1:50051`, `ipv6:[::1]:50051`, `unix:/path`.
  std::string host;     // The name that was looked up, which certificates are made out to.
};

// The addresses behind `host:port`, `dns:///host:port` or `unix:/path`, in order; none when the name is not
// known now. Blocks as long as the system's resolver does.
std::vector<ResolvedAddress> ResolveTarget(const std::string& target);

}  // namespace clientele::gateway

#endif  // GATEWAY_UPSTREAM_RESOLVE_H_
