#include "servicekit/rpc/serve.h"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "servicekit/rpc/serve_fixture.h"
#include "servicekit/rpc/status.h"
#include "servicekit/types/error.h"

namespace servicekit {
namespace {

using ::testing::ElementsAre;

class ServeStreamTest : public ServeTest {};

TEST_F(ServeStreamTest, EachMessageIsAnsweredInOrder) {
  auto context = TestContext();
  const auto stream = stub_->EchoEach(context.get());
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(stream->Write(Request(std::to_string(i))));
  stream->WritesDone();
  EchoResponse response;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.text(), std::to_string(i));
  }
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(ServeStreamTest, AnErrorEndsAStreamOfMessages) {
  service_.handler = [](const CallContext&, const EchoRequest& request) -> absl::StatusOr<EchoResponse> {
    if (request.text() == "bad") return InvalidField("text", "is bad");
    return EchoResponse();
  };
  auto context = TestContext();
  const auto stream = stub_->EchoEach(context.get());
  stream->Write(Request("good"));
  stream->Write(Request("bad"));
  stream->Write(Request("good"));
  EchoResponse response;
  EXPECT_TRUE(stream->Read(&response));
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_THAT(GetFieldViolations(FromGrpcStatus(stream->Finish())),
              ElementsAre(FieldViolation{"text", "is bad"}));
}

TEST_F(ServeStreamTest, AMalformedMessageOfAStreamIsNotItsEnd) {
  for (const std::string& bytes : {std::string("\x0A\x02h\xFF"), std::string("\xFF\xFF")}) {
    grpc::GenericStub stub(channel_);
    grpc::CompletionQueue queue;
    auto context = TestContext();
    const auto stream = stub.PrepareCall(context.get(), "/servicekit.echo.EchoService/EchoEach", &queue);
    void* tag;
    bool ok;
    stream->StartCall(nullptr);
    ASSERT_TRUE(queue.Next(&tag, &ok));
    const grpc::Slice slice(bytes);
    stream->Write(grpc::ByteBuffer(&slice, 1), nullptr);
    ASSERT_TRUE(queue.Next(&tag, &ok));
    grpc::Status status;
    stream->Finish(&status, nullptr);
    ASSERT_TRUE(queue.Next(&tag, &ok));
    EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT) << status.error_message();
    queue.Shutdown();
    while (queue.Next(&tag, &ok)) {
    }
  }
}

TEST_F(ServeStreamTest, AStreamWaitsWithoutAWorkerAndIsWoken) {
  std::mutex mutex;
  std::vector<std::function<void()>> wakes;
  std::atomic<int> available = 0;
  service_.start = [&](const CallContext&,
                       std::function<void()> wake) -> absl::StatusOr<StreamNext<EchoResponse>> {
    std::lock_guard lock(mutex);
    wakes.push_back(std::move(wake));
    return [&, sent = 0](const CallContext&) mutable -> absl::StatusOr<StreamStep<EchoResponse>> {
      if (sent == 3) return StreamEnd{};
      if (sent >= available) return StreamWait{absl::Hours(1)};
      EchoResponse response;
      response.set_number(++sent);
      return response;
    };
  };
  // More streams than workers.
  constexpr int kStreams = 20;
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<EchoResponse>>> readers;
  available = 1;
  for (int i = 0; i < kStreams; ++i) {
    contexts.push_back(TestContext("service", absl::Minutes(5)));
    readers.push_back(stub_->Count(contexts.back().get(), Request("x")));
    EchoResponse response;
    ASSERT_TRUE(readers.back()->Read(&response));
    EXPECT_EQ(response.number(), 1);
  }
  EXPECT_TRUE(Call(Request("still served")).ok());
  for (int n = 2; n <= 3; ++n) {
    available = n;
    for (const auto& wake : wakes) wake();
    for (const auto& reader : readers) {
      EchoResponse response;
      ASSERT_TRUE(reader->Read(&response));
      EXPECT_EQ(response.number(), n);
    }
  }
  for (const auto& reader : readers) {
    EchoResponse response;
    EXPECT_FALSE(reader->Read(&response));
    EXPECT_TRUE(reader->Finish().ok());
  }
  for (const auto& wake : wakes) wake();  // Of streams that are gone.
}

TEST_F(ServeStreamTest, AWaitEndsByItself) {
  service_.start = [](const CallContext&, std::function<void()>) -> absl::StatusOr<StreamNext<EchoResponse>> {
    return [n = 0](const CallContext&) mutable -> absl::StatusOr<StreamStep<EchoResponse>> {
      ++n;
      if (n % 2 == 1) return StreamWait{absl::Milliseconds(5)};
      if (n == 10) return StreamEnd{};
      return EchoResponse();
    };
  };
  auto context = TestContext();
  const auto reader = stub_->Count(context.get(), Request("x"));
  EchoResponse response;
  int messages = 0;
  while (reader->Read(&response)) ++messages;
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(messages, 4);
}

TEST_F(ServeStreamTest, AWakeDuringAStepIsNotLost) {
  service_.start = [](const CallContext&,
                      std::function<void()> wake) -> absl::StatusOr<StreamNext<EchoResponse>> {
    return [wake, n = 0](const CallContext&) mutable -> absl::StatusOr<StreamStep<EchoResponse>> {
      if (++n == 1000) return StreamEnd{};
      wake();  // Before the wait begins.
      return StreamWait{absl::Hours(1)};
    };
  };
  auto context = TestContext();
  const auto reader = stub_->Count(context.get(), Request("x"));
  EchoResponse response;
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_TRUE(reader->Finish().ok());
}

TEST_F(ServeStreamTest, AWaitingStreamEndsWhenItsReaderGoesOrTheServerDrains) {
  absl::Notification gone;
  service_.start = [&](const CallContext&,
                       std::function<void()>) -> absl::StatusOr<StreamNext<EchoResponse>> {
    return [n = 0, last = std::shared_ptr<void>(nullptr, [&](void*) { gone.Notify(); })](
               const CallContext&) mutable -> absl::StatusOr<StreamStep<EchoResponse>> {
      if (++n == 1) return EchoResponse();
      return StreamWait{absl::Hours(1)};
    };
  };
  EchoResponse response;
  {
    auto context = TestContext("service", absl::Hours(1));
    const auto reader = stub_->Count(context.get(), Request("x"));
    ASSERT_TRUE(reader->Read(&response));
    context->TryCancel();
    EXPECT_EQ(reader->Finish().error_code(), grpc::CANCELLED);
  }
  gone.WaitForNotification();

  service_.start = [](const CallContext&, std::function<void()>) -> absl::StatusOr<StreamNext<EchoResponse>> {
    return [n = 0](const CallContext&) mutable -> absl::StatusOr<StreamStep<EchoResponse>> {
      if (++n == 1) return EchoResponse();
      return StreamWait{absl::Hours(1)};
    };
  };
  auto context = std::make_unique<grpc::ClientContext>();
  context->AddMetadata("authorization", "Bearer service");
  auto with_deadline = TestContext("service", absl::Hours(1));
  const auto reader = stub_->Count(context.get(), Request("x"));
  const auto other = stub_->Count(with_deadline.get(), Request("x"));
  ASSERT_TRUE(reader->Read(&response));
  ASSERT_TRUE(other->Read(&response));
  shared_.executor.BeginDrain();
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_EQ(reader->Finish().error_code(), grpc::UNAVAILABLE);
  EXPECT_FALSE(other->Read(&response));
  EXPECT_EQ(other->Finish().error_code(), grpc::UNAVAILABLE);
  EXPECT_TRUE(Call(Request("unary goes on")).ok());
}

// Many calls of every shape, cancelled at any point: a use after free shows under the sanitizers, a lost
// Finish as a test that hangs.
TEST_F(ServeStreamTest, CancellingAtAnyPointIsSafe) {
  service_.start = [](const CallContext&,
                      std::function<void()> wake) -> absl::StatusOr<StreamNext<EchoResponse>> {
    return [wake, n = 0](const CallContext&) mutable -> absl::StatusOr<StreamStep<EchoResponse>> {
      if (++n % 3 == 0) {
        wake();
        return StreamWait{absl::Milliseconds(1)};
      }
      return EchoResponse();
    };
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 100; ++i) {
        auto context = TestContext();
        grpc::ClientContext* const cancel = context.get();
        std::thread canceller([cancel, i] {
          for (int n = 0; n < i; ++n) std::this_thread::yield();
          cancel->TryCancel();
        });
        EchoResponse response;
        if (t == 0) {
          (void)stub_->Echo(context.get(), Request("x"), &response);
        } else if (t == 1) {
          const auto stream = stub_->EchoEach(context.get());
          while (stream->Write(Request("x")) && stream->Read(&response)) {
          }
          (void)stream->Finish();
        } else {
          const auto reader = stub_->Count(context.get(), Request("x"));
          while (reader->Read(&response)) {
          }
          (void)reader->Finish();
        }
        canceller.join();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(Call(Request("alive")).ok());
}

}  // namespace
}  // namespace servicekit
