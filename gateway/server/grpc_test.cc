// gRPC through a running gateway, with gRPC's own client.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "clientele/customer/v1/customer_service.grpc.pb.h"
#include "gateway/testing/running_gateway.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace clientele::gateway::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class GrpcTest : public GatewayTest {
 protected:
  GrpcTest() { Start(); }
};

// The reason in a status's ErrorInfo.
std::string ReasonOf(const grpc::Status& status) {
  google::rpc::Status details;
  details.ParseFromString(status.error_details());
  for (const auto& detail : details.details()) {
    google::rpc::ErrorInfo info;
    if (detail.UnpackTo(&info)) return info.reason();
  }
  return {};
}

TEST_F(GrpcTest, UnaryCallGoesThroughUnchanged) {
  grpc::ClientContext context;
  SignIn(context);
  context.AddMetadata("x-custom", "c");
  context.AddMetadata("x-custom-bin", std::string("\x01\x00\xfe", 3));
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(7));
  Thing request;
  request.set_display_name("홍길동 😀");
  request.set_data(std::string("\0\xff", 2));
  Thing response;
  const grpc::Status status = stub_->Echo(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.display_name(), request.display_name());
  EXPECT_EQ(response.data(), request.data());
  EXPECT_LE(response.big(), 7000);
  EXPECT_GT(response.big(), 3000);
  EXPECT_THAT(response.metadata(), Contains("x-custom: c"));
  EXPECT_THAT(response.metadata(), Contains(R"(x-custom-bin: \001\000\376)"));
  EXPECT_THAT(response.metadata(), Contains(StartsWith("authorization: Bearer ")));
  EXPECT_THAT(response.metadata(), Contains(StartsWith("traceparent: 00-")));
  EXPECT_THAT(response.metadata(), Not(Contains(StartsWith("te: "))));
  EXPECT_EQ(context.GetServerTrailingMetadata().find("x-trailer")->second, "t");
  EXPECT_EQ(context.GetServerTrailingMetadata().find("x-trailer-bin")->second, grpc::string_ref("\0\xff", 2));
}

TEST_F(GrpcTest, ErrorsKeepCodeMessageAndDetails) {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  info.set_reason("BECAUSE");
  details.add_details()->PackFrom(info);
  FailRequest request;
  request.set_code(grpc::FAILED_PRECONDITION);
  request.set_message("100 % 홍");
  request.set_details(details.SerializeAsString());
  grpc::ClientContext context;
  SignIn(context);
  Thing response;
  const grpc::Status status = stub_->Fail(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::FAILED_PRECONDITION);
  EXPECT_EQ(status.error_message(), "100 % 홍");
  EXPECT_EQ(status.error_details(), request.details());
}

TEST_F(GrpcTest, WithoutAValidTokenNothingIsReached) {
  Thing response;
  grpc::ClientContext none;
  EXPECT_EQ(ReasonOf(stub_->Echo(&none, {}, &response)), "TOKEN_MISSING");
  grpc::ClientContext bad;
  bad.AddMetadata("authorization", "Bearer not.a.token");
  const grpc::Status status = stub_->Echo(&bad, {}, &response);
  EXPECT_EQ(status.error_code(), grpc::UNAUTHENTICATED);
  EXPECT_EQ(ReasonOf(status), "TOKEN_MALFORMED");
  grpc::ClientContext basic;
  basic.AddMetadata("authorization", "Basic eDp5");
  EXPECT_EQ(stub_->Echo(&basic, {}, &response).error_code(), grpc::UNAUTHENTICATED);
  grpc::ClientContext stream;
  auto reader = stub_->Count(&stream, {});
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_EQ(reader->Finish().error_code(), grpc::UNAUTHENTICATED);
}

TEST_F(GrpcTest, UnknownMethodIsUnimplemented) {
  const auto stub = customer::v1::CustomerService::NewStub(
      grpc::CreateChannel(absl::StrCat("127.0.0.1:", port()), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  SignIn(context);
  customer::v1::Customer response;
  EXPECT_EQ(stub->GetCustomer(&context, {}, &response).error_code(), grpc::UNIMPLEMENTED);
}

TEST_F(GrpcTest, AMessageOverTheLimitIsRefused) {
  grpc::ClientContext context;
  SignIn(context);
  Thing request;
  request.set_data(std::string(5 << 20, 'x'));
  Thing response;
  const grpc::Status status = stub_->Echo(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::RESOURCE_EXHAUSTED) << status.error_message();
}

TEST_F(GrpcTest, LargeMessagesPassBothWays) {
  grpc::ClientContext context;
  SignIn(context);
  Thing request;
  request.set_data(std::string(3 << 20, 'x'));
  Thing response;
  ASSERT_TRUE(stub_->Echo(&context, request, &response).ok());
  EXPECT_EQ(response.data().size(), request.data().size());
}

TEST_F(GrpcTest, ServerStreamArrivesWholeAndInOrder) {
  grpc::ClientContext context;
  SignIn(context);
  CountRequest request;
  request.set_to(2000);
  request.set_size(2000);
  request.set_code(grpc::OUT_OF_RANGE);
  auto reader = stub_->Count(&context, request);
  Thing thing;
  int64_t seen = 0;
  while (reader->Read(&thing)) EXPECT_EQ(thing.big(), ++seen);
  EXPECT_EQ(seen, 2000);
  EXPECT_EQ(reader->Finish().error_code(), grpc::OUT_OF_RANGE);
}

TEST_F(GrpcTest, ClientStreamArrivesWhole) {
  grpc::ClientContext context;
  SignIn(context);
  Thing response;
  auto writer = stub_->Sum(&context, &response);
  Thing thing;
  thing.set_data(std::string(2000, 'x'));
  for (int i = 1; i <= 2000; ++i) {
    thing.set_big(i);
    ASSERT_TRUE(writer->Write(thing));
  }
  writer->WritesDone();
  EXPECT_TRUE(writer->Finish().ok());
  EXPECT_EQ(response.big(), 2000 * 2001 / 2);
}

TEST_F(GrpcTest, BidiStreamAnswersWhileItIsOpen) {
  grpc::ClientContext context;
  SignIn(context);
  auto stream = stub_->Chat(&context);
  Thing thing;
  Thing answer;
  for (int i = 1; i <= 200; ++i) {
    thing.set_big(i);
    ASSERT_TRUE(stream->Write(thing));
    ASSERT_TRUE(stream->Read(&answer));
    EXPECT_EQ(answer.big(), i);
  }
  stream->WritesDone();
  EXPECT_FALSE(stream->Read(&answer));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(GrpcTest, ManyCallsAtOnceOnOneConnection) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        grpc::ClientContext context;
        SignIn(context);
        GetThingRequest request;
        request.set_name(absl::StrCat("things/", t, "-", i));
        Thing response;
        EXPECT_TRUE(stub_->GetThing(&context, request, &response).ok());
        EXPECT_EQ(response.name(), request.name());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(GrpcTest, CancellingCancelsTheService) {
  grpc::ClientContext context;
  SignIn(context);
  CountRequest request;
  request.set_to(1);
  request.set_wait(true);
  auto reader = stub_->Count(&context, request);
  Thing thing;
  ASSERT_TRUE(reader->Read(&thing));
  context.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::CANCELLED);
  EXPECT_TRUE(echo_.cancelled.WaitForNotificationWithTimeout(absl::Seconds(20)));
}

TEST_F(GrpcTest, DeadlineEndsAStream) {
  grpc::ClientContext context;
  SignIn(context);
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(200));
  CountRequest request;
  request.set_wait(true);
  auto reader = stub_->Count(&context, request);
  Thing thing;
  EXPECT_FALSE(reader->Read(&thing));
  EXPECT_EQ(reader->Finish().error_code(), grpc::DEADLINE_EXCEEDED);
  EXPECT_TRUE(echo_.cancelled.WaitForNotificationWithTimeout(absl::Seconds(20)));
}

TEST_F(GrpcTest, DrainEndsOpenStreamsAsUnavailable) {
  grpc::ClientContext context;
  SignIn(context);
  CountRequest request;
  request.set_to(1);
  request.set_wait(true);
  auto reader = stub_->Count(&context, request);
  Thing thing;
  ASSERT_TRUE(reader->Read(&thing));
  gateway_->Drain(absl::Seconds(20));
  EXPECT_EQ(reader->Finish().error_code(), grpc::UNAVAILABLE);
  EXPECT_TRUE(echo_.cancelled.WaitForNotificationWithTimeout(absl::Seconds(20)));
}

}  // namespace
}  // namespace clientele::gateway::testing
