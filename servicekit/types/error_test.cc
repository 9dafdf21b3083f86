#include "servicekit/types/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace servicekit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Violations, AreAllReportedAtOnce) {
  Violations violations;
  violations.Add("display_name", "is required");
  violations.Add("customer", InvalidField("customer.size", "must be positive: -1"));
  violations.Add("etag", absl::InvalidArgumentError("no such etag"));
  violations.Add("fine", absl::OkStatus());
  EXPECT_EQ(violations.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(GetFieldViolations(violations.status()),
              ElementsAre(FieldViolation{"display_name", "is required"},
                          FieldViolation{"customer.size", "must be positive: -1"},
                          FieldViolation{"etag", "no such etag"}));
}

TEST(Violations, NoneIsOk) { EXPECT_TRUE(Violations().status().ok()); }

TEST(Error, PayloadsKeepAnyByte) {
  const std::string odd("12:\0:7 고객", 13);
  EXPECT_THAT(GetFieldViolations(InvalidField(odd, "")), ElementsAre(FieldViolation{odd, ""}));
}

TEST(Error, ReasonAndPreconditionsSurviveTogether) {
  const absl::Status status = WithReason(
      PreconditionFailed("not yet", {{"REQUIREMENT_MISSING", "customers/1", "a need with a budget"}}),
      "STAGE_REQUIREMENTS");
  EXPECT_EQ(GetReason(status), "STAGE_REQUIREMENTS");
  EXPECT_THAT(
      GetPreconditionViolations(status),
      ElementsAre(PreconditionViolation{"REQUIREMENT_MISSING", "customers/1", "a need with a budget"}));
  EXPECT_THAT(GetFieldViolations(status), IsEmpty());
}

TEST(Error, UnderFieldKeepsTheReason) {
  const absl::Status status =
      UnderField(WithReason(InvalidField("name", "is required"), "NO_NAME"), "rows[7].");
  EXPECT_THAT(GetFieldViolations(status), ElementsAre(FieldViolation{"rows[7].name", "is required"}));
  EXPECT_EQ(GetReason(status), "NO_NAME");
}

}  // namespace
}  // namespace servicekit
