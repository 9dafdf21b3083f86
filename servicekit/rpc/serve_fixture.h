#ifndef SERVICEKIT_RPC_SERVE_FIXTURE_H_
#define SERVICEKIT_RPC_SERVE_FIXTURE_H_

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "echo.grpc.pb.h"
#include "servicekit/rpc/serve.h"
#include "servicekit/rpc/testing/in_process_server.h"
#include "servicekit/telemetry/log.h"

// What the tests of Serve, ServeEach and ServeStream share.
namespace servicekit {

using echo::EchoRequest;
using echo::EchoResponse;
using echo::EchoService;

// What the service does is set by each test.
class EchoRpc : public EchoService::CallbackService {
 public:
  using Handler = std::function<absl::StatusOr<EchoResponse>(const CallContext&, const EchoRequest&)>;
  explicit EchoRpc(Executor& executor) : executor_(executor) {}

  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context, const EchoRequest* request,
                                 EchoResponse* response) override {
    return Serve(executor_, context, request, response, handler);
  }
  grpc::ServerUnaryReactor* Find(grpc::CallbackServerContext* context, const EchoRequest* request,
                                 EchoResponse* response) override {
    return Serve(executor_, context, request, response, handler);
  }
  grpc::ServerBidiReactor<EchoRequest, EchoResponse>* EchoEach(
      grpc::CallbackServerContext* context) override {
    return ServeEach<EchoRequest, EchoResponse>(executor_, context, handler);
  }
  grpc::ServerWriteReactor<EchoResponse>* Count(grpc::CallbackServerContext* context,
                                                const EchoRequest*) override {
    return ServeStream<EchoResponse>(executor_, context, start);
  }

  Handler handler = [](const CallContext&, const EchoRequest& request) -> absl::StatusOr<EchoResponse> {
    EchoResponse response;
    response.set_text(request.text());
    return response;
  };
  StreamStart<EchoResponse> start;

 private:
  Executor& executor_;
};

inline EchoRequest Request(const std::string& text) {
  EchoRequest request;
  request.set_text(text);
  return request;
}

class ServeTest : public ::testing::Test {
 protected:
  explicit ServeTest(Executor::Options options = {.workers = 2, .queue_length = 8}) : shared_(options) {
    SetLogSink([this](std::string_view line) {
      std::lock_guard lock(log_mutex_);
      log_ += line;
      log_ += '\n';
    });
  }
  ~ServeTest() override { SetLogSink(nullptr); }

  grpc::Status Call(const EchoRequest& request, EchoResponse* response = nullptr,
                    std::unique_ptr<grpc::ClientContext> context = TestContext()) {
    EchoResponse ignored;
    return stub_->Echo(context.get(), request, response == nullptr ? &ignored : response);
  }
  std::string log() {
    std::lock_guard lock(log_mutex_);
    return log_;
  }
  // Counted after the answer was sent, so it may come a moment later.
  void AwaitMetric(const std::string& line) {
    for (int i = 0; i < 2000 && shared_.metrics.Text().find(line) == std::string::npos; ++i) {
      absl::SleepFor(absl::Milliseconds(5));
    }
    EXPECT_THAT(shared_.metrics.Text(), ::testing::HasSubstr(line));
  }

  std::mutex log_mutex_;
  std::string log_;
  TestExecutor shared_;
  EchoRpc service_{shared_.executor};
  InProcessServer server_{{&service_}};
  std::shared_ptr<grpc::Channel> channel_ =
      grpc::CreateChannel(server_.address(), grpc::InsecureChannelCredentials());
  std::unique_ptr<EchoService::Stub> stub_ = EchoService::NewStub(channel_);
};

}  // namespace servicekit

#endif  // SERVICEKIT_RPC_SERVE_FIXTURE_H_
