#include "servicekit/types/utf8.h"

#include <gtest/gtest.h>

namespace servicekit {
namespace {

TEST(Utf8, AcceptsEveryLengthAndRefusesWhatIsNone) {
  for (const char* good : {"", "a", "é", "김철수", "😀", "\xF4\x8F\xBF\xBF"})
    EXPECT_TRUE(IsUtf8(good)) << good;
  for (const char* bad : {"\x80", "\xC0\x80", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                          "\xFF", "a\xE2\x82"}) {
    EXPECT_FALSE(IsUtf8(bad)) << bad;
  }
  EXPECT_EQ(CountCodePoints("김철수😀a"), 5u);
}

TEST(Utf8, CutsBetweenCharacters) {
  EXPECT_EQ(CutUtf8("김철수", 9), "김철수");
  EXPECT_EQ(CutUtf8("김철수", 8), "김…");
  EXPECT_EQ(CutUtf8("abc", 2), "");
  EXPECT_EQ(CutUtf8("abcdef", 5), "ab…");
  EXPECT_EQ(CutUtf8("a\xFFz", 10), "a\xEF\xBF\xBDz");
}

}  // namespace
}  // namespace servicekit
