#include "customer-svc/domain/team.h"

#include "customer-svc/domain/text.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {

void Check(servicekit::Violations& violations, std::string_view prefix, const Team& team) {
  CheckText(violations, servicekit::StrCat(prefix, "display_name"), team.display_name, 1, 255);
  if (team.external_id) Check(violations, servicekit::StrCat(prefix, "external_id"), *team.external_id);
}

void Check(servicekit::Violations& violations, std::string_view prefix,
           const Representative& representative) {
  const auto at = [&](std::string_view field) { return servicekit::StrCat(prefix, field); };
  CheckText(violations, at("display_name"), representative.display_name, 1, 255);
  if (representative.department < Department::kMarketing ||
      representative.department > Department::kService) {
    violations.Add(at("department"), "must be MARKETING, SALES or SERVICE");
  }
  if (representative.team.is_nil()) violations.Add(at("team"), "is required");
  if (representative.state < RepresentativeState::kUnspecified ||
      representative.state > RepresentativeState::kInactive) {
    violations.Add(at("state"), "must be ACTIVE or INACTIVE");
  }
  if (representative.external_id) Check(violations, at("external_id"), *representative.external_id);
}

absl::Status CheckTeamParent(std::string_view field, servicekit::Id parent,
                             const absl::flat_hash_set<servicekit::Id>& below) {
  if (!below.contains(parent)) return absl::OkStatus();
  return servicekit::InvalidField(field, "must not be the team itself or one below it");
}

}  // namespace clientele::customer
