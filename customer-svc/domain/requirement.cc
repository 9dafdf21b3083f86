#include "customer-svc/domain/requirement.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "customer-svc/domain/text.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

using servicekit::StrCat;
using servicekit::Violations;

constexpr size_t kMaxRequirements = 50;

bool IsCustomerField(std::string_view name) {
  if (name.starts_with(kAttributePrefix)) return IsAttributeId(name.substr(kAttributePrefix.size()));
  bool found = false;
  ForEachField<Customer>([&](const auto& field) { found = found || field.name == name; });
  return found;
}

std::string CustomerFieldNames() {
  std::string names;
  ForEachField<Customer>(
      [&](const auto& field) { servicekit::StrAppend(&names, names.empty() ? "" : ", ", field.name); });
  return names;
}

// A list of enum values from `least` to `most`, each once.
template <typename Enum>
void CheckEach(Violations& violations, std::string_view field, const std::vector<Enum>& values, Enum least,
               Enum most) {
  absl::flat_hash_set<Enum> seen;
  for (size_t i = 0; i < values.size(); ++i) {
    const std::string at = StrCat(field, "[", i, "]");
    if (values[i] < least || values[i] > most) violations.Add(at, "is not one of the values there are");
    if (!seen.insert(values[i]).second) violations.Add(at, "must not be given twice");
  }
}

struct CheckCondition {
  Violations& violations;
  std::string at;  // `requirement_set.requirements[2].`

  void operator()(std::monostate) const {
    violations.Add(at + "condition", "is required: one of field, contact_point, contact, need, interaction");
  }
  void operator()(const FieldKnown& known) const {
    if (IsCustomerField(known.field)) return;
    violations.Add(at + "field",
                   StrCat("is no field of a customer; there are attributes.… and: ", CustomerFieldNames()));
  }
  void operator()(const ContactPointKnown& known) const {
    if (known.kinds.empty()) violations.Add(at + "contact_point.kinds", "must be at least one");
    CheckEach(violations, at + "contact_point.kinds", known.kinds, ContactPointKind::kEmail,
              ContactPointKind::kMessenger);
  }
  void operator()(const ContactKnown& known) const {
    CheckEach(violations, at + "contact.buying_roles", known.buying_roles, BuyingRole::kEconomicBuyer,
              BuyingRole::kSponsor);
  }
  void operator()(const NeedKnown&) const {}
  void operator()(const InteractionHeld& held) const {
    if (held.within_days < 0 || held.within_days > 3650) {
      violations.Add(at + "interaction.within_days", "must be 0 to 3650");
    }
    CheckEach(violations, at + "interaction.channels", held.channels, Channel::kCall, Channel::kNote);
  }
};

bool IsRequirementId(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](unsigned char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
  });
}

void CheckOne(Violations& violations, const std::string& at, const Requirement& requirement) {
  if (!IsRequirementId(requirement.id)) {
    violations.Add(at + "id", "must be 1 to 64 characters of a to z, 0 to 9 and _");
  }
  CheckText(violations, at + "description", requirement.description, 1, 255);
  if (requirement.supplier < Department::kMarketing || requirement.supplier > Department::kService) {
    violations.Add(at + "supplier", "must be MARKETING, SALES or SERVICE");
  }
  if (requirement.weight < 1 || requirement.weight > 1000) {
    violations.Add(at + "weight", "must be 1 to 1000");
  }
  if (requirement.customer_type < CustomerType::kUnspecified ||
      requirement.customer_type > CustomerType::kPerson) {
    violations.Add(at + "customer_type", "must be ORGANIZATION, PERSON or TYPE_UNSPECIFIED");
  }
  std::visit(CheckCondition{violations, at}, requirement.condition);
}

}  // namespace

void Check(Violations& violations, std::string_view prefix, const RequirementSet& set) {
  const std::string field = StrCat(prefix, "requirements");
  if (set.requirements.size() > kMaxRequirements) {
    violations.Add(field, StrCat("must not be more than ", kMaxRequirements));
  }
  absl::flat_hash_set<std::string> seen;
  for (size_t i = 0; i < set.requirements.size(); ++i) {
    const std::string at = StrCat(field, "[", i, "].");
    CheckOne(violations, at, set.requirements[i]);
    if (!seen.insert(set.requirements[i].id).second) violations.Add(at + "id", "must not be given twice");
  }
}

Completeness Assess(const std::vector<Requirement>& requirements, CustomerType type,
                    const std::vector<bool>& known) {
  int64_t asked = 0, met = 0;
  Completeness result;
  for (size_t i = 0; i < requirements.size(); ++i) {
    if (!IsAsked(requirements[i], type)) continue;
    asked += requirements[i].weight;
    if (known[i]) {
      met += requirements[i].weight;
    } else {
      result.missing.push_back({&requirements[i], 0});
    }
  }
  if (asked == 0) return result;
  result.share = static_cast<double>(met) / static_cast<double>(asked);
  for (Completeness::Missing& missing : result.missing) {
    missing.share = static_cast<double>(missing.requirement->weight) / static_cast<double>(asked);
  }
  std::stable_sort(result.missing.begin(), result.missing.end(), [](const auto& a, const auto& b) {
    return a.requirement->weight > b.requirement->weight;
  });
  return result;
}

}  // namespace clientele::customer
