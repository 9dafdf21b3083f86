#ifndef SERVICEKIT_ACCESS_PRINCIPAL_H_
#define SERVICEKIT_ACCESS_PRINCIPAL_H_

#include <optional>
#include <string>
#include <vector>

#include "servicekit/types/id.h"

namespace servicekit {

enum class Role { kRepresentative, kManager, kAnalyst, kAdministrator, kService };
enum class Department { kNone, kMarketing, kSales, kService };

// Who is calling, as a verified token says.
struct Principal {
  std::string subject;  // `representatives/01J…` for people of a sales team, else `users/<name>` or
                        // `services/<name>`.
  Role role = Role::kRepresentative;
  Department department = Department::kNone;
  std::optional<Id> representative;  // Set exactly when the subject is a representative.
  std::vector<Id> teams;             // Where a representative belongs, what a manager manages.

  friend bool operator==(const Principal&, const Principal&) = default;
};

}  // namespace servicekit

#endif  // SERVICEKIT_ACCESS_PRINCIPAL_H_
