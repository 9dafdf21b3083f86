#ifndef VALUE_SVC_DOMAIN_ACTION_H_
#define VALUE_SVC_DOMAIN_ACTION_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "value-svc/domain/experiment/difference.h"
#include "value-svc/domain/policy.h"

namespace clientele::value {

inline constexpr int64_t kUsualHoldOutMicros = 200'000;
inline constexpr int64_t kMostActionCustomers = 100'000;
inline constexpr absl::Duration kLongestOutcome = absl::Hours(24 * 1000);

// Something done to customers, of whom some are held out to see what it brings. Never changed but for its
// cost.
struct Action {
  Id id;
  std::string display_name;
  Goal goal = Goal::kNone;
  Department department = Department::kNone;
  std::optional<Id> policy;
  std::string condition;  // That chose the customers.
  Decimal cost;
  int64_t hold_out_share_micros = kUsualHoldOutMicros;
  int64_t seed = 0;
  absl::Time outcome_start;
  absl::Time outcome_end;
  int64_t margin_micros = 0;  // 0: as measured.
  // All of them, whoever may see them.
  int64_t treated_count = 0;
  int64_t held_out_count = 0;
  // Of the treated, those who were merged into others since, and bring nothing of their own. Known only where
  // the store says so.
  int64_t merged_count = 0;
  absl::Time create_time;
  std::string author;
  int64_t version = 1;
};

// One customer of an action, with net order revenue.
struct ActionOutcome {
  bool held_out = false;
  int64_t score_micros = 0;  // When the action was planned.
  double result = 0;         // Within the outcome window.
  double before = 0;         // In as much time until the action was planned.
  double profit = 0;         // Of `result`, less the cost of the orders.
};

// The numbers are the contract's.
enum class Verdict { kNone = 0, kGain = 1, kLoss = 2, kInconclusive = 3, kSampleRatioMismatch = 4 };

struct ActionEffect {
  Verdict verdict = Verdict::kInconclusive;
  Arm treated, held_out;
  Difference difference;
  Difference adjusted;            // By CUPED where that helps; otherwise the same.
  double variance_reduction = 0;  // 0 where it does not help.
  SampleRatio sample_ratio;
  double uplift = 0;  // Over all treated.
  double margin = 0;
  double cost = 0;
  std::optional<double> incremental_return;
  double qini = 0;
  int64_t required_customers = 0;
};

// `customers` may be a part of the action's, those that somebody may see; they bear their part of the cost.
ActionEffect MeasureEffect(const Action& action, absl::Span<const ActionOutcome> customers);

// The verdict in a sentence, with amounts in `currency`.
std::string Explain(const ActionEffect& effect, const std::string& currency);

// What the treated among some of an action's customers cost: those who still count as themselves bear all of
// it.
double CostOf(const Action& action, int64_t treated_count);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_ACTION_H_
