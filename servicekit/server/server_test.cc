#include "servicekit/server/server.h"

#include <unistd.h>

#include <csignal>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "echo.grpc.pb.h"
#include "servicekit/rpc/serve.h"
#include "servicekit/rpc/testing/in_process_server.h"
#include "servicekit/server/signals.h"
#include "servicekit/testing/scratch_database.h"

namespace servicekit {
namespace {

using echo::EchoRequest;
using echo::EchoResponse;
using echo::EchoService;
using ::testing::HasSubstr;

class EchoRpc : public EchoService::CallbackService {
 public:
  explicit EchoRpc(Executor& executor) : executor_(executor) {}
  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context, const EchoRequest* request,
                                 EchoResponse* response) override {
    return Serve(executor_, context, request, response,
                 [this](const CallContext&, const EchoRequest& r) -> absl::StatusOr<EchoResponse> {
                   if (r.text() == "block") {
                     entered.Notify();
                     release.WaitForNotification();
                   }
                   EchoResponse answer;
                   answer.set_text(r.text());
                   return answer;
                 });
  }
  absl::Notification entered, release;

 private:
  Executor& executor_;
};

ServerOptions Options() {
  ServerOptions options;
  options.name = "echo-svc";
  options.executor = {.workers = 2, .queue_length = 16};
  options.readiness_period = absl::Milliseconds(20);
  return options;
}

// The answer of grpc.health.v1.Health/Check without its generated code: HealthCheckResponse.status is field
// 1; 1 is SERVING, 2 NOT_SERVING. -1 when the call failed.
int Health(const std::shared_ptr<grpc::Channel>& channel, const std::string& service) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
  context.set_wait_for_ready(true);
  std::string bytes;
  if (!service.empty()) bytes = std::string("\x0A") + static_cast<char>(service.size()) + service;
  const grpc::Slice slice(bytes);
  grpc::ByteBuffer request(&slice, 1), response;
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, "/grpc.health.v1.Health/Check", {}, &request, &response,
                 [&](grpc::Status status) { done.set_value(std::move(status)); });
  if (!done.get_future().get().ok()) return -1;
  grpc::Slice answer;
  (void)response.DumpToSingleSlice(&answer);
  return answer.size() == 2 ? answer.begin()[1] : -1;
}
constexpr int kServing = 1, kNotServing = 2;

void AwaitHealth(const std::shared_ptr<grpc::Channel>& channel, int status) {
  const absl::Time limit = absl::Now() + absl::Seconds(30);
  while (Health(channel, "") != status && absl::Now() < limit) absl::SleepFor(absl::Milliseconds(10));
  EXPECT_EQ(Health(channel, ""), status);
}

std::shared_ptr<grpc::Channel> ChannelTo(const Server& server) {
  return *MakeChannel("127.0.0.1:" + std::to_string(server.port()));
}

TEST(Server, ServesWithHealthReflectionAndMetrics) {
  ServerOptions options = Options();
  options.metrics_address = "127.0.0.1:0";
  Server server(options, VerifyTestToken);
  EchoRpc echo(server.executor());
  server.Register(&echo);
  ASSERT_TRUE(server.Start().ok());
  const auto channel = ChannelTo(server);
  const auto stub = EchoService::NewStub(channel);
  EchoRequest request;
  request.set_text("안녕");
  EchoResponse response;
  EXPECT_TRUE(stub->Echo(TestContext().get(), request, &response).ok());
  EXPECT_EQ(response.text(), "안녕");
  AwaitHealth(channel, kServing);
  EXPECT_EQ(Health(channel, "liveness"), kServing);
  EXPECT_GT(server.metrics_port(), 0);
  EXPECT_THAT(server.metrics().Text(), HasSubstr("clientele_database_connections{state=\"open\"}"));
  EXPECT_THAT(server.metrics().Text(), HasSubstr("clientele_workers 2"));
}

TEST(Server, ATakenPortIsAnError) {
  Server first(Options(), VerifyTestToken);
  ASSERT_TRUE(first.Start().ok());
  ServerOptions options = Options();
  options.listen = "127.0.0.1:" + std::to_string(first.port());
  Server second(options, VerifyTestToken);
  const absl::Status status = second.Start();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("is the port taken?"));
}

TEST(Server, HealthHasAnAddressOfItsOwnWhereProbesSpeakNoTls) {
  Server first(Options(), VerifyTestToken);
  ASSERT_TRUE(first.Start().ok());
  ServerOptions options = Options();
  options.health_listen = "127.0.0.1:" + std::to_string(first.port());
  {
    Server second(options, VerifyTestToken);
    EchoRpc echo(second.executor());
    second.Register(&echo);
    EXPECT_THAT(std::string(second.Start().message()), HasSubstr(options.health_listen));
  }
  first.Stop();  // Now the port is free.
  Server third(options, VerifyTestToken);
  ASSERT_TRUE(third.Start().ok());
  EXPECT_EQ(Health(*MakeChannel(options.health_listen), "liveness"), kServing);
}

TEST(Server, AMissingKeyFileIsAnErrorNotACrash) {
  ServerOptions options = Options();
  options.tokens.jwks_file = "/nowhere/jwks.json";
  Server server(options);
  EXPECT_THAT(std::string(server.Start().message()), HasSubstr("--jwks_file"));
  options.tls.cert = options.tls.key = "/nowhere/tls.crt";
  Server with_tls(options, VerifyTestToken);
  EXPECT_THAT(std::string(with_tls.Start().message()), HasSubstr("/nowhere/tls.crt"));
}

TEST(Server, IsReadyOnlyWithItsMigrations) {
  ScratchDatabase database({});
  ServerOptions options = Options();
  options.mysql = database.pool().options();
  options.mysql.connections = 2;
  Server server(options, VerifyTestToken);
  server.RequireMigrations("20260101000001,20990101000000");
  ASSERT_TRUE(server.Start().ok());
  const auto channel = ChannelTo(server);
  EXPECT_EQ(Health(channel, ""), kNotServing);
  EXPECT_EQ(Health(channel, "liveness"), kServing);
  database.Execute("INSERT INTO schema_migrations (version) VALUES ('20990101000000')");
  AwaitHealth(channel, kServing);
  database.Execute("RENAME TABLE schema_migrations TO gone");
  AwaitHealth(channel, kNotServing);
  EXPECT_EQ(Health(channel, "liveness"), kServing);
  database.Execute("RENAME TABLE gone TO schema_migrations");
  AwaitHealth(channel, kServing);
}

TEST(Server, IsAliveWithoutADatabase) {
  ServerOptions options = Options();
  options.mysql.address = "127.0.0.1:1";
  Server server(options, VerifyTestToken);
  server.RequireMigrations("20260101000001");
  ASSERT_TRUE(server.Start().ok());
  EXPECT_EQ(Health(ChannelTo(server), "liveness"), kServing);
  EXPECT_EQ(Health(ChannelTo(server), ""), kNotServing);
}

TEST(Server, DrainLetsCallsInWorkFinishAndRefusesNewOnes) {
  auto server = std::make_unique<Server>(Options(), VerifyTestToken);
  EchoRpc echo(server->executor());
  server->Register(&echo);
  bool running = false;
  server->AddBackground([&] { running = true; }, [&] { running = false; });
  ASSERT_TRUE(server->Start().ok());
  EXPECT_TRUE(running);
  const auto stub = EchoService::NewStub(ChannelTo(*server));
  auto in_work = std::async(std::launch::async, [&] {
    EchoRequest request;
    request.set_text("block");
    EchoResponse response;
    return stub->Echo(TestContext().get(), request, &response);
  });
  echo.entered.WaitForNotification();
  std::thread stop([&] { server->Stop(); });
  while (!server->executor().draining()) absl::SleepFor(absl::Milliseconds(1));
  // New calls are refused once the port is closed, while the old one still runs.
  EchoRequest request;
  request.set_text("new");
  EchoResponse response;
  grpc::Status refused;
  const absl::Time limit = absl::Now() + absl::Seconds(30);
  do {
    refused = stub->Echo(TestContext().get(), request, &response);
  } while (refused.ok() && absl::Now() < limit);
  // gRPC cancels a call that reached it in the moment of closing, without a word of the service's own.
  EXPECT_TRUE(refused.error_code() == grpc::UNAVAILABLE ||
              (refused.error_code() == grpc::CANCELLED && refused.error_details().empty()))
      << refused.error_code() << ": " << refused.error_message();
  EXPECT_TRUE(running);
  echo.release.Notify();
  EXPECT_TRUE(in_work.get().ok());
  stop.join();
  EXPECT_FALSE(running);
}

TEST(ServiceToken, IsReadAgainWhenTheFileChanges) {
  const std::string path = ::testing::TempDir() + "/service-token-" + std::to_string(getpid());
  ServiceToken token(path);
  EXPECT_EQ(token.Get(), "");
  std::ofstream(path) << "first\n";
  EXPECT_EQ(token.Get(), "first");
  std::ofstream(path) << "second, longer\n";
  EXPECT_EQ(token.Get(), "second, longer");
  unlink(path.c_str());
  EXPECT_EQ(token.Get(), "second, longer");  // A file that is just being replaced.
}

// In a process of its own: signals reach threads of earlier tests too.
TEST(StopSignalsDeathTest, AreWaitedFor) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        StopSignals signals;
        if (signals.WaitFor(absl::Milliseconds(1)) != 0) std::_Exit(1);
        kill(getpid(), SIGTERM);
        std::_Exit(signals.Wait() == SIGTERM ? 0 : 2);
      },
      ::testing::ExitedWithCode(0), "");
  // A second one ends the process at once.
  EXPECT_EXIT(
      {
        StopSignals signals;
        kill(getpid(), SIGTERM);
        signals.Wait();
        kill(getpid(), SIGINT);
        std::_Exit(3);
      },
      ::testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace servicekit
