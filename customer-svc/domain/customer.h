#ifndef CUSTOMER_SVC_DOMAIN_CUSTOMER_H_
#define CUSTOMER_SVC_DOMAIN_CUSTOMER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "customer-svc/domain/attribute.h"
#include "customer-svc/domain/contact_point.h"
#include "customer-svc/domain/fields.h"
#include "customer-svc/domain/reference.h"
#include "servicekit/types/error.h"
#include "servicekit/types/id.h"
#include "servicekit/types/money.h"

namespace clientele::customer {

enum class CustomerType { kUnspecified = 0, kOrganization = 1, kPerson = 2 };

struct Address {
  std::string label;
  std::string region_code;
  std::string postal_code;
  std::string locality;
  std::string lines;

  friend bool operator==(const Address&, const Address&) = default;
};

// An organization or a person that we sell, or want to sell, to. What each field may hold is said in the
// contract.
struct Customer {
  servicekit::Id id;
  std::string display_name;
  CustomerType type = CustomerType::kUnspecified;
  std::string registration_number;
  std::string industry;
  int64_t employee_count = 0;
  std::optional<servicekit::Money> annual_revenue;
  int32_t founded_year = 0;
  std::string source;
  std::vector<Address> addresses;
  std::vector<ContactPoint> contact_points;
  std::optional<servicekit::Id> parent;
  std::vector<std::string> tags;
  std::vector<ExternalId> external_ids;
  std::optional<servicekit::Id> owner;
  std::optional<servicekit::Id> team;
  AttributeValues attributes;
  int64_t version = 0;
  absl::Time create_time;
  absl::Time update_time;

  static constexpr auto Fields() {
    return std::make_tuple(
        Field{"display_name", &Customer::display_name}, Field{"type", &Customer::type},
        Field{"registration_number", &Customer::registration_number}, Field{"industry", &Customer::industry},
        Field{"employee_count", &Customer::employee_count},
        Field{"annual_revenue", &Customer::annual_revenue}, Field{"founded_year", &Customer::founded_year},
        Field{"source", &Customer::source}, Field{"addresses", &Customer::addresses},
        Field{"contact_points", &Customer::contact_points}, Field{"parent", &Customer::parent},
        Field{"tags", &Customer::tags}, Field{"external_ids", &Customer::external_ids},
        Field{"owner", &Customer::owner}, Field{"team", &Customer::team},
        Field{"attributes", &Customer::attributes});
  }
};

// Adds everything that is wrong with the customer, under field names that start with `prefix`, as in
// `customer.`. Custom attributes are for CheckAttributes, which needs their definitions.
void Check(servicekit::Violations& violations, std::string_view prefix, const Customer& customer);

// INVALID_ARGUMENT when `customer` would come to belong to itself. `ancestors` are the new parent and all
// above it.
absl::Status CheckParents(std::string_view field, servicekit::Id customer,
                          const std::vector<servicekit::Id>& ancestors);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_DOMAIN_CUSTOMER_H_
