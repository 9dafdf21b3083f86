#include "lifecycle-svc/domain/journey.h"

#include <algorithm>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "servicekit/types/error.h"

namespace clientele::lifecycle {
namespace {

using ::testing::ElementsAre;

const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);
absl::Time Day(int day) { return kStart + absl::Hours(24 * day); }

Move At(int day, MoveKind kind, Stage stage = Stage::kNone, std::string reason = "") {
  Move move;
  move.id = Id::New(kStart);
  move.kind = kind;
  move.stage = stage;
  move.reason = std::move(reason);
  move.event_time = Day(day);
  return move;
}
Move Entered(int day) { return At(day, MoveKind::kEntered); }
Move Opened(int day) { return At(day, MoveKind::kOpportunityOpened); }
Move Ordered(int day) { return At(day, MoveKind::kOrderPlaced); }
Move Manual(int day, Stage stage, std::string reason = "because") {
  return At(day, MoveKind::kManual, stage, std::move(reason));
}

Folded FoldInOrder(std::vector<Move> moves) {
  std::sort(moves.begin(), moves.end(), Precedes);
  return Fold(moves);
}
std::vector<Direction> Directions(const std::vector<Move>& moves) {
  std::vector<Direction> directions;
  for (const Step& step : FoldInOrder(moves).steps) directions.push_back(step.direction);
  return directions;
}

TEST(Journey, EvidenceLeadsFromTargetToRepurchase) {
  const std::vector<Move> moves = {Entered(0), Opened(1), Ordered(2), Ordered(3), Ordered(4)};
  EXPECT_THAT(Directions(moves), ElementsAre(Direction::kAdvance, Direction::kSkip, Direction::kAdvance,
                                             Direction::kRepurchase, Direction::kNone));
  const Progress progress = FoldInOrder(moves).progress;
  EXPECT_EQ(progress.stage, Stage::kRepurchase);
  EXPECT_EQ(progress.furthest_stage, Stage::kRepurchase);
  EXPECT_EQ(progress.stage_time, Day(3));
  EXPECT_EQ(progress.enter_time, Day(0));
}

TEST(Journey, EvidenceNeverMovesBack) {
  EXPECT_EQ(FoldInOrder({Entered(0), Ordered(1), Opened(2)}).progress.stage, Stage::kOrder);
}

TEST(Journey, AnOrderThatBecomesKnownLateTakesItsPlaceInThePast) {
  std::vector<Move> moves = {Entered(0), Ordered(10)};
  EXPECT_EQ(FoldInOrder(moves).progress.stage, Stage::kOrder);
  moves.push_back(Ordered(5));
  const Folded folded = FoldInOrder(moves);
  EXPECT_EQ(folded.progress.stage, Stage::kRepurchase);
  EXPECT_EQ(folded.progress.stage_time, Day(10));
}

TEST(Journey, WhoIsLostIsLostFromTheStageOnTheWay) {
  const Folded lost =
      FoldInOrder({Entered(0), Opened(1), Manual(2, Stage::kDormant), Manual(3, Stage::kLost)});
  EXPECT_EQ(lost.progress.stage, Stage::kLost);
  EXPECT_EQ(lost.progress.lost_from_stage, Stage::kOpportunity);
  EXPECT_EQ(lost.progress.furthest_stage, Stage::kOpportunity);
  const Folded back = FoldInOrder({Entered(0), Opened(1), Manual(2, Stage::kLost), Opened(3)});
  EXPECT_EQ(back.progress.stage, Stage::kOpportunity);
  EXPECT_EQ(back.progress.lost_from_stage, Stage::kNone);
  EXPECT_EQ(back.progress.recycled_count, 1);
  EXPECT_EQ(back.steps.back().direction, Direction::kReactivate);
}

TEST(Journey, AnotherOrderAfterAMoveBackIsARepurchase) {
  const Folded folded = FoldInOrder({Entered(0), Ordered(1), Manual(2, Stage::kLead), Ordered(3)});
  EXPECT_EQ(folded.steps.back().direction, Direction::kRepurchase);
  EXPECT_EQ(folded.steps.back().from, Stage::kLead);
  EXPECT_EQ(folded.steps.back().to, Stage::kRepurchase);
}

TEST(Journey, AManualMoveNeedsAReasonUnlessItAdvances) {
  const std::vector<Move> moves = {Entered(0)};
  EXPECT_TRUE(CheckManualMove(moves, Manual(1, Stage::kLead, ""), "reason").ok());
  const absl::Status skip = CheckManualMove(moves, Manual(1, Stage::kOrder, ""), "reason");
  ASSERT_EQ(servicekit::GetFieldViolations(skip).size(), 1u);
  EXPECT_EQ(servicekit::GetFieldViolations(skip)[0].field, "reason");
  EXPECT_TRUE(CheckManualMove(moves, Manual(1, Stage::kOrder), "reason").ok());
  EXPECT_FALSE(CheckManualMove(moves, Manual(1, Stage::kLost, ""), "reason").ok());
}

TEST(Journey, AManualMoveIsJudgedByItsOwnTime) {
  const std::vector<Move> moves = {Entered(0), Opened(5)};
  EXPECT_TRUE(absl::IsFailedPrecondition(CheckManualMove(moves, Manual(6, Stage::kOpportunity), "reason")));
  EXPECT_TRUE(CheckManualMove(moves, Manual(4, Stage::kLead, ""), "reason").ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(CheckManualMove(moves, Manual(-1, Stage::kLost), "reason")));
}

TEST(Journey, OfTheSameMomentWhatIsRecordedLaterComesLater) {
  std::vector<Move> moves = {Entered(0), Manual(1, Stage::kLead), Manual(1, Stage::kTarget)};
  moves[2].id = NextMoveId(moves, Day(1), kStart);
  EXPECT_TRUE(Precedes(moves[1], moves[2]));
  // Whoever records it, though their clock is behind, and as often as it happens.
  for (int i = 0; i < 20; ++i) {
    Move move = Manual(1, i % 2 == 0 ? Stage::kLead : Stage::kTarget);
    move.id = NextMoveId(moves, Day(1), kStart - absl::Hours(1));
    for (const Move& earlier : moves) EXPECT_TRUE(Precedes(earlier, move));
    moves.push_back(move);
  }
  EXPECT_EQ(FoldInOrder(moves).progress.stage, Stage::kTarget);
}

TEST(Journey, EveryPairOfStagesHasItsDirection) {
  for (int from = 0; from < kStageCount; ++from) {
    for (int to = 0; to < kStageCount; ++to) {
      const Stage a = static_cast<Stage>(from), b = static_cast<Stage>(to);
      const bool possible = a != b && b != Stage::kNone && !(a == Stage::kNone && IsBeside(b));
      EXPECT_EQ(DirectionOf(a, b) != Direction::kNone, possible) << NameOf(a) << " to " << NameOf(b);
      if (possible && IsBeside(b)) {
        EXPECT_EQ(DirectionOf(a, b), Direction::kLose);
      }
    }
  }
}

TEST(Journey, AStayLastsUntilTheCustomerLeavesTheDepartment) {
  // Marketing, sales, back to marketing, service twice, lost.
  const std::vector<Step> steps =
      FoldInOrder({Entered(0), Manual(1, Stage::kLead), Opened(2), Manual(4, Stage::kLead), Ordered(7),
                   Ordered(8), Manual(12, Stage::kLost)})
          .steps;
  EXPECT_EQ(steps[0].department, Department::kMarketing);
  EXPECT_EQ(steps[0].handed_to, Department::kNone);
  EXPECT_EQ(steps[0].stay_end, Day(2));
  EXPECT_EQ(steps[0].stay_end_direction, Direction::kAdvance);
  EXPECT_EQ(steps[1].stay_begin, std::nullopt);  // Within marketing.
  EXPECT_EQ(steps[1].until, Day(2));
  EXPECT_EQ(steps[2].department, Department::kMarketing);
  EXPECT_EQ(steps[2].handed_to, Department::kSales);
  EXPECT_EQ(steps[2].stay_begin, Day(0));
  EXPECT_EQ(steps[2].stay_end, Day(4));
  EXPECT_EQ(steps[2].stay_end_direction, Direction::kRegress);  // Sent back.
  EXPECT_EQ(steps[3].handed_to, Department::kNone);
  EXPECT_EQ(steps[4].handed_to, Department::kService);
  EXPECT_EQ(steps[5].department, Department::kService);
  EXPECT_EQ(steps[5].order_number, 2);
  EXPECT_EQ(steps[6].stay_begin, Day(7));
  EXPECT_EQ(steps[6].until, kForever);
  EXPECT_EQ(steps[6].stay_end, kForever);
}

// Whatever order moves become known in, the same moves give the same journey; and its parts agree with each
// other.
TEST(JourneyProperty, TheOrderInWhichMovesBecomeKnownDoesNotMatter) {
  std::mt19937 random(7);
  const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  for (int round = 0; round < 500; ++round) {
    std::vector<Move> moves;
    const int count = 1 + pick(12);
    for (int i = 0; i < count; ++i) {
      const int day = pick(6);  // Few days, so that times are often the same.
      switch (pick(4)) {
        case 0:
          moves.push_back(Entered(day));
          break;
        case 1:
          moves.push_back(Opened(day));
          break;
        case 2:
          moves.push_back(Ordered(day));
          break;
        default:
          moves.push_back(Manual(day, static_cast<Stage>(1 + pick(7))));
          break;
      }
    }
    const Folded expected = FoldInOrder(moves);
    for (int shuffle = 0; shuffle < 5; ++shuffle) {
      std::shuffle(moves.begin(), moves.end(), random);
      const Folded folded = FoldInOrder(moves);
      ASSERT_EQ(folded.progress, expected.progress);
      ASSERT_EQ(folded.steps, expected.steps);
    }
    std::sort(moves.begin(), moves.end(), Precedes);
    for (int day = -1; day < 8; ++day) {
      // What is kept beside the move that holds at a time is the fold of all until then.
      std::vector<Move> until_then;
      for (const Move& move : moves) {
        if (move.event_time <= Day(day)) until_then.push_back(move);
      }
      const Progress then = Fold(until_then).progress;
      int holding = 0;
      for (size_t i = 0; i < moves.size(); ++i) {
        const Step& step = expected.steps[i];
        if (moves[i].event_time > Day(day) || step.until <= Day(day)) continue;
        ++holding;
        ASSERT_EQ((Progress{step.stage, step.furthest_stage, step.lost_from_stage, moves[i].event_time,
                            step.enter_time, step.recycled_count}),
                  then);
      }
      ASSERT_EQ(holding, then.stage == Stage::kNone ? 0 : 1);
    }
    Stage at = Stage::kNone, furthest = Stage::kNone;
    for (const Step& step : expected.steps) {
      if (step.direction == Direction::kNone) continue;
      ASSERT_EQ(step.from, at);
      at = step.to;
      if (IsOnTheWay(at)) furthest = std::max(furthest, at);
    }
    ASSERT_EQ(at, expected.progress.stage);
    ASSERT_EQ(furthest, expected.progress.furthest_stage);
    ASSERT_EQ(expected.progress.lost_from_stage != Stage::kNone, at == Stage::kLost);
  }
}

}  // namespace
}  // namespace clientele::lifecycle
