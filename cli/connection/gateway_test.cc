#include "cli/connection/gateway.h"

#include <gtest/gtest.h>

namespace clientele::cli {
namespace {

TEST(EndpointOf, TakesTlsUnlessTheHostIsThisMachineOrTheSchemeSaysOtherwise) {
  const struct {
    const char *address, *target;
    bool tls;
  } cases[] = {
      {"127.0.0.1:8080", "127.0.0.1:8080", false},
      {"localhost:8080", "localhost:8080", false},
      {"[::1]:8080", "[::1]:8080", false},
      {"unix:/run/gateway", "unix:/run/gateway", false},
      {"crm.example.com:443", "crm.example.com:443", true},
      {"localhost.example.com:443", "localhost.example.com:443", true},
      {"10.0.0.7:8080", "10.0.0.7:8080", true},
      {"https://127.0.0.1:8443", "127.0.0.1:8443", true},
      {"http://gateway:8080", "gateway:8080", false},
  };
  for (const auto& [address, target, tls] : cases) {
    const Endpoint endpoint = EndpointOf(address);
    EXPECT_EQ(endpoint.target, target) << address;
    EXPECT_EQ(endpoint.tls, tls) << address;
  }
}

TEST(Gateway, ACaFileThatCannotBeReadIsToldByTheFirstCall) {
  Gateway gateway({.address = "https://127.0.0.1:1", .ca_file = "/nowhere/ca.pem"});
  grpc::ClientContext context;
  const absl::Status status = gateway.Prepare(&context, absl::Seconds(1));
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_NE(status.message().find("/nowhere/ca.pem"), absl::string_view::npos);
}

}  // namespace
}  // namespace clientele::cli
