#ifndef SERVICEKIT_ACCESS_PRINCIPAL_H_
#define SERVICEKIT_ACCESS_PRINCIPAL_H_

#include <optional>
#include <string>
#include <vector>

#include "servicekit/types/id.h"

namespace servicekit {

enum class Role { kRepresentative, kManager, kAnalyst, kAdministrator, kService };
enum class Department { kNone, kMarketing, kSales, kService };

// Who makes a call, as a verified token says.
struct Principal {
  std::string subject;
  Role role = Role::kRepresentative;
  Department department = Department::kNone;
  std::optional<Id> representative;
  std::vector<Id> teams;
};

}  // namespace servicekit

#endif  // SERVICEKIT_ACCESS_PRINCIPAL_H_
