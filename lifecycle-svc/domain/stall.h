#ifndef LIFECYCLE_SVC_DOMAIN_STALL_H_
#define LIFECYCLE_SVC_DOMAIN_STALL_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "lifecycle-svc/domain/stage.h"
#include "servicekit/types/error.h"

// Customers who stand still: nobody has been in contact with them, and nothing has moved, for longer than the
// rule of their stage and tier allows.
namespace clientele::lifecycle {

// As value-svc tells it; the numbers are those of its contract, and are stored. kNone: not scored yet.
enum class Tier : uint8_t { kNone = 0, kTop = 1, kBig = 2, kMedium = 3, kSmall = 4, kInactive = 5 };
constexpr int kTierCount = 6;
std::string_view NameOf(Tier tier);

// How far a standstill has been escalated. The numbers are stored.
enum class StallLevel : uint8_t {
  kNone = 0,
  kRepresentative = 1,
  kManager = 2,
  kReassignment = 3,
  kRecycled = 4,  // Given back to the team's pool.
};
constexpr int kStallLevelCount = 5;

// A row of the policy, which an administrator edits. Days after `stalled_after_days` count from the moment
// that the customer stands still.
struct StallRule {
  Stage stage = Stage::kNone;
  Tier tier = Tier::kNone;
  int stalled_after_days = 0;  // 0: never.
  int representative_days = 3;
  int manager_days = 5;
  int reassignment_days = 7;
  int recycle_days = 0;  // 0: never.
  int64_t version = 0;

  friend bool operator==(const StallRule&, const StallRule&) = default;
};

// Violations under `field` unless the days are 0 to 3,650 and escalation does not go back.
void CheckStallRule(servicekit::Violations& violations, std::string_view field, const StallRule& rule);

// When a customer who is quiet since then begins to stand still; nullopt: never.
std::optional<absl::Time> StalledFrom(const StallRule& rule, absl::Time quiet_since);
// By when a customer must have been quiet to have reached a level at `now`; nullopt: nobody reaches it.
std::optional<absl::Time> QuietBefore(const StallRule& rule, StallLevel level, absl::Time now);
// How far a standstill of that length may be escalated at `now`.
StallLevel LevelAt(const StallRule& rule, absl::Time quiet_since, absl::Time now);
// By when a customer must have come to `level` to go on to the next one at `now`: each level has the days
// between the two to answer, however late the standstill became known. Whenever it was at kNone, where nobody
// is asked; nullopt: none goes on.
std::optional<absl::Time> AskedBefore(const StallRule& rule, StallLevel level, absl::Time now);
// The level after `level`, which it has been at since `level_time`: at once down to what LevelAt() says, and
// up by one only.
StallLevel NextLevel(const StallRule& rule, StallLevel level, absl::Time level_time, absl::Time quiet_since,
                     absl::Time now);

// What is asked of whom, in words; without the customer's name, which the reader sees beside it.
std::string AskFor(StallLevel level, Stage stage, absl::Time quiet_since, absl::Time now);

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_DOMAIN_STALL_H_
