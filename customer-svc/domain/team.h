#ifndef CUSTOMER_SVC_DOMAIN_TEAM_H_
#define CUSTOMER_SVC_DOMAIN_TEAM_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "customer-svc/domain/fields.h"
#include "customer-svc/domain/reference.h"
#include "servicekit/types/error.h"
#include "servicekit/types/id.h"

namespace clientele::customer {

enum class Department { kUnspecified = 0, kMarketing = 1, kSales = 2, kService = 3 };
enum class RepresentativeState { kUnspecified = 0, kActive = 1, kInactive = 2 };

// Teams nest.
struct Team {
  servicekit::Id id;
  std::string display_name;
  std::optional<servicekit::Id> parent;
  std::optional<ExternalId> external_id;
  int64_t version = 0;
  absl::Time create_time;
  absl::Time update_time;

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
  RepresentativeState state = RepresentativeState::kUnspecified;
  std::optional<ExternalId> external_id;
  int64_t version = 0;
  absl::Time create_time;
  absl::Time update_time;

  static constexpr auto Fields() {
    return std::make_tuple(Field{"display_name", &Representative::display_name},
                           Field{"department", &Representative::department},
                           Field{"team", &Representative::team}, Field{"manager", &Representative::manager},
                           Field{"state", &Representative::state},
                           Field{"external_id", &Representative::external_id});
  }
};

// What follows when nothing was said.
inline void SetDefaults(Team&) {}
inline void SetDefaults(Representative& representative) {
  if (representative.state == RepresentativeState::kUnspecified) {
    representative.state = RepresentativeState::kActive;
  }
}
void Check(servicekit::Violations& violations, std::string_view prefix, const Team& team);
void Check(servicekit::Violations& violations, std::string_view prefix, const Representative& representative);

// INVALID_ARGUMENT on `field` when a team would come to lie below itself. `below` is the team and all teams
// below it.
absl::Status CheckTeamParent(std::string_view field, servicekit::Id parent,
                             const absl::flat_hash_set<servicekit::Id>& below);

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_DOMAIN_TEAM_H_
