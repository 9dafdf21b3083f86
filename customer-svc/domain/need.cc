#include "customer-svc/domain/need.h"

#include "customer-svc/domain/money.h"
#include "customer-svc/domain/text.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {

void SetDefaults(Need& need, const std::optional<servicekit::Id>& /*caller*/) {
  if (need.state == NeedState::kUnspecified) need.state = NeedState::kOpen;
}

void Check(servicekit::Violations& violations, std::string_view prefix, const Need& need) {
  const auto at = [&](std::string_view field) { return servicekit::StrCat(prefix, field); };
  CheckText(violations, at("description"), need.description, 1, 1000);
  CheckText(violations, at("product_interest"), need.product_interest, 0, 255);
  if (need.quantity < 0) violations.Add(at("quantity"), "must not be negative");
  if (need.budget) CheckMoney(violations, at("budget"), *need.budget);
  if (need.decision_date && (need.decision_date->year() < 1000 || need.decision_date->year() > 9999)) {
    violations.Add(at("decision_date"), "must lie between the years 1000 and 9999");
  }
  if (need.urgency < Urgency::kUnspecified || need.urgency > Urgency::kHigh) {
    violations.Add(at("urgency"), "must be LOW, MEDIUM or HIGH");
  }
  if (need.state < NeedState::kOpen || need.state > NeedState::kWithdrawn) {
    violations.Add(at("state"), "must be OPEN, MET or WITHDRAWN");
  }
  if (need.external_id) Check(violations, at("external_id"), *need.external_id);
}

}  // namespace clientele::customer
