#include "value-svc/domain/run_retention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace clientele::value {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const absl::Time kNow = absl::FromCivil(absl::CivilDay(2026, 6, 15), absl::UTCTimeZone());
const absl::Duration kDay = absl::Hours(24);

class RunsToForgetTest : public testing::Test {
 protected:
  // Made on its day.
  Id Add(absl::CivilDay day, RunPurpose purpose = RunPurpose::kSnapshot,
         RunState state = RunState::kFinished) {
    ScoringRun& run = runs_.emplace_back();
    run.as_of = absl::FromCivil(day, absl::UTCTimeZone());
    run.create_time = run.as_of;
    run.id = Id::New(run.create_time);
    run.purpose = purpose;
    run.state = state;
    return run.id;
  }
  std::vector<Id> Forget(const std::vector<absl::Time>& needed_days = {}) {
    std::vector<Id> ids;
    for (const ScoringRun& run : RunsToForget(runs_, needed_days, {}, kNow)) ids.push_back(run.id);
    return ids;
  }

  std::vector<ScoringRun> runs_;
};

TEST_F(RunsToForgetTest, TheLastRunOfEachMonthStays) {
  const Id first = Add(absl::CivilDay(2025, 1, 3)), second = Add(absl::CivilDay(2025, 1, 20));
  Add(absl::CivilDay(2025, 1, 31));
  Add(absl::CivilDay(2025, 2, 2));
  EXPECT_THAT(Forget(), ElementsAre(first, second));
}

TEST_F(RunsToForgetTest, NothingYoungGoesWhateverItsDay) {
  Add(absl::CivilDay(2025, 1, 3));
  Add(absl::CivilDay(2025, 1, 20));
  for (ScoringRun& run : runs_) run.create_time = kNow - 89 * kDay;
  EXPECT_THAT(Forget(), IsEmpty());
  for (ScoringRun& run : runs_) run.create_time = kNow - 91 * kDay;
  EXPECT_THAT(Forget(), ElementsAre(runs_[0].id));
}

TEST_F(RunsToForgetTest, PublicationsAndTheRunInForceWithItsPredecessorStay) {
  Add(absl::CivilDay(2025, 1, 2), RunPurpose::kPublish);
  const Id before = Add(absl::CivilDay(2025, 1, 3), RunPurpose::kRescore);
  const Id in_force = Add(absl::CivilDay(2025, 1, 4), RunPurpose::kRescore);
  const Id later_day = Add(absl::CivilDay(2025, 1, 5));
  Add(absl::CivilDay(2025, 1, 6));
  runs_[2].previous = before;
  EXPECT_THAT(Forget(), ElementsAre(later_day));
  runs_[2].previous.reset();
  EXPECT_THAT(Forget(), ElementsAre(before, later_day));
  EXPECT_NE(in_force, before);
}

TEST_F(RunsToForgetTest, WhatAnActionIsMeasuredBetweenStays) {
  const Id a = Add(absl::CivilDay(2025, 1, 3)), b = Add(absl::CivilDay(2025, 1, 10));
  Add(absl::CivilDay(2025, 1, 31));
  EXPECT_THAT(Forget({absl::FromCivil(absl::CivilDay(2025, 1, 9), absl::UTCTimeZone())}), ElementsAre(b));
  EXPECT_THAT(Forget({absl::FromCivil(absl::CivilDay(2025, 1, 10), absl::UTCTimeZone())}), ElementsAre(a));
  // Nothing stood for a day before the first.
  EXPECT_THAT(Forget({absl::FromCivil(absl::CivilDay(2025, 1, 1), absl::UTCTimeZone())}), ElementsAre(a, b));
}

TEST_F(RunsToForgetTest, AnOpenRunStaysWithWhatItGoesOnFrom) {
  const Id previous = Add(absl::CivilDay(2025, 1, 3)), other = Add(absl::CivilDay(2025, 1, 4));
  Add(absl::CivilDay(2025, 1, 5), RunPurpose::kSnapshot, RunState::kScoring);
  Add(absl::CivilDay(2025, 1, 31));
  runs_[2].previous = previous;
  EXPECT_THAT(Forget(), ElementsAre(other));
}

TEST_F(RunsToForgetTest, PreviewsAndCancelledRunsStandForNoMonth) {
  const Id preview = Add(absl::CivilDay(2025, 1, 3), RunPurpose::kPreview);
  const Id cancelled = Add(absl::CivilDay(2025, 2, 3), RunPurpose::kSnapshot, RunState::kCancelled);
  EXPECT_THAT(Forget(), ElementsAre(preview, cancelled));
}

}  // namespace
}  // namespace clientele::value
