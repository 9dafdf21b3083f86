#ifndef SERVICEKIT_ACCESS_ROW_RULE_H_
#define SERVICEKIT_ACCESS_ROW_RULE_H_

#include "absl/status/status.h"
#include "servicekit/access/principal.h"
#include "servicekit/mysql/sql.h"

// Who sees and changes what, in one place. The rules become part of each statement's WHERE, so that a list, a
// count and an aggregate cannot differ. Every schema has the same two tables for them: the customers with
// owner and team, and `team_tree (ancestor_id, descendant_id)`, the closure of nested teams (each team is its
// own descendant).
namespace servicekit {

// The columns of the customer's row that the rules look at.
struct RowColumns {
  SqlText owner_id;
  SqlText team_id;
};

// A condition in parentheses that is true for the rows `principal` may read. Representative: their own and
// their teams' pool (no owner). Manager: their teams and those below. Analyst, administrator, service: all.
Sql MayRead(const Principal& principal, const RowColumns& columns);
// The same for changing; false for an analyst.
Sql MayWrite(const Principal& principal, const RowColumns& columns);

// PERMISSION_DENIED unless the principal may write at all (an analyst changes nothing).
absl::Status CheckMayWrite(const Principal& principal);
// PERMISSION_DENIED unless administrator (or a service).
absl::Status CheckAdministrator(const Principal& principal);
// PERMISSION_DENIED unless administrator, analyst or a service.
absl::Status CheckReadsAll(const Principal& principal);

}  // namespace servicekit

#endif  // SERVICEKIT_ACCESS_ROW_RULE_H_
