#include "customer-svc/domain/target_market.h"

#include "customer-svc/domain/text.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {

void Check(servicekit::Violations& violations, std::string_view prefix, const TargetMarket& market) {
  const auto at = [&](std::string_view field) { return servicekit::StrCat(prefix, field); };
  CheckText(violations, at("display_name"), market.display_name, 1, 128);
  CheckText(violations, at("description"), market.description, 0, 1000);
  CheckText(violations, at("filter"), market.filter, 1, 4000);
  if (market.estimated_size < 0) violations.Add(at("estimated_size"), "must not be negative");
}

double Coverage(int64_t members, int64_t estimated_size) {
  return estimated_size == 0 ? 0 : static_cast<double>(members) / static_cast<double>(estimated_size);
}

}  // namespace clientele::customer
