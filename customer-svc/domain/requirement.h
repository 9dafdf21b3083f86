#ifndef CUSTOMER_SVC_DOMAIN_REQUIREMENT_H_
#define CUSTOMER_SVC_DOMAIN_REQUIREMENT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "customer-svc/domain/contact.h"
#include "customer-svc/domain/customer.h"
#include "customer-svc/domain/fields.h"
#include "customer-svc/domain/interaction.h"
#include "customer-svc/domain/stage.h"
#include "customer-svc/domain/team.h"
#include "servicekit/types/error.h"

// What a stage asks for, and how complete a customer is by it. Whether one piece is known is for the store to
// find out, for many customers in one statement; what follows from that is decided here.
namespace clientele::customer {

// A field of the customer that can be set is filled, or one of its custom attributes.
struct FieldKnown {
  std::string field;
  friend bool operator==(const FieldKnown&, const FieldKnown&) = default;
};
// The customer or one of its contacts can be reached in one of these ways.
struct ContactPointKnown {
  std::vector<ContactPointKind> kinds;
  friend bool operator==(const ContactPointKnown&, const ContactPointKnown&) = default;
};
// A contact in one of these roles; none: any contact.
struct ContactKnown {
  std::vector<BuyingRole> buying_roles;
  friend bool operator==(const ContactKnown&, const ContactKnown&) = default;
};
// A need that is not withdrawn.
struct NeedKnown {
  bool open = false;
  bool with_budget = false;
  bool with_decision_date = false;
  bool with_product_interest = false;
  bool with_quantity = false;
  friend bool operator==(const NeedKnown&, const NeedKnown&) = default;
};
// An interaction held at most `within_days` ago, 0: at any time; by one of these channels, none: any.
struct InteractionHeld {
  int32_t within_days = 0;
  std::vector<Channel> channels;
  friend bool operator==(const InteractionHeld&, const InteractionHeld&) = default;
};
using Condition =
    std::variant<std::monostate, FieldKnown, ContactPointKnown, ContactKnown, NeedKnown, InteractionHeld>;

struct Requirement {
  std::string id;
  std::string description;
  Department supplier = Department::kUnspecified;
  int32_t weight = 0;
  CustomerType customer_type = CustomerType::kUnspecified;  // Unspecified: asked of all.
  Condition condition;

  friend bool operator==(const Requirement&, const Requirement&) = default;
};

struct RequirementSet {
  Stage stage = Stage::kUnspecified;
  std::vector<Requirement> requirements;
  int64_t version = 0;
  absl::Time update_time;

  static constexpr auto Fields() {
    return std::make_tuple(Field{"requirements", &RequirementSet::requirements});
  }
};

// Adds everything that is wrong with the set, under field names that start with `prefix`.
void Check(servicekit::Violations& violations, std::string_view prefix, const RequirementSet& set);

// Whether this requirement is put to customers of that type.
inline bool IsAsked(const Requirement& requirement, CustomerType type) {
  return requirement.customer_type == CustomerType::kUnspecified || requirement.customer_type == type;
}

// How much of what a stage asks for is known of one customer.
struct Completeness {
  struct Missing {
    const Requirement* requirement;
    double share;  // Its part of the weights that are asked for.
  };
  double share = 1;              // 0 to 1; 1 when nothing is asked for.
  std::vector<Missing> missing;  // Heaviest first, then as the set has them.
};

// `known[i]` says whether what `requirements[i]` asks for is known of the customer; both have the same size.
Completeness Assess(const std::vector<Requirement>& requirements, CustomerType type,
                    const std::vector<bool>& known);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_DOMAIN_REQUIREMENT_H_
