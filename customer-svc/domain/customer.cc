#include "customer-svc/domain/customer.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "customer-svc/domain/money.h"
#include "customer-svc/domain/text.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

using servicekit::StrCat;
using servicekit::Violations;

void CheckAddresses(Violations& violations, std::string_view field, const std::vector<Address>& addresses) {
  if (addresses.size() > 20) violations.Add(field, "must not be more than 20");
  for (size_t i = 0; i < addresses.size(); ++i) {
    const Address& address = addresses[i];
    const std::string at = StrCat(field, "[", i, "]");
    CheckText(violations, at + ".label", address.label, 0, 32);
    const std::string& region = address.region_code;
    if (!region.empty() &&
        !(region.size() == 2 && std::all_of(region.begin(), region.end(), absl::ascii_isupper))) {
      violations.Add(at + ".region_code", "must be two capital letters (ISO 3166-1), as in KR");
    }
    CheckText(violations, at + ".postal_code", address.postal_code, 0, 32);
    CheckText(violations, at + ".locality", address.locality, 0, 128);
    CheckText(violations, at + ".lines", address.lines, 0, 500);
  }
}

void CheckTags(Violations& violations, std::string_view field, const std::vector<std::string>& tags) {
  if (tags.size() > 50) violations.Add(field, "must not be more than 50");
  absl::flat_hash_set<std::string> seen;
  for (size_t i = 0; i < tags.size(); ++i) {
    const std::string at = StrCat(field, "[", i, "]");
    CheckText(violations, at, tags[i], 1, 64);
    if (!seen.insert(tags[i]).second) violations.Add(at, "must not be given twice");
  }
}

void CheckExternalIds(Violations& violations, std::string_view field, const std::vector<ExternalId>& ids) {
  if (ids.size() > 20) violations.Add(field, "must not be more than 20");
  absl::flat_hash_set<ExternalId> seen;
  for (size_t i = 0; i < ids.size(); ++i) {
    const std::string at = StrCat(field, "[", i, "]");
    Check(violations, at, ids[i]);
    if (!seen.insert(ids[i]).second) violations.Add(at, "must not be given twice");
  }
}

}  // namespace

void Check(Violations& violations, std::string_view prefix, const Customer& customer) {
  const auto at = [&](std::string_view field) { return StrCat(prefix, field); };
  CheckText(violations, at("display_name"), customer.display_name, 1, 255);
  if (customer.type != CustomerType::kOrganization && customer.type != CustomerType::kPerson) {
    violations.Add(at("type"), "must be ORGANIZATION or PERSON");
  }
  CheckText(violations, at("registration_number"), customer.registration_number, 0, 64);
  CheckText(violations, at("industry"), customer.industry, 0, 128);
  if (customer.employee_count < 0) violations.Add(at("employee_count"), "must not be negative");
  if (customer.annual_revenue) CheckMoney(violations, at("annual_revenue"), *customer.annual_revenue);
  if (customer.founded_year != 0 && (customer.founded_year < 1000 || customer.founded_year > 9999)) {
    violations.Add(at("founded_year"), "must be between 1000 and 9999, or 0 for \"not known\"");
  }
  CheckText(violations, at("source"), customer.source, 0, 128);
  CheckAddresses(violations, at("addresses"), customer.addresses);
  Check(violations, at("contact_points"), customer.contact_points);
  CheckTags(violations, at("tags"), customer.tags);
  CheckExternalIds(violations, at("external_ids"), customer.external_ids);
}

absl::Status CheckParents(std::string_view field, servicekit::Id customer,
                          const std::vector<servicekit::Id>& ancestors) {
  if (std::find(ancestors.begin(), ancestors.end(), customer) == ancestors.end()) return absl::OkStatus();
  return servicekit::InvalidField(field, "must not be the customer itself or one that belongs to it");
}

}  // namespace clientele::customer
