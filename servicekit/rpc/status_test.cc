#include "servicekit/rpc/status.h"

#include <gmock/gmock.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <gtest/gtest.h>

#include "servicekit/types/error.h"

namespace servicekit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

google::rpc::Status Details(const grpc::Status& status) {
  google::rpc::Status details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  return details;
}

template <typename Detail>
int CountOf(const google::rpc::Status& status) {
  int count = 0;
  for (const auto& detail : status.details()) count += detail.Is<Detail>();
  return count;
}

TEST(Status, ComesBackAsItWasSent) {
  absl::Status status = InvalidFields({{"customer.name", "is required"}, {"고객", "잘못됨"}});
  status = WithRetryDelay(WithReason(status, "BAD_ROW"), absl::Milliseconds(1500));
  const absl::Status back = FromGrpcStatus(ToGrpcStatus(status));
  EXPECT_EQ(back.code(), status.code());
  EXPECT_EQ(back.message(), status.message());
  EXPECT_EQ(GetReason(back), "BAD_ROW");
  EXPECT_EQ(GetFieldViolations(back), GetFieldViolations(status));
  EXPECT_EQ(GetRetryDelay(back), absl::Milliseconds(1500));
}

TEST(Status, HasExactlyOneErrorInfo) {
  const grpc::Status status = ToGrpcStatus(InvalidField("a", "b"));
  EXPECT_EQ(CountOf<google::rpc::ErrorInfo>(Details(status)), 1);
  EXPECT_EQ(CountOf<google::rpc::BadRequest>(Details(status)), 1);
  google::rpc::ErrorInfo info;
  Details(status).details(0).UnpackTo(&info);
  EXPECT_EQ(info.domain(), "clientele");
  EXPECT_EQ(info.reason(), "INVALID_ARGUMENT");
  EXPECT_EQ(Details(status).code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(Details(status).message(), status.error_message());
  EXPECT_EQ(GetReason(FromGrpcStatus(status)), "");
}

TEST(Status, TextsOfTheInsideStayInside) {
  for (const absl::Status& status :
       {absl::InternalError("SELECT secret"), absl::UnknownError("SELECT secret")}) {
    const grpc::Status sent = ToGrpcStatus(status, "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(sent.error_message(), "internal error");
    EXPECT_THAT(sent.error_details(), Not(HasSubstr("secret")));
    EXPECT_THAT(sent.error_details(), HasSubstr("4bf92f3577b34da6a3ce929d0e0e4736"));
  }
}

TEST(Status, EveryCodeKeepsItsName) {
  for (int code = 1; code <= 16; ++code) {
    const grpc::Status sent = ToGrpcStatus(absl::Status(static_cast<absl::StatusCode>(code), "x"));
    EXPECT_EQ(sent.error_code(), code);
    EXPECT_EQ(CodeName(code), absl::StatusCodeToString(static_cast<absl::StatusCode>(code)));
  }
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_TRUE(FromGrpcStatus(grpc::Status::OK).ok());
}

TEST(Status, LongListsFitIntoAHeader) {
  std::vector<FieldViolation> fields;
  for (int i = 0; i < 1000; ++i) fields.push_back({"rows[" + std::to_string(i) + "].이름", "필요합니다"});
  const grpc::Status sent = ToGrpcStatus(InvalidFields(fields));
  EXPECT_LT(sent.error_details().size() * 4 / 3 + sent.error_message().size() * 3, 8000u);
  EXPECT_THAT(GetFieldViolations(FromGrpcStatus(sent)).front(), fields.front());
}

TEST(Status, OfAForeignServerIsReadAsFarAsItGoes) {
  EXPECT_EQ(FromGrpcStatus({grpc::NOT_FOUND, "gone"}), absl::NotFoundError("gone"));
  EXPECT_EQ(FromGrpcStatus({grpc::NOT_FOUND, "gone", "\xFF not a Status"}).code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace servicekit
