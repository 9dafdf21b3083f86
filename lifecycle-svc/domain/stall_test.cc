#include "lifecycle-svc/domain/stall.h"

#include <random>

#include <gtest/gtest.h>

namespace clientele::lifecycle {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);
absl::Time Day(double day) { return kStart + absl::Hours(24) * day; }

TEST(Stall, EscalationFollowsTheDaysOfTheRule) {
  StallRule rule;
  rule.stalled_after_days = 14;
  EXPECT_EQ(LevelAt(rule, kStart, Day(16.9)), StallLevel::kNone);
  EXPECT_EQ(LevelAt(rule, kStart, Day(17)), StallLevel::kRepresentative);
  EXPECT_EQ(LevelAt(rule, kStart, Day(19)), StallLevel::kManager);
  EXPECT_EQ(LevelAt(rule, kStart, Day(21)), StallLevel::kReassignment);
  EXPECT_EQ(LevelAt(rule, kStart, Day(1000)), StallLevel::kReassignment);  // Never recycled.
  rule.recycle_days = 30;
  EXPECT_EQ(LevelAt(rule, kStart, Day(44)), StallLevel::kRecycled);
  rule.stalled_after_days = 0;
  EXPECT_EQ(LevelAt(rule, kStart, Day(1000)), StallLevel::kNone);
  EXPECT_EQ(StalledFrom(rule, kStart), std::nullopt);
}

TEST(Stall, EachLevelHasItsDaysHoweverLateItBecameKnown) {
  StallRule rule;
  rule.stalled_after_days = 14;
  rule.recycle_days = 30;
  const absl::Time long_ago = Day(-3000);
  EXPECT_EQ(NextLevel(rule, StallLevel::kNone, Day(0), long_ago, Day(0)), StallLevel::kRepresentative);
  EXPECT_EQ(NextLevel(rule, StallLevel::kRepresentative, Day(0), long_ago, Day(1.9)),
            StallLevel::kRepresentative);
  EXPECT_EQ(NextLevel(rule, StallLevel::kRepresentative, Day(0), long_ago, Day(2)), StallLevel::kManager);
  EXPECT_EQ(NextLevel(rule, StallLevel::kManager, Day(2), long_ago, Day(4)), StallLevel::kReassignment);
  EXPECT_EQ(NextLevel(rule, StallLevel::kReassignment, Day(4), long_ago, Day(26.9)),
            StallLevel::kReassignment);
  EXPECT_EQ(NextLevel(rule, StallLevel::kReassignment, Day(4), long_ago, Day(27)), StallLevel::kRecycled);
  EXPECT_EQ(NextLevel(rule, StallLevel::kRecycled, Day(27), long_ago, Day(1000)), StallLevel::kRecycled);
  // Never before the standstill is that long, and back at once.
  EXPECT_EQ(NextLevel(rule, StallLevel::kRepresentative, Day(0), kStart, Day(18.9)),
            StallLevel::kRepresentative);
  EXPECT_EQ(NextLevel(rule, StallLevel::kReassignment, Day(4), Day(27), Day(27)), StallLevel::kNone);
  rule.recycle_days = 0;
  EXPECT_EQ(NextLevel(rule, StallLevel::kReassignment, Day(4), long_ago, Day(1000)),
            StallLevel::kReassignment);
}

// What is looked for by time and what is decided for one customer are the same.
TEST(Stall, WhoIsLookedForIsWhoReachedTheLevel) {
  std::mt19937 random(3);
  for (int round = 0; round < 2000; ++round) {
    StallRule rule;
    rule.stalled_after_days = static_cast<int>(random() % 5);
    rule.representative_days = static_cast<int>(random() % 5);
    rule.manager_days = rule.representative_days + static_cast<int>(random() % 5);
    rule.reassignment_days = rule.manager_days + static_cast<int>(random() % 5);
    rule.recycle_days = random() % 2 == 0 ? 0 : rule.reassignment_days + 1 + static_cast<int>(random() % 5);
    const absl::Time quiet = kStart + absl::Hours(static_cast<int64_t>(random() % 600)), now = Day(25);
    for (int level = 1; level < kStallLevelCount; ++level) {
      const auto before = QuietBefore(rule, static_cast<StallLevel>(level), now);
      const bool found = before.has_value() && quiet <= *before;
      ASSERT_EQ(found, static_cast<int>(LevelAt(rule, quiet, now)) >= level);
    }
  }
}

TEST(Stall, ARuleThatGoesBackIsRefusedByField) {
  StallRule rule;
  rule.manager_days = 1;
  rule.reassignment_days = 4000;
  rule.recycle_days = 6;
  servicekit::Violations violations;
  CheckStallRule(violations, "stall_rule", rule);
  const auto found = servicekit::GetFieldViolations(violations.status());
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].field, "stall_rule.manager_days");
  EXPECT_EQ(found[1].field, "stall_rule.reassignment_days");
  EXPECT_EQ(found[2].field, "stall_rule.recycle_days");
}

TEST(Stall, WhatIsAskedSaysSinceWhen) {
  EXPECT_EQ(AskFor(StallLevel::kManager, Stage::kLead, kStart, Day(24.5)),
            "In LEAD without contact or progress since 2023-11-14 (24 days): see with the owner what is in "
            "the way.");
}

}  // namespace
}  // namespace clientele::lifecycle
