#include "servicekit/rpc/channel.h"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "echo.grpc.pb.h"
#include "servicekit/rpc/serve_fixture.h"
#include "servicekit/rpc/tls.h"

namespace servicekit {
namespace {

using ::testing::HasSubstr;

class ChannelTest : public ServeTest {
 protected:
  // Answers UNAVAILABLE `failures` times, then well.
  void FailFirst(int failures) {
    service_.handler = [this, failures](const CallContext&,
                                        const EchoRequest&) -> absl::StatusOr<EchoResponse> {
      if (++calls_ <= failures) return absl::UnavailableError("just restarting");
      return EchoResponse();
    };
  }
  std::unique_ptr<EchoService::Stub> Retrying() {
    return EchoService::NewStub(*MakeChannel(server_.address(), {}, {"servicekit.echo.EchoService"}));
  }
  std::atomic<int> calls_ = 0;
};

TEST_F(ChannelTest, ReadsAreTriedAgainWritesAreNot) {
  FailFirst(2);
  EchoResponse response;
  EXPECT_TRUE(Retrying()->Find(TestContext().get(), Request("x"), &response).ok());
  EXPECT_EQ(calls_, 3);
  calls_ = 0;
  EXPECT_EQ(Retrying()->Echo(TestContext().get(), Request("x"), &response).error_code(), grpc::UNAVAILABLE);
  EXPECT_EQ(calls_, 1);
}

TEST_F(ChannelTest, MessagesBeyondGrpcsDefaultPass) {
  EchoRequest request = Request("x");
  request.set_blob(std::string(6 << 20, 'b'));
  service_.handler = [](const CallContext&, const EchoRequest& r) -> absl::StatusOr<EchoResponse> {
    EchoResponse response;
    response.set_text(r.blob());
    return response;
  };
  EchoResponse response;
  EXPECT_TRUE(EchoService::NewStub(*MakeChannel(server_.address()))
                  ->Echo(TestContext().get(), request, &response)
                  .ok());
  EXPECT_EQ(response.text().size(), request.blob().size());
}

TEST_F(ChannelTest, AnOutgoingCallKeepsCallerDeadlineAndTrace) {
  CallContext outer;
  outer.token = "analyst";
  outer.deadline = absl::Now() + absl::Seconds(5);
  outer.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  CallContext seen;
  service_.handler = [&](const CallContext& call, const EchoRequest&) -> absl::StatusOr<EchoResponse> {
    seen = call;
    return EchoResponse();
  };
  EXPECT_TRUE(Call(Request("x"), nullptr, OutgoingContext(outer)).ok());
  EXPECT_EQ(seen.principal.role, Role::kAnalyst);
  EXPECT_THAT(seen.traceparent, HasSubstr("4bf92f3577b34da6a3ce929d0e0e4736"));
  EXPECT_LT(seen.deadline, outer.deadline);
  EXPECT_GT(seen.deadline, absl::Now());
}

// A certificate authority and one certificate for this machine, made by openssl for this run.
class Certificates {
 public:
  explicit Certificates(const std::string& name)
      : folder_(::testing::TempDir() + "/tls-" + name + "-" + std::to_string(getpid())) {
    std::filesystem::create_directories(folder_);
    Run("openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=ca -keyout ca.key -out ca.crt");
    Run("openssl req -newkey rsa:2048 -nodes -subj /CN=server -keyout tls.key -out tls.csr");
    Run("printf 'subjectAltName=IP:127.0.0.1' > san && openssl x509 -req -in tls.csr -CA ca.crt -CAkey "
        "ca.key "
        "-CAcreateserial -days 1 -extfile san -out tls.crt");
  }
  ~Certificates() { std::filesystem::remove_all(folder_); }
  TlsFiles files() const { return {folder_ + "/tls.crt", folder_ + "/tls.key", folder_ + "/ca.crt"}; }

 private:
  void Run(const std::string& command) {
    EXPECT_EQ(std::system(("cd '" + folder_ + "' && { " + command + "; } > /dev/null 2>&1").c_str()), 0)
        << command;
  }
  std::string folder_;
};

TEST_F(ChannelTest, MutualTlsTakesOnlyWhoIsSignedByTheSameAuthority) {
  const Certificates ours("ours"), theirs("theirs");
  grpc::ServerBuilder builder;
  Executor::Prepare(builder);
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", *ServerCredentials(ours.files()), &port);
  builder.RegisterService(&service_);
  const auto server = builder.BuildAndStart();
  const auto call = [&](const TlsFiles& files) {
    EchoResponse response;
    return EchoService::NewStub(*MakeChannel("127.0.0.1:" + std::to_string(port), files))
        ->Echo(TestContext("service", absl::Seconds(3)).get(), Request("x"), &response);
  };
  EXPECT_TRUE(call(ours.files()).ok());
  EXPECT_FALSE(call(theirs.files()).ok());
  EXPECT_FALSE(call({.ca = ours.files().ca}).ok());  // Knows the server, but does not say who it is.
  EXPECT_FALSE(call({}).ok());
  server->Shutdown(std::chrono::system_clock::now());
}

TEST_F(ChannelTest, RenewedCertificatesAreTakenWithoutARestart) {
  const Certificates served("served"), renewed("renewed");
  grpc::ServerBuilder builder;
  Executor::Prepare(builder);
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", *ServerCredentials(served.files()), &port);
  builder.RegisterService(&service_);
  const auto server = builder.BuildAndStart();
  const auto call = [&](const TlsFiles& files) {
    EchoResponse response;
    return EchoService::NewStub(*MakeChannel("127.0.0.1:" + std::to_string(port), files))
        ->Echo(TestContext("service", absl::Seconds(3)).get(), Request("x"), &response)
        .ok();
  };
  ASSERT_TRUE(call(served.files()));
  ASSERT_FALSE(call(renewed.files()));
  for (const auto& [from, to] : {std::pair{renewed.files().cert, served.files().cert},
                                 std::pair{renewed.files().key, served.files().key},
                                 std::pair{renewed.files().ca, served.files().ca}}) {
    std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing);
  }
  const absl::Time until = absl::Now() + absl::Seconds(30);
  while (!call(renewed.files())) ASSERT_LT(absl::Now(), until);
  server->Shutdown(std::chrono::system_clock::now());
}

TEST(TlsFiles, WrongOnesAreNamed) {
  EXPECT_THAT(std::string(ServerCredentials({.cert = "a"}).status().message()), HasSubstr("go together"));
  EXPECT_THAT(std::string(ServerCredentials({.ca = "a"}).status().message()), HasSubstr("--tls_cert_file"));
  EXPECT_THAT(std::string(MakeChannel("x", {.ca = "/nowhere/ca.crt"}).status().message()),
              HasSubstr("/nowhere/ca.crt"));
  EXPECT_FALSE(MakeChannel("").ok());
}

}  // namespace
}  // namespace servicekit
