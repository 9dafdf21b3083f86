#include "value-svc/rpc/policy_messages.h"

#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/request_check.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "value-svc/rpc/condition.h"

namespace clientele::value {
namespace {

constexpr int64_t kLowestPriority = 1000;

}  // namespace

v1::Policy Encode(const Policy& policy) {
  v1::Policy message;
  message.set_name(servicekit::NameOf("policies", policy.id));
  message.set_display_name(policy.display_name);
  message.set_condition(policy.condition);
  message.set_goal(static_cast<v1::Goal>(policy.goal));
  message.set_department(static_cast<clientele::type::v1::Department>(policy.department));
  message.set_recommended_action(policy.recommended_action);
  message.set_priority(static_cast<int32_t>(policy.priority));
  message.set_disabled(policy.disabled);
  message.set_version(policy.version);
  message.set_etag(servicekit::EtagOf(policy.version));
  *message.mutable_update_time() = servicekit::ToProto(policy.update_time);
  message.set_author(policy.author);
  return message;
}

absl::StatusOr<Policy> Decode(const v1::Policy& message) {
  servicekit::Violations violations;
  servicekit::CheckLength(violations, "policy.display_name", message.display_name(), 200);
  servicekit::CheckLength(violations, "policy.condition", message.condition(), 2000);
  servicekit::CheckLength(violations, "policy.recommended_action", message.recommended_action(), 1000);
  if (message.display_name().empty()) violations.Add("policy.display_name", "must not be empty");
  if (message.recommended_action().empty()) violations.Add("policy.recommended_action", "must not be empty");
  if (message.goal() == v1::GOAL_UNSPECIFIED || !v1::Goal_IsValid(message.goal())) {
    violations.Add("policy.goal", "must be ACQUIRE, RETAIN or ENHANCE");
  }
  if (message.department() == 0 || !clientele::type::v1::Department_IsValid(message.department())) {
    violations.Add("policy.department", "must be MARKETING, SALES or SERVICE");
  }
  if (message.priority() < 0 || message.priority() > kLowestPriority) {
    violations.Add("policy.priority", "must be between 1 and 1,000, or 0 for 100");
  }
  if (message.condition().empty()) {
    violations.Add("policy.condition", "must not be empty: it would recommend the same to everybody");
  } else {
    violations.Add("policy.condition",
                   CompileCondition("policy.condition", message.condition(), absl::UnixEpoch()).status());
  }
  if (!violations.empty()) return violations.status();
  Policy policy;
  policy.display_name = message.display_name();
  policy.condition = message.condition();
  policy.goal = static_cast<Goal>(message.goal());
  policy.department = static_cast<Department>(message.department());
  policy.recommended_action = message.recommended_action();
  policy.priority = message.priority() == 0 ? kUsualPriority : message.priority();
  policy.disabled = message.disabled();
  return policy;
}

v1::Recommendation Encode(const Policy& policy, const Standing& standing) {
  v1::Recommendation message;
  message.set_customer(servicekit::NameOf("customers", standing.customer));
  message.set_policy(servicekit::NameOf("policies", policy.id));
  message.set_policy_version(policy.version);
  message.set_policy_display_name(policy.display_name);
  message.set_goal(static_cast<v1::Goal>(policy.goal));
  message.set_department(static_cast<clientele::type::v1::Department>(policy.department));
  message.set_recommended_action(policy.recommended_action);
  message.set_reason(Reason(standing));
  message.set_stage(static_cast<clientele::type::v1::Stage>(standing.stage));
  message.set_tier(static_cast<v1::Tier>(standing.tier));
  message.set_former_tier(static_cast<v1::Tier>(standing.former_tier));
  message.set_score_micros(standing.score_micros);
  return message;
}

}  // namespace clientele::value
