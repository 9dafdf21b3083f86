#ifndef LIFECYCLE_SVC_DOMAIN_DEPARTMENT_H_
#define LIFECYCLE_SVC_DOMAIN_DEPARTMENT_H_

#include <optional>

#include "lifecycle-svc/domain/funnel.h"
#include "lifecycle-svc/domain/stage.h"
#include "servicekit/types/id.h"

namespace clientele::lifecycle {

// How finely the work of departments is told apart.
enum class DepartmentLevel { kDepartment = 1, kTeam = 2, kRepresentative = 3 };

// Whose work it was: team and representative only as finely as asked for, and absent for nobody's.
struct DepartmentKey {
  Department department = Department::kNone;
  std::optional<servicekit::Id> team;
  std::optional<servicekit::Id> representative;

  friend auto operator<=>(const DepartmentKey&, const DepartmentKey&) = default;
};

struct DepartmentCounts {
  int64_t transitions = 0;
  int64_t handed_over = 0;
  int64_t bounced = 0;
  int64_t pending = 0;
  int64_t lost = 0;
  int64_t repurchases = 0;
  int64_t served_repurchases = 0;  // Of them, those that followed finished service work.
  Histogram dwell_hours;           // Of the stays that ended.

  // What was neither sent back nor is still open was kept.
  int64_t accepted() const { return handed_over - bounced - pending; }
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_DOMAIN_DEPARTMENT_H_
