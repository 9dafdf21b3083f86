#include "servicekit/types/id.h"

#include <gtest/gtest.h>

#include <set>

namespace servicekit {
namespace {

const absl::Time kNow = absl::FromUnixMillis(1'732'000'000'123);

TEST(Id, TextRoundTrips) {
  for (int i = 0; i < 1000; ++i) {
    const Id id = Id::New(kNow + absl::Milliseconds(i));
    EXPECT_EQ(*Id::Parse(id.ToString()), id);
    EXPECT_EQ(*Id::FromBytes(id.bytes()), id);
  }
}

TEST(Id, IsAVersion7Uuid) {
  const Id id = Id::New(kNow);
  EXPECT_EQ(static_cast<uint8_t>(id.bytes()[6]) >> 4, 7);
  EXPECT_EQ(static_cast<uint8_t>(id.bytes()[8]) >> 6, 2);
  EXPECT_EQ(id.time(), kNow);
}

TEST(Id, TextSortsAsTheBytesDo) {
  const Id early = Id::New(kNow);
  const Id late = Id::New(kNow + absl::Milliseconds(1));
  EXPECT_LT(early, late);
  EXPECT_LT(early.ToString(), late.ToString());
}

TEST(Id, ManyOfOneMillisecondDiffer) {
  std::set<Id> ids;
  for (int i = 0; i < 10'000; ++i) ids.insert(Id::New(kNow));
  EXPECT_EQ(ids.size(), 10'000u);
}

TEST(Id, RefusesOtherText) {
  const std::string good = Id::New(kNow).ToString();
  for (const std::string& bad :
       {std::string(), good + "0", good.substr(1), std::string(26, 'U'), "8" + good.substr(1),
        "0l" + good.substr(2), std::string("01' OR 1=1 --0000000000000").substr(0, 26)}) {
    EXPECT_FALSE(Id::Parse(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace servicekit
