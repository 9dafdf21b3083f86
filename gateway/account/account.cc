#include "gateway/account/account.h"

#include "servicekit/access/claims.h"
#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"

namespace clientele::gateway {
namespace {

using servicekit::Department;
using servicekit::Role;

constexpr std::pair<Role, v1::Account::Role> kRoles[] = {
    {Role::kRepresentative, v1::Account::REPRESENTATIVE},
    {Role::kManager, v1::Account::MANAGER},
    {Role::kAnalyst, v1::Account::ANALYST},
    {Role::kAdministrator, v1::Account::ADMINISTRATOR},
    {Role::kService, v1::Account::SERVICE},
};
constexpr std::pair<Department, v1::Account::Department> kDepartments[] = {
    {Department::kNone, v1::Account::DEPARTMENT_UNSPECIFIED},
    {Department::kMarketing, v1::Account::MARKETING},
    {Department::kSales, v1::Account::SALES},
    {Department::kService, v1::Account::CUSTOMER_SERVICE},
};

}  // namespace

v1::Account ToAccount(const servicekit::Principal& principal) {
  v1::Account account;
  account.set_subject(principal.subject);
  for (const auto& [own, shown] : kRoles) {
    if (own == principal.role) account.set_role(shown);
  }
  for (const auto& [own, shown] : kDepartments) {
    if (own == principal.department) account.set_department(shown);
  }
  for (const servicekit::Id& team : principal.teams) account.add_teams(servicekit::NameOf("teams", team));
  return account;
}

absl::StatusOr<servicekit::Principal> ToPrincipal(const v1::Account& account) {
  servicekit::Violations violations;
  servicekit::Principal principal;
  principal.subject = account.subject();
  bool known = false;
  for (const auto& [own, shown] : kRoles) {
    if (shown == account.role()) principal.role = own, known = true;
  }
  if (!known) violations.Add("account.role", "is required");
  for (const auto& [own, shown] : kDepartments) {
    if (shown == account.department()) principal.department = own;
  }
  if (principal.subject.starts_with("representatives/")) {
    const auto id = servicekit::ParseName("account.subject", "representatives", principal.subject);
    if (!id.ok()) return id.status();
    principal.representative = *id;
  }
  for (int i = 0; i < account.teams_size(); ++i) {
    const auto id = servicekit::ParseName(absl::StrCat("account.teams[", i, "]"), "teams", account.teams(i));
    if (id.ok()) {
      principal.teams.push_back(*id);
    } else {
      violations.Add("account.teams", id.status());
    }
  }
  if (!violations.empty()) return violations.status();
  const absl::Status valid = servicekit::CheckPrincipal(principal);
  if (!valid.ok()) return servicekit::UnderField(valid, "account.");
  return principal;
}

}  // namespace clientele::gateway
