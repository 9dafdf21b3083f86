#include "servicekit/rpc/request_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "echo.pb.h"

namespace servicekit {
namespace {

using echo::EchoRequest;
using echo::Note;
using echo::UpdateNoteRequest;
using ::testing::ElementsAre;

TEST(CheckRequired, NamesWhatIsMissingAtAnyDepth) {
  EchoRequest request;
  request.add_notes()->set_color(Note::RED);
  request.add_notes()->set_title("two");
  EXPECT_THAT(
      GetFieldViolations(CheckRequired(request)),
      ElementsAre(FieldViolation{"text", "is required"}, FieldViolation{"notes[0].title", "is required"},
                  FieldViolation{"notes[1].color", "is required"}));
  request.set_text("x");
  request.clear_notes();
  EXPECT_TRUE(CheckRequired(request).ok());
}

TEST(CheckRequired, AResourceUnderAMaskIsPartial) {
  UpdateNoteRequest request;
  EXPECT_THAT(GetFieldViolations(CheckRequired(request)), ElementsAre(FieldViolation{"note", "is required"}));
  request.mutable_note()->set_body("only this");
  EXPECT_TRUE(CheckRequired(request).ok());
}

TEST(CheckLength, CountsCharactersNotBytes) {
  Violations violations;
  CheckLength(violations, "name", "김철수", 3);
  EXPECT_TRUE(violations.empty());
  CheckLength(violations, "name", "김철수", 2);
  EXPECT_THAT(GetFieldViolations(violations.status()),
              ElementsAre(FieldViolation{"name", "has 3 characters; at most 2 are allowed"}));
}

}  // namespace
}  // namespace servicekit
