#ifndef GATEWAY_TESTING_RUNNING_GATEWAY_H_
#define GATEWAY_TESTING_RUNNING_GATEWAY_H_

#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "gateway/server/gateway.h"
#include "gateway/testing/echo_service.h"
#include "gateway/testing/http_client.h"
#include "servicekit/telemetry/log.h"

namespace clientele::gateway::testing {

// A real gateway on a free port, in front of an echo service, with keys of its own.
class GatewayTest : public ::testing::Test {
 protected:
  GatewayTest() {
    servicekit::SetLogSink([](std::string_view) {});
    directory_ = ::testing::TempDir() + "gatewayXXXXXX";
    EXPECT_NE(mkdtemp(directory_.data()), nullptr);
    EXPECT_EQ(servicekit::NewSigningKey(directory_), absl::OkStatus());
    options_.http.listen = "127.0.0.1:0";
    options_.tokens.jwks_file = directory_ + "/jwks.json";
    options_.dev_signing_key_file = directory_ + "/signing-key.pem";
    signer_ = *servicekit::TokenSigner::Open({.signing_key_file = options_.dev_signing_key_file});
  }
  ~GatewayTest() override {
    gateway_.reset();
    std::filesystem::remove_all(directory_);
    servicekit::SetLogSink(nullptr);
  }

  void Start() {
    if (options_.targets.empty())
      options_.services.emplace_back("clientele.gateway.testing.", echo_.channel());
    absl::StatusOr<std::unique_ptr<Gateway>> gateway = Gateway::Start(options_);
    ASSERT_TRUE(gateway.ok()) << gateway.status();
    gateway_ = *std::move(gateway);
    stub_ = EchoService::NewStub(grpc::CreateChannel(absl::StrCat("127.0.0.1:", gateway_->port()),
                                                     grpc::InsecureChannelCredentials()));
  }
  int port() const { return gateway_->port(); }

  std::string Token() {
    return *signer_->Sign({.subject = "users/tester", .role = servicekit::Role::kAdministrator},
                          absl::Hours(1));
  }
  std::pair<std::string, std::string> SignedIn() { return {"authorization", "Bearer " + Token()}; }
  HttpResponse Get(const std::string& target) {
    return HttpClient(port()).Request("GET", target, {SignedIn()});
  }
  HttpResponse Post(const std::string& target, const std::string& body,
                    const std::string& type = "application/json") {
    return HttpClient(port()).Request("POST", target, {SignedIn(), {"content-type", type}}, body);
  }
  // The head of a request that is sent by hand.
  std::string Head(const std::string& verb, const std::string& target, const std::string& fields) {
    return verb + " " + target + " HTTP/1.1\r\nhost: test\r\nauthorization: Bearer " + Token() + "\r\n" +
           fields + "\r\n";
  }
  void SignIn(grpc::ClientContext& context) { context.AddMetadata("authorization", "Bearer " + Token()); }

  std::string directory_;
  GatewayOptions options_;
  EchoServer echo_;
  std::unique_ptr<servicekit::TokenSigner> signer_;
  std::unique_ptr<Gateway> gateway_;
  std::unique_ptr<EchoService::Stub> stub_;
};

}  // namespace clientele::gateway::testing

#endif  // GATEWAY_TESTING_RUNNING_GATEWAY_H_
