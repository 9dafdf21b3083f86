#include "servicekit/rpc/serve.h"

#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "servicekit/rpc/serve_fixture.h"
#include "servicekit/rpc/status.h"
#include "servicekit/types/error.h"

namespace servicekit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(ServeTest, HandlerSeesWhoCallsAndUntilWhen) {
  CallContext seen;
  service_.handler = [&](const CallContext& call,
                         const EchoRequest& request) -> absl::StatusOr<EchoResponse> {
    seen = call;
    EchoResponse response;
    response.set_text(request.text());
    return response;
  };
  auto context = TestContext("analyst", absl::Seconds(10));
  context->AddMetadata("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  EchoResponse response;
  const absl::Time before = absl::Now();
  ASSERT_TRUE(Call(Request("안녕 😀"), &response, std::move(context)).ok());
  EXPECT_EQ(response.text(), "안녕 😀");
  EXPECT_EQ(seen.principal.role, Role::kAnalyst);
  EXPECT_EQ(seen.method, "/servicekit.echo.EchoService/Echo");
  EXPECT_EQ(seen.token, "analyst");
  EXPECT_THAT(seen.traceparent, HasSubstr("4bf92f3577b34da6a3ce929d0e0e4736"));
  EXPECT_GT(seen.deadline, before + absl::Seconds(9));
  EXPECT_LT(seen.deadline, before + absl::Seconds(10));  // A little is kept back for the answer.
  AwaitMetric("clientele_calls_total{code=\"OK\",method=\"/servicekit.echo.EchoService/Echo\"} 1");
  const nlohmann::json line = nlohmann::json::parse(log());
  EXPECT_EQ(line["method"], "/servicekit.echo.EchoService/Echo");
  EXPECT_EQ(line["code"], "OK");
  EXPECT_EQ(line["subject"], "analyst");
  EXPECT_EQ(line["trace"], "4bf92f3577b34da6a3ce929d0e0e4736");
}

TEST_F(ServeTest, CallWithoutDeadlineGetsTheServersDefault) {
  absl::Time deadline;
  service_.handler = [&](const CallContext& call, const EchoRequest&) -> absl::StatusOr<EchoResponse> {
    deadline = call.deadline;
    return EchoResponse();
  };
  auto context = std::make_unique<grpc::ClientContext>();
  context->AddMetadata("authorization", "bearer service");  // The scheme's case does not matter.
  ASSERT_TRUE(Call(Request("x"), nullptr, std::move(context)).ok());
  EXPECT_LE(deadline, absl::Now() + absl::Seconds(30));
  EXPECT_GT(deadline, absl::Now() + absl::Seconds(20));
}

TEST_F(ServeTest, CallWithoutAValidTokenNeverReachesTheHandler) {
  service_.handler = [](const CallContext&, const EchoRequest&) -> absl::StatusOr<EchoResponse> {
    ADD_FAILURE();
    return EchoResponse();
  };
  EXPECT_EQ(Call(Request("x"), nullptr, std::make_unique<grpc::ClientContext>()).error_code(),
            grpc::UNAUTHENTICATED);
  EXPECT_EQ(Call(Request("x"), nullptr, TestContext("forged")).error_code(), grpc::UNAUTHENTICATED);
  auto basic = std::make_unique<grpc::ClientContext>();
  basic->AddMetadata("authorization", "Basic administrator");
  EXPECT_EQ(GetReason(FromGrpcStatus(Call(Request("x"), nullptr, std::move(basic)))), "TOKEN_MISSING");
}

TEST_F(ServeTest, MissingRequiredFieldsAreNamed) {
  EchoRequest request;
  request.add_notes()->set_title("kept");
  EXPECT_THAT(
      GetFieldViolations(FromGrpcStatus(Call(request))),
      ElementsAre(FieldViolation{"text", "is required"}, FieldViolation{"notes[0].color", "is required"}));
}

TEST_F(ServeTest, ExceptionsEndAsInternalWithoutTheirText) {
  service_.handler = [](const CallContext&, const EchoRequest&) -> absl::StatusOr<EchoResponse> {
    throw std::runtime_error("secret inside");
  };
  grpc::Status status = Call(Request("x"));
  EXPECT_EQ(status.error_code(), grpc::INTERNAL);
  EXPECT_EQ(status.error_message(), "internal error");
  EXPECT_THAT(status.error_details(), Not(HasSubstr("secret")));
  EXPECT_THAT(log(), HasSubstr("secret inside"));
  service_.handler = [](const CallContext&, const EchoRequest&) -> absl::StatusOr<EchoResponse> { throw 7; };
  EXPECT_EQ(Call(Request("x")).error_code(), grpc::INTERNAL);
}

TEST_F(ServeTest, DetailsTravelOverTheWire) {
  service_.handler = [](const CallContext&, const EchoRequest&) -> absl::StatusOr<EchoResponse> {
    return WithReason(PreconditionFailed("아직", {{"REQUIREMENT_MISSING", "customers/1", "예산"}}),
                      "STAGE_REQUIREMENTS");
  };
  const absl::Status status = FromGrpcStatus(Call(Request("x")));
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(status.message(), "아직");
  EXPECT_EQ(GetReason(status), "STAGE_REQUIREMENTS");
  EXPECT_THAT(GetPreconditionViolations(status),
              ElementsAre(PreconditionViolation{"REQUIREMENT_MISSING", "customers/1", "예산"}));
}

// Sends bytes as they are, as a foreign client may.
grpc::Status CallWithBytes(const std::shared_ptr<grpc::Channel>& channel, const std::string& bytes) {
  grpc::GenericStub stub(channel);
  auto context = TestContext();
  const grpc::Slice slice(bytes);
  grpc::ByteBuffer request(&slice, 1), response;
  std::promise<grpc::Status> done;
  stub.UnaryCall(context.get(), "/servicekit.echo.EchoService/Echo", {}, &request, &response,
                 [&](grpc::Status status) { done.set_value(std::move(status)); });
  return done.get_future().get();
}

TEST_F(ServeTest, TextThatIsNotUtf8IsInvalidArgument) {
  EXPECT_TRUE(CallWithBytes(channel_, std::string("\x0A\x02hi")).ok());
  const absl::Status status = FromGrpcStatus(CallWithBytes(channel_, std::string("\x0A\x02h\xFF")));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetReason(status), "MALFORMED_MESSAGE");
  EXPECT_EQ(CallWithBytes(channel_, std::string("\x0A\x7Fshort")).error_code(), grpc::INVALID_ARGUMENT);
}

TEST_F(ServeTest, AMessageThatIsTooLargeIsResourceExhausted) {
  EchoRequest request = Request("x");
  request.set_blob(std::string(17 << 20, 'b'));
  EXPECT_EQ(Call(request).error_code(), grpc::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(Call(Request("the next one passes")).ok());
}

TEST_F(ServeTest, AMethodThatDoesNotExistIsUnimplemented) {
  grpc::GenericStub stub(channel_);
  auto context = TestContext();
  const grpc::Slice empty;
  const grpc::ByteBuffer request(&empty, 1);
  grpc::ByteBuffer response;
  std::promise<grpc::Status> done;
  stub.UnaryCall(context.get(), "/servicekit.echo.EchoService/Nothing", {}, &request, &response,
                 [&](grpc::Status status) { done.set_value(std::move(status)); });
  EXPECT_EQ(done.get_future().get().error_code(), grpc::UNIMPLEMENTED);
}

// Overload.

class OneWorkerTest : public ServeTest {
 protected:
  OneWorkerTest() : ServeTest({.workers = 1, .queue_length = 2}) {
    service_.handler = [this](const CallContext& call,
                              const EchoRequest& request) -> absl::StatusOr<EchoResponse> {
      {
        std::lock_guard lock(mutex_);
        started_.push_back(request.text());
      }
      if (request.text() == "block") {
        entered_.Notify();
        release_.WaitForNotification();
      }
      (void)call;
      return EchoResponse();
    };
  }
  std::future<grpc::Status> Start(const std::string& text,
                                  std::unique_ptr<grpc::ClientContext> context = TestContext()) {
    return std::async(std::launch::async, [this, text, context = std::move(context)]() mutable {
      return Call(Request(text), nullptr, std::move(context));
    });
  }
  void AwaitQueued(int64_t queued) {
    while (shared_.executor.load().queued != queued) absl::SleepFor(absl::Milliseconds(1));
  }

  std::mutex mutex_;
  std::vector<std::string> started_;
  absl::Notification entered_, release_;
};

TEST_F(OneWorkerTest, AFullQueueRefusesAtOnceAndSaysWhenToRetry) {
  auto blocked = Start("block");
  entered_.WaitForNotification();
  auto first = Start("first"), second = Start("second");
  AwaitQueued(2);
  const absl::Status refused = FromGrpcStatus(Call(Request("third")));
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_GT(GetRetryDelay(refused).value_or(absl::ZeroDuration()), absl::ZeroDuration());
  release_.Notify();
  EXPECT_TRUE(blocked.get().ok());
  EXPECT_TRUE(first.get().ok());
  EXPECT_TRUE(second.get().ok());
}

TEST_F(OneWorkerTest, ACancelledCallIsDroppedBeforeItStarts) {
  auto blocked = Start("block");
  entered_.WaitForNotification();
  auto context = TestContext();
  grpc::ClientContext* const cancel = context.get();
  auto dropped = Start("dropped", std::move(context));
  AwaitQueued(1);
  cancel->TryCancel();
  EXPECT_EQ(dropped.get().error_code(), grpc::CANCELLED);
  // The server reads one connection in order: when it has refused these, it has heard of the cancellation.
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(Call(Request("x"), nullptr, TestContext("nobody")).error_code(), grpc::UNAUTHENTICATED);
  }
  release_.Notify();
  EXPECT_TRUE(blocked.get().ok());
  EXPECT_TRUE(Start("after").get().ok());
  std::lock_guard lock(mutex_);
  EXPECT_THAT(started_, ElementsAre("block", "after"));
}

TEST_F(OneWorkerTest, ACallThatWouldWaitPastItsDeadlineIsRefused) {
  // A step that took long raises the moving average: then 50 ms cannot be enough for a call behind it.
  auto blocked = Start("block");
  entered_.WaitForNotification();
  absl::SleepFor(absl::Milliseconds(200));  // Makes the step long; nothing is synchronised by it.
  release_.Notify();
  ASSERT_TRUE(blocked.get().ok());
  while (shared_.executor.load().service_time < absl::Milliseconds(200))
    absl::SleepFor(absl::Milliseconds(1));

  absl::Notification entered, release;
  service_.handler = [&](const CallContext&, const EchoRequest&) -> absl::StatusOr<EchoResponse> {
    entered.Notify();
    release.WaitForNotification();
    return EchoResponse();
  };
  auto busy = Start("busy");
  entered.WaitForNotification();
  EXPECT_EQ(Call(Request("hurry"), nullptr, TestContext("service", absl::Milliseconds(50))).error_code(),
            grpc::RESOURCE_EXHAUSTED);
  release.Notify();
  EXPECT_TRUE(busy.get().ok());
}

}  // namespace
}  // namespace servicekit
