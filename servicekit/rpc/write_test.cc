#include "servicekit/rpc/write.h"

#include <atomic>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/ascii.h"
#include "absl/time/clock.h"
#include "echo.pb.h"
#include "servicekit/testing/scratch_database.h"
#include "servicekit/types/error.h"

namespace servicekit {
namespace {

using echo::EchoRequest;
using echo::EchoResponse;

constexpr char kUuid[] = "550e8400-e29b-41d4-a716-446655440000";

class WriteTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    database_ = new ScratchDatabase({});
    database_->Execute(
        "CREATE TABLE effects (id BIGINT AUTO_INCREMENT PRIMARY KEY, text VARCHAR(100) NOT NULL)");
  }
  static void TearDownTestSuite() {
    delete database_;
    database_ = nullptr;
  }
  void SetUp() override { database_->Clear(); }

  CallContext Call(const std::string& subject = "kim") {
    CallContext call;
    call.principal.subject = subject;
    call.method = "/servicekit.echo.EchoService/Echo";
    call.deadline = absl::Now() + absl::Seconds(30);
    return call;
  }
  EchoRequest Request(const std::string& request_id, const std::string& text = "x") {
    EchoRequest request;
    request.set_request_id(request_id);
    request.set_text(text);
    return request;
  }
  // Adds a row, and answers with a number that no other run of it gives.
  absl::StatusOr<EchoResponse> Write(const EchoRequest& request, const CallContext& call) {
    return IdempotentWrite<EchoResponse>(
        database_->pool(), call, request, [&](Transaction& tx) -> absl::StatusOr<EchoResponse> {
          const auto inserted = tx.Execute(Sql("INSERT INTO effects (text) VALUES (?)", {request.text()}));
          if (!inserted.ok()) return inserted.status();
          EchoResponse response;
          response.set_text(request.text());
          response.set_number(++runs_);
          return response;
        });
  }
  absl::StatusOr<EchoResponse> Write(const EchoRequest& request) { return Write(request, Call()); }

  static ScratchDatabase* database_;
  std::atomic<int> runs_ = 0;
};
ScratchDatabase* WriteTest::database_ = nullptr;

TEST_F(WriteTest, ARepeatHasNoSecondEffectAndTheFirstAnswer) {
  const auto first = Write(Request(kUuid));
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = Write(Request(kUuid));
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->number(), first->number());
  EXPECT_EQ(database_->Count("effects"), 1);
}

TEST_F(WriteTest, TheSameIdAtTheSameTimeHasOneEffectAndOneAnswer) {
  for (int round = 0; round < 10; ++round) {
    database_->Clear();
    std::vector<std::thread> threads;
    std::vector<int64_t> answers(8, -1);
    for (size_t t = 0; t < answers.size(); ++t) {
      threads.emplace_back([&, t] {
        const auto answer = Write(Request(kUuid));
        if (answer.ok()) answers[t] = answer->number();
        EXPECT_TRUE(answer.ok()) << answer.status();
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_THAT(answers, ::testing::Each(answers[0]));
    EXPECT_EQ(database_->Count("effects"), 1);
    EXPECT_EQ(database_->Count("requests"), 1);
  }
}

TEST_F(WriteTest, TheIdForAnotherRequestOrSubjectIsRefused) {
  ASSERT_TRUE(Write(Request(kUuid)).ok());
  for (const auto& other : {Write(Request(kUuid, "another")), Write(Request(kUuid), Call("lee"))}) {
    EXPECT_EQ(other.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(GetReason(other.status()), "REQUEST_ID_REUSED");
    EXPECT_EQ(GetFieldViolations(other.status()).front().field, "request_id");
  }
  EXPECT_EQ(database_->Count("effects"), 1);
}

TEST_F(WriteTest, AFailedWriteLeavesNothingAndMayBeSentAgain) {
  const auto refused = IdempotentWrite<EchoResponse>(
      database_->pool(), Call(), Request(kUuid), [&](Transaction& tx) -> absl::StatusOr<EchoResponse> {
        const auto inserted = tx.Execute(Sql("INSERT INTO effects (text) VALUES ('gone')"));
        if (!inserted.ok()) return inserted.status();
        return absl::FailedPreconditionError("not now");
      });
  EXPECT_TRUE(absl::IsFailedPrecondition(refused.status()));
  EXPECT_EQ(database_->Count("effects"), 0);
  EXPECT_EQ(database_->Count("requests"), 0);
  EXPECT_TRUE(Write(Request(kUuid)).ok());
}

TEST_F(WriteTest, WithoutAnIdEachCallIsAnEffectOfItsOwn) {
  EXPECT_TRUE(Write(Request("")).ok());
  EXPECT_TRUE(Write(Request("")).ok());
  EXPECT_EQ(database_->Count("effects"), 2);
}

TEST_F(WriteTest, AnIdIsAUuidInAnyCase) {
  for (const char* wrong :
       {"1", "550e8400e29b41d4a716446655440000", "550e8400-e29b-41d4-a716-44665544000g",
        "550e8400-e29b-41d4-a716-4466554400000", "550e8400-e29b-41d4-a7160446655440000"}) {
    EXPECT_EQ(GetFieldViolations(Write(Request(wrong)).status()).front().field, "request_id") << wrong;
  }
  ASSERT_TRUE(Write(Request(kUuid)).ok());
  // The request as sent differs, but it is the same id.
  EXPECT_EQ(GetReason(Write(Request(absl::AsciiStrToUpper(kUuid))).status()), "REQUEST_ID_REUSED");
}

TEST_F(WriteTest, OldClaimsAreForgotten) {
  ASSERT_TRUE(Write(Request(kUuid)).ok());
  ASSERT_TRUE(Write(Request("")).ok());
  EXPECT_EQ(*ForgetRequests(database_->pool(), Call().deadline, absl::Now() - absl::Hours(1)), 0);
  EXPECT_EQ(*ForgetRequests(database_->pool(), Call().deadline, absl::Now() + absl::Hours(1)), 2);
  EXPECT_EQ(database_->Count("requests"), 0);
}

}  // namespace
}  // namespace servicekit
