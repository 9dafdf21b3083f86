#include "lifecycle-svc/domain/journey.h"

#include <algorithm>
#include <tuple>

#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {
namespace {

// Folds one move after another.
class Folder {
 public:
  Step Apply(const Move& move) {
    Step step = StepFor(move);
    if (move.kind == MoveKind::kOrderPlaced) step.order_number = ++orders_;
    if (step.direction != Direction::kNone) Take(step, move.event_time);
    step.stage = progress_.stage;
    step.furthest_stage = progress_.furthest_stage;
    step.lost_from_stage = progress_.lost_from_stage;
    step.recycled_count = progress_.recycled_count;
    step.enter_time = progress_.enter_time;
    return step;
  }

  // What `move` would come to now.
  Step StepFor(const Move& move) const {
    switch (move.kind) {
      case MoveKind::kEntered:
        return progress_.stage == Stage::kNone ? To(Stage::kTarget) : Step{};
      case MoveKind::kOpportunityOpened:
        return Lift(Stage::kOpportunity);
      case MoveKind::kOrderPlaced:
        return Lift(orders_ == 0 ? Stage::kOrder : Stage::kRepurchase);
      case MoveKind::kManual:
        return To(move.stage);
    }
    return {};
  }

  const Progress& progress() const { return progress_; }

 private:
  Step To(Stage stage) const {
    const Direction direction = DirectionOf(progress_.stage, stage);
    if (direction == Direction::kNone) return {};
    Step step;
    step.direction = direction;
    step.from = progress_.stage;
    step.to = stage;
    return step;
  }

  // Evidence never moves back. Who bought again is at REPURCHASE already, however often: each order tells of
  // itself.
  Step Lift(Stage stage) const {
    if (IsOnTheWay(progress_.stage) && progress_.stage >= stage) return {};
    Step step = To(stage);
    // Another order after a move back is no skipping: they did buy again.
    if (stage == Stage::kRepurchase && IsOnTheWay(step.from)) step.direction = Direction::kRepurchase;
    return step;
  }

  void Take(const Step& step, absl::Time time) {
    if (step.from == Stage::kNone) progress_.enter_time = time;
    if (step.direction == Direction::kRegress || step.direction == Direction::kReactivate) {
      ++progress_.recycled_count;
    }
    if (IsOnTheWay(step.to)) {
      progress_.furthest_stage = std::max(progress_.furthest_stage, step.to);
      left_ = Stage::kNone;
    } else if (IsOnTheWay(step.from)) {
      left_ = step.from;  // Kept from DORMANT to LOST.
    }
    progress_.stage = step.to;
    progress_.stage_time = time;
    progress_.lost_from_stage = step.to == Stage::kLost ? left_ : Stage::kNone;
  }

  Progress progress_;
  Stage left_ = Stage::kNone;
  int orders_ = 0;
};

// Says of each step how long what it led to lasted. A stay in a department's stages begins with the step into
// them and ends with the step out of them.
void MeasureStays(absl::Span<const Move> moves, std::vector<Step>& steps) {
  Step* last = nullptr;
  Step* stay = nullptr;
  absl::Time stay_begin;
  for (size_t i = 0; i < steps.size(); ++i) {
    Step& step = steps[i];
    const absl::Time time = moves[i].event_time;
    step.until = time;
    step.department = DepartmentOf(step.stage);
    if (step.direction == Direction::kNone) continue;
    step.until = kForever;
    if (last != nullptr) last->until = time;
    last = &step;
    step.department = DepartmentOf(step.from == Stage::kNone ? step.to : step.from);
    if (IsGuarded(step.direction) && DepartmentOf(step.to) != step.department) {
      step.handed_to = DepartmentOf(step.to);
    }
    if (StayOf(step.from) == StayOf(step.to)) continue;
    if (stay != nullptr) {
      step.stay_begin = stay_begin;
      stay->stay_end = time;
      stay->stay_end_direction = step.direction;
    }
    stay = StayOf(step.to) == Department::kNone ? nullptr : &step;
    stay_begin = time;
  }
}

}  // namespace

bool Precedes(const Move& a, const Move& b) {
  return std::tie(a.event_time, a.id) < std::tie(b.event_time, b.id);
}

Id NextMoveId(absl::Span<const Move> moves, absl::Time event_time, absl::Time now) {
  Id id = Id::New(now);
  for (const Move& move : moves) {
    // An id of a later millisecond is a greater one.
    if (move.event_time == event_time && id <= move.id) id = Id::New(move.id.time() + absl::Milliseconds(1));
  }
  return id;
}

Folded Fold(absl::Span<const Move> moves) {
  Folder folder;
  Folded folded;
  folded.steps.reserve(moves.size());
  for (const Move& move : moves) folded.steps.push_back(folder.Apply(move));
  folded.progress = folder.progress();
  MeasureStays(moves, folded.steps);
  return folded;
}

Step StepAt(absl::Span<const Move> moves, const Move& move) {
  Folder folder;
  for (const Move& earlier : moves) {
    if (!Precedes(earlier, move)) break;
    folder.Apply(earlier);
  }
  Step step = folder.StepFor(move);
  // Also of a step that is none, for whoever tells why.
  step.from = folder.progress().stage;
  step.to = move.stage;
  return step;
}

absl::Status CheckManualMove(absl::Span<const Move> moves, const Move& move, std::string_view reason_field) {
  const Step step = StepAt(moves, move);
  const Stage from = step.from;
  const Direction direction = step.direction;
  if (direction == Direction::kNone) {
    const std::string subject = servicekit::NameOf("customers", move.customer);
    const std::string why =
        from == move.stage
            ? servicekit::StrCat("the customer is in ", NameOf(from), " already")
            : servicekit::StrCat("the customer had not entered the lifecycle, so cannot become ",
                                 NameOf(move.stage));
    return servicekit::PreconditionFailed(why, {{"MOVE_DOES_NOT_APPLY", subject, why}});
  }
  if (NeedsReason(direction) && move.reason.empty()) {
    return servicekit::InvalidField(
        reason_field, servicekit::StrCat("is required for ", NameOf(direction), " (from ", NameOf(from),
                                         " to ", NameOf(move.stage), ")"));
  }
  return absl::OkStatus();
}

}  // namespace clientele::lifecycle
