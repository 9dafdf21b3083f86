#ifndef CUSTOMER_SVC_DOMAIN_TEAM_H_
#define CUSTOMER_SVC_DOMAIN_TEAM_H_

#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "absl/time/time.h"
#include "customer-svc/domain/fields.h"
#include "customer-svc/domain/reference.h"
#include "servicekit/types/error.h"
#include "servicekit/types/id.h"

namespace clientele::customer {

enum class Department { kUnspecified = 0, kMarketing = 1, kSales = 2, kService = 3 };

// Teams nest; the parent is given when the team is made and stays.
struct Team {
  servicekit::Id id;
  std::string display_name;
  std::optional<servicekit::Id> parent;
  std::optional<ExternalId> external_id;
  absl::Time create_time;

  static constexpr auto Fields() {
    return std::make_tuple(Field{"display_name", &Team::display_name}, Field{"parent", &Team::parent},
                           Field{"external_id", &Team::external_id});
  }
};

// Someone who works with customers.
struct Representative {
  servicekit::Id id;
  std::string display_name;
  Department department = Department::kUnspecified;
  servicekit::Id team;
  bool manager = false;
  std::optional<ExternalId> external_id;
  absl::Time create_time;

  static constexpr auto Fields() {
    return std::make_tuple(Field{"display_name", &Representative::display_name},
                           Field{"department", &Representative::department},
                           Field{"team", &Representative::team}, Field{"manager", &Representative::manager},
                           Field{"external_id", &Representative::external_id});
  }
};

void Check(servicekit::Violations& violations, std::string_view prefix, const Team& team);
void Check(servicekit::Violations& violations, std::string_view prefix, const Representative& representative);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_DOMAIN_TEAM_H_
