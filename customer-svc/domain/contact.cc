#include "customer-svc/domain/contact.h"

#include "customer-svc/domain/text.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {

void Check(servicekit::Violations& violations, std::string_view prefix, const Contact& contact) {
  const auto at = [&](std::string_view field) { return servicekit::StrCat(prefix, field); };
  CheckText(violations, at("display_name"), contact.display_name, 1, 255);
  CheckText(violations, at("job_title"), contact.job_title, 0, 128);
  if (contact.buying_role < BuyingRole::kUnspecified || contact.buying_role > BuyingRole::kSponsor) {
    violations.Add(at("buying_role"), "must be one of the known roles");
  }
  Check(violations, at("contact_points"), contact.contact_points);
  if (contact.external_id) Check(violations, at("external_id"), *contact.external_id);
}

}  // namespace clientele::customer
