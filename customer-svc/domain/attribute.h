#ifndef CUSTOMER_SVC_DOMAIN_ATTRIBUTE_H_
#define CUSTOMER_SVC_DOMAIN_ATTRIBUTE_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "customer-svc/domain/fields.h"
#include "servicekit/types/error.h"
#include "servicekit/types/money.h"

// Fields of customers that a company defines for itself.
namespace clientele::customer {

enum class AttributeType { kUnspecified = 0, kText = 1, kNumber = 2, kDate = 3, kChoice = 4, kFlag = 5 };

struct Attribute {
  std::string id;  // `size_class`.
  std::string display_name;
  AttributeType type = AttributeType::kUnspecified;
  std::vector<std::string> choices;  // Of a kChoice.
  int64_t version = 0;
  absl::Time create_time;
  absl::Time update_time;

  static constexpr auto Fields() {
    return std::make_tuple(Field{"display_name", &Attribute::display_name}, Field{"type", &Attribute::type},
                           Field{"choices", &Attribute::choices});
  }
};

struct Choice {
  std::string value;
  friend bool operator==(const Choice&, const Choice&) = default;
};
// One customer's value, of the type that the attribute's definition says.
using AttributeValue = std::variant<std::string, servicekit::Decimal, absl::CivilDay, Choice, bool>;
// By the attribute's id.
using AttributeValues = std::map<std::string, AttributeValue>;
using AttributeDefinitions = absl::flat_hash_map<std::string, Attribute>;

constexpr size_t kMaxAttributes = 200;
// Before the id where a field of a customer is named.
inline constexpr std::string_view kAttributePrefix = "attributes.";

bool IsAttributeId(std::string_view id);
// Whether a filter names the attribute.
bool NamesAttribute(std::string_view filter, std::string_view id);
AttributeType TypeOf(const AttributeValue& value);

// Adds everything that is wrong with a definition, under field names that start with `prefix`.
void Check(servicekit::Violations& violations, std::string_view prefix, const Attribute& attribute);

// Adds everything that is wrong with a customer's values, under `field` and the attribute's id, as in
// `customer.attributes.size_class`.
void CheckAttributes(servicekit::Violations& violations, std::string_view field,
                     const AttributeValues& values, const AttributeDefinitions& definitions);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_DOMAIN_ATTRIBUTE_H_
