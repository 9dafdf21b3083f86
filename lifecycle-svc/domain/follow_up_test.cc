#include "lifecycle-svc/domain/follow_up.h"

#include <gtest/gtest.h>

#include "servicekit/types/error.h"

namespace clientele::lifecycle {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

FollowUp Open() {
  FollowUp follow_up;
  follow_up.id = Id::New(kNow);
  follow_up.why = "call";
  follow_up.due_time = follow_up.create_time = follow_up.update_time = kNow;
  return follow_up;
}

TEST(FollowUp, WakesByItselfWhenItsTimeHasCome) {
  FollowUp follow_up = Open();
  EXPECT_EQ(StateAt(follow_up, kNow), FollowUpState::kOpen);
  ASSERT_TRUE(Snooze(follow_up, kNow + absl::Hours(1), kNow).ok());
  EXPECT_EQ(StateAt(follow_up, kNow + absl::Minutes(59)), FollowUpState::kSnoozed);
  EXPECT_EQ(StateAt(follow_up, kNow + absl::Hours(1)), FollowUpState::kOpen);
}

TEST(FollowUp, IsSnoozedForwardAndNotForEver) {
  FollowUp follow_up = Open();
  const FollowUp before = follow_up;
  for (absl::Time until : {kNow, kNow - absl::Hours(1), kNow + kLongestSnooze + absl::Seconds(1)}) {
    const absl::Status refused = Snooze(follow_up, until, kNow);
    ASSERT_EQ(servicekit::GetFieldViolations(refused).size(), 1u);
    EXPECT_EQ(servicekit::GetFieldViolations(refused)[0].field, "snooze_until");
  }
  EXPECT_EQ(follow_up, before);
}

TEST(FollowUp, IsDoneOnce) {
  FollowUp follow_up = Open();
  ASSERT_TRUE(Complete(follow_up, "bought", "representatives/x", kNow).ok());
  EXPECT_EQ(StateAt(follow_up, kNow), FollowUpState::kDone);
  EXPECT_EQ(follow_up.note, "bought");
  EXPECT_TRUE(absl::IsFailedPrecondition(Complete(follow_up, "again", "x", kNow)));
  EXPECT_TRUE(absl::IsFailedPrecondition(Snooze(follow_up, kNow + absl::Hours(1), kNow)));
  EXPECT_EQ(follow_up.note, "bought");
}

TEST(FollowUp, EscalatesUpwardsOnlyAndWakes) {
  FollowUp follow_up = Open();
  ASSERT_TRUE(Snooze(follow_up, kNow + absl::Hours(48), kNow).ok());
  EXPECT_FALSE(Escalate(follow_up, Addressee::kRepresentative, "again", kNow, kNow));
  EXPECT_EQ(follow_up.why, "call");
  EXPECT_TRUE(Escalate(follow_up, Addressee::kManager, "5 days", kNow, kNow));
  EXPECT_EQ(StateAt(follow_up, kNow), FollowUpState::kOpen);
  EXPECT_FALSE(Escalate(follow_up, Addressee::kManager, "6 days", kNow, kNow));
  EXPECT_EQ(follow_up.why, "5 days");
}

}  // namespace
}  // namespace clientele::lifecycle
