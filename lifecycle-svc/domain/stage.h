#ifndef LIFECYCLE_SVC_DOMAIN_STAGE_H_
#define LIFECYCLE_SVC_DOMAIN_STAGE_H_

#include <cstdint>
#include <string_view>

// The numbers of these enums are those of the contract, and are stored.
namespace clientele::lifecycle {

// kNone: not (yet) in the lifecycle. TARGET to REPURCHASE are the way; LOST and DORMANT lie beside it.
enum class Stage : uint8_t {
  kNone = 0,
  kTarget = 1,
  kLead = 2,
  kOpportunity = 3,
  kOrder = 4,
  kRepurchase = 5,
  kLost = 6,
  kDormant = 7,
};
constexpr int kStageCount = 8;

enum class Department : uint8_t { kNone = 0, kMarketing = 1, kSales = 2, kService = 3 };

enum class Direction : uint8_t {
  kNone = 0,
  kAdvance = 1,
  kSkip = 2,
  kRegress = 3,
  kReactivate = 4,
  kRepurchase = 5,
  kLose = 6,
};

constexpr bool IsOnTheWay(Stage stage) { return stage >= Stage::kTarget && stage <= Stage::kRepurchase; }
constexpr bool IsBeside(Stage stage) { return stage == Stage::kLost || stage == Stage::kDormant; }

// Who is responsible for a customer in this stage.
Department DepartmentOf(Stage stage);
// Whose stay it is while a customer is in this stage: kNone beside the way, where nobody serves them.
Department StayOf(Stage stage);
// What a move between two stages is called; kNone when it is no move (the same stage), or cannot be made
// (nobody is lost, or goes dormant, before entering).
Direction DirectionOf(Stage from, Stage to);
// Whether whoever makes such a move by hand has to say why.
bool NeedsReason(Direction direction);
// Whether it asks for what the stage requires: forward, and back into the lifecycle. Nobody is kept from
// saying that a customer fell back or was lost.
bool IsGuarded(Direction direction);

std::string_view NameOf(Stage stage);
std::string_view NameOf(Direction direction);
std::string_view NameOf(Department department);

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_DOMAIN_STAGE_H_
