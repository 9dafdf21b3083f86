#include "servicekit/types/fold.h"

#include <gtest/gtest.h>

namespace servicekit {
namespace {

TEST(Fold, CaseWidthAccentsAndFormsDoNotMatter) {
  EXPECT_EQ(FoldText("ＣAFÉ"), "cafe");
  EXPECT_EQ(FoldText("㈜한빛"), "(주)한빛");
  EXPECT_EQ(FoldText("Straße"), "strasse");
  // Decomposed Hangul, as some systems write it, is the same as composed.
  EXPECT_EQ(FoldText("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab"), "한");
  EXPECT_EQ(FoldText("\xff"), "");
}

TEST(Fold, CodePointsGoThereAndBack) {
  for (const char* text : {"", "a", "한빛 GmbH 😀"}) EXPECT_EQ(FromCodePoints(CodePoints(text)), text);
  EXPECT_TRUE(IsLetterOrDigit(U'한'));
  EXPECT_TRUE(IsLetterOrDigit(U'7'));
  EXPECT_FALSE(IsLetterOrDigit(U'-'));
}

}  // namespace
}  // namespace servicekit
