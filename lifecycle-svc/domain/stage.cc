#include "lifecycle-svc/domain/stage.h"

namespace clientele::lifecycle {
namespace {

constexpr Direction kNo = Direction::kNone;
constexpr Direction kAdv = Direction::kAdvance;
constexpr Direction kSki = Direction::kSkip;
constexpr Direction kReg = Direction::kRegress;
constexpr Direction kRea = Direction::kReactivate;
constexpr Direction kRep = Direction::kRepurchase;
constexpr Direction kLos = Direction::kLose;

// The whole policy: from (row) to (column).
constexpr Direction kDirections[kStageCount][kStageCount] = {
    //            none TARG  LEAD  OPPO  ORDE  REPU  LOST  DORM
    /* none */ {kNo, kAdv, kAdv, kAdv, kAdv, kAdv, kNo, kNo},
    /* TARG */ {kNo, kNo, kAdv, kSki, kSki, kSki, kLos, kLos},
    /* LEAD */ {kNo, kReg, kNo, kAdv, kSki, kSki, kLos, kLos},
    /* OPPO */ {kNo, kReg, kReg, kNo, kAdv, kSki, kLos, kLos},
    /* ORDE */ {kNo, kReg, kReg, kReg, kNo, kRep, kLos, kLos},
    /* REPU */ {kNo, kReg, kReg, kReg, kReg, kNo, kLos, kLos},
    /* LOST */ {kNo, kRea, kRea, kRea, kRea, kRea, kNo, kLos},
    /* DORM */ {kNo, kRea, kRea, kRea, kRea, kRea, kLos, kNo},
};

// Marketing wins leads and opportunities, and wins back; sales wins orders; service wins the next order.
constexpr Department kDepartments[kStageCount] = {
    Department::kNone,    Department::kMarketing, Department::kMarketing, Department::kSales,
    Department::kService, Department::kService,   Department::kMarketing, Department::kMarketing,
};

constexpr std::string_view kStageNames[kStageCount] = {
    "none", "TARGET", "LEAD", "OPPORTUNITY", "ORDER", "REPURCHASE", "LOST", "DORMANT",
};
constexpr std::string_view kDirectionNames[] = {
    "none", "ADVANCE", "SKIP", "REGRESS", "REACTIVATE", "REPURCHASE", "LOSE",
};

constexpr std::string_view kDepartmentNames[] = {"none", "MARKETING", "SALES", "SERVICE"};

}  // namespace

Department DepartmentOf(Stage stage) { return kDepartments[static_cast<int>(stage)]; }

Department StayOf(Stage stage) { return IsOnTheWay(stage) ? DepartmentOf(stage) : Department::kNone; }

Direction DirectionOf(Stage from, Stage to) {
  return kDirections[static_cast<int>(from)][static_cast<int>(to)];
}

bool NeedsReason(Direction direction) {
  return direction == Direction::kSkip || direction == Direction::kRegress ||
         direction == Direction::kReactivate || direction == Direction::kLose;
}

bool IsGuarded(Direction direction) {
  return direction == Direction::kAdvance || direction == Direction::kSkip ||
         direction == Direction::kReactivate || direction == Direction::kRepurchase;
}

std::string_view NameOf(Stage stage) { return kStageNames[static_cast<int>(stage)]; }

std::string_view NameOf(Direction direction) { return kDirectionNames[static_cast<int>(direction)]; }

std::string_view NameOf(Department department) { return kDepartmentNames[static_cast<int>(department)]; }

}  // namespace clientele::lifecycle
