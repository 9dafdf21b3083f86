#include "gateway/upstream/resolve.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <memory>
#include <set>
#include <string_view>

#include "absl/strings/str_cat.h"

namespace clientele::gateway {

std::vector<ResolvedAddress> ResolveTarget(const std::string& target) {
  if (target.starts_with("unix:") || target.starts_with("ipv4:") || target.starts_with("ipv6:")) {
    return {{target, "localhost"}};
  }
  constexpr std::string_view kDns = "dns:///";
  const std::string name = target.starts_with(kDns) ? target.substr(kDns.size()) : target;
  const size_t colon = name.rfind(':');
  if (colon == std::string::npos) return {};
  std::string host = name.substr(0, colon);
  const std::string port = name.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);

  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) return {};
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, freeaddrinfo);
  std::set<std::string> addresses;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    char text[INET6_ADDRSTRLEN] = {};
    if (one->ai_family == AF_INET) {
      inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(one->ai_addr)->sin_addr, text, sizeof text);
      addresses.insert(absl::StrCat("ipv4:", text, ":", port));
    } else if (one->ai_family == AF_INET6) {
      inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(one->ai_addr)->sin6_addr, text, sizeof text);
      addresses.insert(absl::StrCat("ipv6:[", text, "]:", port));
    }
  }
  std::vector<ResolvedAddress> result;
  for (const std::string& address : addresses) result.push_back({address, host});
  return result;
}

}  // namespace clientele::gateway
