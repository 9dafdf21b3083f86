#ifndef LIFECYCLE_SVC_DOMAIN_JOURNEY_H_
#define LIFECYCLE_SVC_DOMAIN_JOURNEY_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "lifecycle-svc/domain/external_id.h"
#include "lifecycle-svc/domain/stage.h"
#include "servicekit/types/id.h"

// A journey is a fold: what happened to a customer is kept as moves, and everything else (transitions,
// current and furthest stage, where it was lost from) follows from them in order of event time. So a move
// that becomes known late takes its place in the past, and what follows it is worked out anew.
namespace clientele::lifecycle {

using servicekit::Id;

// The numbers are stored.
enum class MoveKind : uint8_t {
  kEntered = 1,            // The customer became known to us.
  kOpportunityOpened = 2,  // Evidence: lifts to OPPORTUNITY.
  kOrderPlaced = 3,        // Evidence: the first lifts to ORDER, later ones to REPURCHASE.
  kManual = 4,             // Somebody moved the customer to `stage`.
};

struct Move {
  Id id;
  Id customer;
  MoveKind kind = MoveKind::kManual;
  Stage stage = Stage::kNone;  // Wanted; only used with kManual.
  std::string reason;
  std::string actor;
  Id cause;  // The opportunity or order; nil for the other kinds.
  std::optional<ExternalId> external_id;
  absl::Time event_time;
  absl::Time create_time;
  // Whose work it was when it was recorded, and of which team.
  std::optional<Id> representative;
  std::optional<Id> team;
  std::vector<std::string> overridden;  // What was missing when an administrator made it nevertheless.
};

// The end of what has not ended. The last day that DATETIME holds.
inline const absl::Time kForever = absl::FromCivil(absl::CivilDay(9999, 12, 31), absl::UTCTimeZone());

// What a move comes to, given the other moves of the customer. Everything that reports ask of one moment or
// one period is here, so that they read rows and never fold.
struct Step {
  // kNone: no transition, the customer stayed where they were.
  Direction direction = Direction::kNone;
  Stage from = Stage::kNone;
  Stage to = Stage::kNone;

  // How the customer stands after it …
  Stage stage = Stage::kNone;
  Stage furthest_stage = Stage::kNone;
  Stage lost_from_stage = Stage::kNone;
  int recycled_count = 0;
  absl::Time enter_time;
  // … and until when: the next transition, or kForever. Its own time when it is no transition.
  absl::Time until;
  int order_number = 0;  // Of kOrderPlaced: the customer's first, second, … order.

  // That it belongs to: responsible before it, or for the first one after it.
  Department department = Department::kNone;
  Department handed_to = Department::kNone;  // Another one, when it hands the customer over.
  // When it ends a stay in the stages of a department: since when that lasted.
  std::optional<absl::Time> stay_begin;
  // When it begins one: until when that lasts, and what ends it (kNone while it goes on).
  absl::Time stay_end = kForever;
  Direction stay_end_direction = Direction::kNone;

  friend bool operator==(const Step&, const Step&) = default;
};

struct Progress {
  Stage stage = Stage::kNone;
  Stage furthest_stage = Stage::kNone;   // Of TARGET to REPURCHASE.
  Stage lost_from_stage = Stage::kNone;  // When LOST: the stage on the way that was left.
  absl::Time stage_time;                 // Since when it is in `stage`.
  absl::Time enter_time;
  int recycled_count = 0;  // How often it moved back or came back.

  friend bool operator==(const Progress&, const Progress&) = default;
};

// The order that history is told in: of the same moment, the one that was recorded first (see NextMoveId).
bool Precedes(const Move& a, const Move& b);

// An id for a move that is recorded now and happened at `event_time`: it comes after those of the customer
// that are known to have happened at the same moment, whoever recorded them, on whichever replica.
Id NextMoveId(absl::Span<const Move> moves, absl::Time event_time, absl::Time now);

// Rises when Fold() comes to something else than before; journeys that were folded by an older one are folded
// anew.
constexpr int kFoldVersion = 1;

struct Folded {
  Progress progress;
  std::vector<Step> steps;  // One for each move.
};
// `moves` are in the order of Precedes().
Folded Fold(absl::Span<const Move> moves);

// What a move by hand would come to at its time, given all moves known (in order).
Step StepAt(absl::Span<const Move> moves, const Move& move);

// Whether a move by hand may be made at its time, given all moves known (in order): FAILED_PRECONDITION when
// it leads to the stage the customer was in, or when there is nothing to lose yet; INVALID_ARGUMENT at
// `reason_field` when a reason is required.
absl::Status CheckManualMove(absl::Span<const Move> moves, const Move& move, std::string_view reason_field);

// What customer-svc says of a customer.
struct KnownCustomer {
  Id id;
  int64_t version = 0;
  std::string display_name;
  std::string industry;
  std::optional<Id> owner;
  std::optional<Id> team;
  absl::Time create_time;  // Not stored: it becomes the ENTERED move.
  // Only the feed tells them; nullopt: not told.
  std::optional<std::vector<Id>> target_markets;
  // The name that it was asked for by, when that is one that was merged into it.
  std::optional<Id> alias;
};

// What customer-svc says of a representative.
struct KnownRepresentative {
  Id id;
  std::optional<Id> team;
  Department department = Department::kNone;
  bool manager = false;
};

struct Journey {
  Id customer;
  int64_t customer_version = 0;
  std::optional<Id> owner;
  std::optional<Id> team;
  Progress progress;
  int64_t version = 0;
};

// A move with what it came to, as it is stored.
struct StoredMove {
  Move move;
  Step step;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_DOMAIN_JOURNEY_H_
