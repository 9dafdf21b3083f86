#include "value-svc/domain/family.h"

#include <algorithm>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace clientele::value {
namespace {

Id At(int64_t number) { return Id::New(absl::FromUnixMillis(number)); }

TEST(ResolveSurvivors, FollowsAChainToItsEnd) {
  const Id a = At(1), b = At(2), c = At(3), d = At(4);
  const std::vector<Id> members = {a, b, c, d};
  const std::vector<Merge> merges = {{At(10), b, a}, {At(11), c, b}};
  const auto survivors = ResolveSurvivors(members, merges);
  EXPECT_EQ(survivors.at(a), c);
  EXPECT_EQ(survivors.at(b), c);
  EXPECT_EQ(survivors.at(c), c);
  EXPECT_EQ(survivors.at(d), d);
}

TEST(ResolveSurvivors, ACircleEndsAtOneOfItsMembers) {
  const Id a = At(1), b = At(2), c = At(3), outside = At(4);
  const std::vector<Id> members = {a, b, c, outside};
  const std::vector<Merge> merges = {{At(10), b, a}, {At(11), c, b}, {At(12), a, c}, {At(13), b, outside}};
  const auto survivors = ResolveSurvivors(members, merges);
  for (Id member : members) EXPECT_EQ(survivors.at(member), a);
}

TEST(ResolveSurvivors, DoesNotDependOnTheOrderOfMerges) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 500; ++round) {
    std::vector<Id> members;
    for (int i = 0; i < 12; ++i) members.push_back(At(1 + i));
    std::vector<Merge> merges;
    for (int i = 0; i < 14; ++i)
      merges.push_back({At(100 + i), members[random() % 12], members[random() % 12]});
    const auto expected = ResolveSurvivors(members, merges);
    std::shuffle(merges.begin(), merges.end(), random);
    ASSERT_EQ(ResolveSurvivors(members, merges), expected);
    // Who survives counts as itself.
    for (const auto& [member, survivor] : expected) ASSERT_EQ(expected.at(survivor), survivor);
  }
}

}  // namespace
}  // namespace clientele::value
