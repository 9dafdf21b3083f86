#ifndef LIFECYCLE_SVC_DOMAIN_REQUIREMENT_H_
#define LIFECYCLE_SVC_DOMAIN_REQUIREMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "lifecycle-svc/domain/stage.h"
#include "servicekit/types/id.h"

// What stands between a customer and a stage: conditions on their deals, which are decided here, and what
// must be known of them, which customer-svc tells.
namespace clientele::lifecycle {

using servicekit::Id;

// One thing that is missing, and who supplies it.
struct MissingItem {
  std::string requirement;  // Stable, for programs.
  std::string description;  // A sentence.
  Department supplier = Department::kNone;
  double share = 0;  // Of the stage's weights; 0 for conditions.
};

// What customer-svc says of a customer and a stage.
struct Completeness {
  double share = 1;
  std::vector<MissingItem> missing;
};

// The numbers are stored.
enum class ConditionKind : uint8_t {
  kOpenOpportunity = 1,
  kOpportunityAmount = 2,
  kOpportunityCloseDate = 3,
  kPlacedOrder = 4,
  kSecondOrder = 5,
};

// `open_opportunity`, …
std::string_view RequirementOf(ConditionKind kind);
std::string_view DescriptionOf(ConditionKind kind);
std::optional<ConditionKind> FindCondition(std::string_view requirement);

// A row of the policy, which an administrator edits: which stage asks for it.
struct StageCondition {
  ConditionKind kind = ConditionKind::kOpenOpportunity;
  Stage stage = Stage::kNone;
  Department supplier = Department::kNone;
  bool enforced = true;
  int64_t version = 0;
};

// What conditions ask of a customer's deals.
struct DealFacts {
  // Of the open opportunity that is told most of.
  bool open_opportunity = false;
  bool has_amount = false;
  bool has_close_date = false;
  int orders = 0;  // Placed and not cancelled.

  // Counts an opportunity that is being opened.
  void AddOpportunity(bool with_amount, bool with_close_date);
};

// The conditions of the stage that are not met, in the order of `conditions`.
std::vector<MissingItem> UnmetConditions(absl::Span<const StageCondition> conditions, Stage stage,
                                         const DealFacts& facts);

// FAILED_PRECONDITION with one violation for each; OK when there are none.
absl::Status CheckNothingMissing(Id customer, Stage stage, absl::Span<const MissingItem> missing);

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_DOMAIN_REQUIREMENT_H_
