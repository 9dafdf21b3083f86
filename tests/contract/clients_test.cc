// Other people's clients, unchanged, against the real binaries.
#include <gtest/gtest.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "tests/cluster/cluster.h"

namespace clientele::tests {
namespace {

class Clients : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    cluster_ = new Cluster();
    setenv("CLIENTELE_ADDRESS", cluster_->gateway_address().c_str(), 1);
    setenv("CLIENTELE_TOKEN", cluster_->AdministratorToken().c_str(), 1);
    setenv("CLIENTELE_SOURCE", CLIENTELE_SOURCE_DIR, 1);
    setenv("CLIENTELE_SCRATCH", cluster_->folder().c_str(), 1);
  }
  static void TearDownTestSuite() {
    delete cluster_;
    cluster_ = nullptr;
  }
  static void Run(const std::vector<std::string>& command) {
    std::string output;
    EXPECT_EQ(RunCommand(command, &output), 0) << output;
  }
  static std::string Source(const std::string& path) {
    return std::string(CLIENTELE_SOURCE_DIR) + "/" + path;
  }

  static Cluster* cluster_;
};

Cluster* Clients::cluster_ = nullptr;

TEST_F(Clients, NodeWithGrpcJs) { Run({"node", Source("clients/node/grpc_js.mjs")}); }

TEST_F(Clients, NodeWithConnectOverGrpcWeb) { Run({"node", Source("clients/node/connect_web.mjs")}); }

// Debian's own interpreter: another one that comes first on the path does not have Debian's grpcio.
TEST_F(Clients, PythonWithGrpcio) { Run({"/usr/bin/python3", Source("clients/python/grpcio.py")}); }

TEST_F(Clients, CurlOverHttp1AndHttp2) {
  for (const char* version : {"--http1.1", "--http2-prior-knowledge"}) {
    std::string output;
    EXPECT_EQ(
        RunCommand({"curl", "-sS", "--compressed", "--fail-with-body", version, "-H",
                    absl::StrCat("authorization: Bearer ", cluster_->AdministratorToken()), "-H",
                    "content-type: application/json", "-H", absl::StrCat("idempotency-key: curl", version),
                    "-d", R"({"displayName":"홍길동","type":"PERSON"})",
                    absl::StrCat("http://", cluster_->gateway_address(), "/v1/customers")},
                   &output),
        0)
        << output;
    EXPECT_NE(output.find("홍길동"), std::string::npos) << output;
  }
}

}  // namespace
}  // namespace clientele::tests
