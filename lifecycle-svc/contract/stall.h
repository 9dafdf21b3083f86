#ifndef LIFECYCLE_SVC_CONTRACT_STALL_H_
#define LIFECYCLE_SVC_CONTRACT_STALL_H_

#include <optional>
#include <string>
#include <utility>

#include <google/protobuf/field_mask.pb.h>

#include "absl/status/statusor.h"
#include "clientele/lifecycle/v1/stall_service.pb.h"
#include "lifecycle-svc/domain/stall.h"

namespace clientele::lifecycle {

v1::StallRule Encode(const StallRule& rule);
// `stallRules/lead-top`; nullopt for what names none.
std::optional<std::pair<Stage, Tier>> FindStallRule(const std::string& name);
// `current` with what `change` says: the fields of the mask, or without one those that are not 0.
absl::StatusOr<StallRule> MergeStallRule(const StallRule& current, const v1::StallRule& change,
                                         const google::protobuf::FieldMask& mask, std::string_view field);

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_CONTRACT_STALL_H_
