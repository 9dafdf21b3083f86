#include "customer-svc/domain/attribute.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "customer-svc/domain/names.h"
#include "customer-svc/domain/text.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

using servicekit::StrCat;
using servicekit::Violations;

constexpr size_t kMaxChoices = 200;

void CheckChoices(Violations& violations, const std::string& field, const Attribute& attribute) {
  if (attribute.type != AttributeType::kChoice) {
    if (!attribute.choices.empty()) violations.Add(field, "must be empty unless the type is CHOICE");
    return;
  }
  if (attribute.choices.empty() || attribute.choices.size() > kMaxChoices) {
    violations.Add(field, StrCat("must be 1 to ", kMaxChoices));
  }
  absl::flat_hash_set<std::string> seen;
  for (size_t i = 0; i < attribute.choices.size(); ++i) {
    const std::string at = StrCat(field, "[", i, "]");
    CheckText(violations, at, attribute.choices[i], 1, 64);
    if (!seen.insert(attribute.choices[i]).second) violations.Add(at, "must not be given twice");
  }
}

// What is wrong with a value of the right type.
struct CheckValue {
  Violations& violations;
  const std::string& at;
  const Attribute& attribute;

  void operator()(const std::string& text) const { CheckText(violations, at, text, 1, 255); }
  void operator()(servicekit::Decimal number) const {
    if (!number.InRange()) violations.Add(at, "must have at most 14 digits before the point");
  }
  void operator()(absl::CivilDay day) const {
    if (day.year() < 1000 || day.year() > 9999) {
      violations.Add(at, "must lie between the years 1000 and 9999");
    }
  }
  void operator()(const Choice& choice) const {
    const auto& choices = attribute.choices;
    if (std::find(choices.begin(), choices.end(), choice.value) != choices.end()) return;
    std::string names;
    for (const std::string& each : choices) servicekit::StrAppend(&names, names.empty() ? "" : ", ", each);
    violations.Add(at, StrCat("must be one of: ", names));
  }
  void operator()(bool) const {}
};

}  // namespace

bool IsAttributeId(std::string_view id) {
  return !id.empty() && id.size() <= 63 && absl::ascii_islower(static_cast<unsigned char>(id[0])) &&
         std::all_of(id.begin(), id.end(), [](unsigned char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
         });
}

bool NamesAttribute(std::string_view filter, std::string_view id) {
  const std::string name = StrCat(kAttributePrefix, id);
  for (size_t at = filter.find(name); at != filter.npos; at = filter.find(name, at + 1)) {
    const size_t end = at + name.size();
    if (end == filter.size() ||
        !(absl::ascii_isalnum(static_cast<unsigned char>(filter[end])) || filter[end] == '_')) {
      return true;
    }
  }
  return false;
}

AttributeType TypeOf(const AttributeValue& value) { return static_cast<AttributeType>(value.index() + 1); }

void Check(Violations& violations, std::string_view prefix, const Attribute& attribute) {
  CheckText(violations, StrCat(prefix, "display_name"), attribute.display_name, 1, 128);
  if (attribute.type < AttributeType::kText || attribute.type > AttributeType::kFlag) {
    violations.Add(StrCat(prefix, "type"), "must be TEXT, NUMBER, DATE, CHOICE or FLAG");
  }
  CheckChoices(violations, StrCat(prefix, "choices"), attribute);
}

void CheckAttributes(Violations& violations, std::string_view field, const AttributeValues& values,
                     const AttributeDefinitions& definitions) {
  for (const auto& [id, value] : values) {
    const std::string at = StrCat(field, ".", id);
    const auto definition = definitions.find(id);
    if (definition == definitions.end()) {
      violations.Add(at, "there is no such attribute");
    } else if (definition->second.type != TypeOf(value)) {
      violations.Add(at, StrCat("must be a ", Name(definition->second.type)));
    } else {
      std::visit(CheckValue{violations, at, definition->second}, value);
    }
  }
}

}  // namespace clientele::customer
