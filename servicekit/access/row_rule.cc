#include "servicekit/access/row_rule.h"

#include <vector>

namespace servicekit {
namespace {

Sql Everything() { return Sql("(1 = 1)"); }
Sql Nothing() { return Sql("(1 = 0)"); }

Sql TeamList(const std::vector<Id>& teams) { return Sql::List({teams.begin(), teams.end()}); }

// What a representative or a manager reaches. There is no row that one of them may read but not change.
Sql WithinReach(const Principal& principal, const RowColumns& columns) {
  if (principal.role == Role::kManager) {
    if (principal.teams.empty()) return Nothing();
    return Sql("(") + Sql(columns.team_id) +
           Sql(" IN (SELECT descendant_id FROM team_tree WHERE ancestor_id IN ") + TeamList(principal.teams) +
           Sql("))");
  }
  std::vector<Sql> reach;
  if (principal.representative.has_value()) {
    reach.push_back(Sql(columns.owner_id) + Sql(" = ?", {*principal.representative}));
  }
  if (!principal.teams.empty()) {
    reach.push_back(Sql("(") + Sql(columns.owner_id) + Sql(" IS NULL AND ") + Sql(columns.team_id) +
                    Sql(" IN ") + TeamList(principal.teams) + Sql(")"));
  }
  if (reach.empty()) return Nothing();
  return Sql("(") + Sql::Join(reach, " OR ") + Sql(")");
}

}  // namespace

Sql MayRead(const Principal& principal, const RowColumns& columns) {
  switch (principal.role) {
    case Role::kAnalyst:
    case Role::kAdministrator:
    case Role::kService:
      return Everything();
    case Role::kRepresentative:
    case Role::kManager:
      return WithinReach(principal, columns);
  }
  return Nothing();
}

Sql MayWrite(const Principal& principal, const RowColumns& columns) {
  return principal.role == Role::kAnalyst ? Nothing() : MayRead(principal, columns);
}

absl::Status CheckMayWrite(const Principal& principal) {
  if (principal.role != Role::kAnalyst) return absl::OkStatus();
  return absl::PermissionDeniedError("an analyst reads everything and changes nothing");
}

absl::Status CheckAdministrator(const Principal& principal) {
  if (principal.role == Role::kAdministrator || principal.role == Role::kService) return absl::OkStatus();
  return absl::PermissionDeniedError("only an administrator may do this");
}

absl::Status CheckReadsAll(const Principal& principal) {
  if (principal.role == Role::kAnalyst) return absl::OkStatus();
  return CheckAdministrator(principal).ok()
             ? absl::OkStatus()
             : absl::PermissionDeniedError("only those who may read everything may read this");
}

}  // namespace servicekit
