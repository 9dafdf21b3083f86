#include "lifecycle-svc/contract/stall.h"

#include "absl/strings/ascii.h"
#include "lifecycle-svc/contract/values.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/field_mask.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {
namespace {

std::string StallRuleName(Stage stage, Tier tier) {
  return absl::AsciiStrToLower(std::string(NameOf(stage))) + "-" +
         absl::AsciiStrToLower(std::string(NameOf(tier)));
}

}  // namespace

v1::StallRule Encode(const StallRule& rule) {
  v1::StallRule message;
  message.set_name(servicekit::StrCat("stallRules/", StallRuleName(rule.stage, rule.tier)));
  message.set_stage(static_cast<type::v1::Stage>(rule.stage));
  message.set_tier(static_cast<value::v1::Tier>(rule.tier));
  message.set_stalled_after_days(rule.stalled_after_days);
  message.set_representative_days(rule.representative_days);
  message.set_manager_days(rule.manager_days);
  message.set_reassignment_days(rule.reassignment_days);
  message.set_recycle_days(rule.recycle_days);
  message.set_etag(servicekit::EtagOf(rule.version));
  return message;
}

std::optional<std::pair<Stage, Tier>> FindStallRule(const std::string& name) {
  for (Stage stage = Stage::kTarget; IsOnTheWay(stage);
       stage = static_cast<Stage>(static_cast<int>(stage) + 1)) {
    for (int tier = 0; tier < kTierCount; ++tier) {
      if (name == "stallRules/" + StallRuleName(stage, static_cast<Tier>(tier))) {
        return std::pair(stage, static_cast<Tier>(tier));
      }
    }
  }
  return std::nullopt;
}

absl::StatusOr<StallRule> MergeStallRule(const StallRule& current, const v1::StallRule& change,
                                         const google::protobuf::FieldMask& mask, std::string_view field) {
  v1::StallRule merged = Encode(current);
  const absl::Status status = servicekit::ApplyMask(mask, change, &merged);
  if (!status.ok()) return status;
  StallRule next = current;
  next.stalled_after_days = merged.stalled_after_days();
  next.representative_days = merged.representative_days();
  next.manager_days = merged.manager_days();
  next.reassignment_days = merged.reassignment_days();
  next.recycle_days = merged.recycle_days();
  Violations violations;
  CheckStallRule(violations, field, next);
  if (!violations.empty()) return violations.status();
  return next;
}

}  // namespace clientele::lifecycle
