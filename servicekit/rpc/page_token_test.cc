#include "servicekit/rpc/page_token.h"

#include <gtest/gtest.h>

#include "servicekit/types/error.h"

namespace servicekit {
namespace {

const PageScope kScope({"customers", "", "industry = \"retail\"", "create_time desc"});

bool IsWrongToken(const absl::Status& status) {
  const auto violations = GetFieldViolations(status);
  return absl::IsInvalidArgument(status) && violations.size() == 1 && violations[0].field == "page_token";
}

TEST(PageToken, BringsTheKeyBack) {
  const absl::Time time = absl::FromUnixMicros(1'700'000'000'123'456);
  const Id id = Id::New(time);
  const auto key = kScope.Decode(kScope.Encode(PageKey().Add(time).Add("김:철수").Add(int64_t{-7}).Add(id)));
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(*key->Time(0), time);
  EXPECT_EQ(*key->Text(1), "김:철수");
  EXPECT_EQ(*key->Number(2), -7);
  EXPECT_EQ(*key->GetId(3), id);
  EXPECT_TRUE(IsWrongToken(key->Text(4).status()));
  EXPECT_TRUE(IsWrongToken(key->Number(1).status()));
  EXPECT_TRUE(IsWrongToken(key->GetId(1).status()));
  EXPECT_TRUE(kScope.Decode("")->empty());
}

TEST(PageToken, OfAnotherListIsRefused) {
  const std::string token = kScope.Encode(PageKey().Add("a"));
  EXPECT_TRUE(IsWrongToken(PageScope({"customers", "", "industry = \"retail\"", ""}).Decode(token).status()));
  EXPECT_TRUE(IsWrongToken(
      PageScope({"customers", "industry = \"retail\"", "", "create_time desc"}).Decode(token).status()));
}

TEST(PageToken, AnyChangeIsRefused) {
  const std::string token = kScope.Encode(PageKey().Add("abc"));
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    const auto decoded = kScope.Decode(changed);
    // The last character may carry bits that mean nothing.
    if (decoded.ok()) {
      EXPECT_EQ(*decoded->Text(0), "abc");
    } else {
      EXPECT_TRUE(IsWrongToken(decoded.status()));
    }
    EXPECT_TRUE(
        IsWrongToken(kScope.Decode(token.substr(0, i + 1) == token ? "x" : token.substr(0, i + 1)).status()));
  }
  EXPECT_TRUE(IsWrongToken(kScope.Decode("not base64!").status()));
}

TEST(PageSize, FollowsTheRules) {
  EXPECT_EQ(*PageSize(0, 50, 1000), 50);
  EXPECT_EQ(*PageSize(7, 50, 1000), 7);
  EXPECT_EQ(*PageSize(5000, 50, 1000), 1000);
  EXPECT_EQ(GetFieldViolations(PageSize(-1, 50, 1000).status()).front().field, "page_size");
}

}  // namespace
}  // namespace servicekit
