#ifndef VALUE_SVC_DOMAIN_POLICY_H_
#define VALUE_SVC_DOMAIN_POLICY_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "value-svc/domain/score.h"

namespace clientele::value {

// The numbers are stored and are the contract's.
enum class Goal { kNone = 0, kAcquire = 1, kRetain = 2, kEnhance = 3 };
enum class Department { kNone = 0, kMarketing = 1, kSales = 2, kService = 3 };
enum class Stage {
  kNone = 0,
  kTarget = 1,
  kLead = 2,
  kOpportunity = 3,
  kOrder = 4,
  kRepurchase = 5,
  kLost = 6,
  kDormant = 7,
};

inline constexpr int64_t kUsualPriority = 100;

// When customers meet the condition, this is recommended. Every change makes another version.
struct Policy {
  Id id;
  std::string display_name;
  std::string condition;  // As the contract describes; read by the rpc layer.
  Goal goal = Goal::kNone;
  Department department = Department::kNone;
  std::string recommended_action;
  int64_t priority = kUsualPriority;
  bool disabled = false;
  int64_t version = 1;
  absl::Time update_time;
  std::string author;

  friend bool operator==(const Policy&, const Policy&) = default;
};

// The figures of a customer that conditions speak of.
struct Standing {
  Id customer;
  int64_t score_micros = 0;
  Stage stage = Stage::kNone;
  std::optional<int64_t> stage_days;
  Tier tier = Tier::kNone;
  Tier former_tier = Tier::kNone;
  std::optional<int64_t> tier_days;
  std::optional<int64_t> probability_alive_micros;
  std::optional<int64_t> days_since_order;
  std::optional<int64_t> days_since_interaction;
};

// Why something is recommended: the figures, in a sentence.
std::string Reason(const Standing& standing);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_POLICY_H_
