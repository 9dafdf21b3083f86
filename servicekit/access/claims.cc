#include "servicekit/access/claims.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <nlohmann/json.hpp>

#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace servicekit {
namespace {

using Json = nlohmann::json;

constexpr std::pair<Role, std::string_view> kRoles[] = {{Role::kRepresentative, "representative"},
                                                        {Role::kManager, "manager"},
                                                        {Role::kAnalyst, "analyst"},
                                                        {Role::kAdministrator, "administrator"},
                                                        {Role::kService, "service"}};
constexpr std::pair<Department, std::string_view> kDepartments[] = {
    {Department::kMarketing, "marketing"}, {Department::kSales, "sales"}, {Department::kService, "service"}};
constexpr size_t kMaxTeams = 1000;
constexpr size_t kMaxNameBytes = 200;

absl::Status Malformed(std::string_view message) { return Unauthenticated("TOKEN_CLAIMS_INVALID", message); }

// Only text that is there as text; anything else is as if it were absent.
std::string_view Text(const Json& claims, const char* name) {
  const auto it = claims.find(name);
  if (it == claims.end() || !it->is_string()) return {};
  return it->get_ref<const std::string&>();
}

// NumericDate may have a fraction. The bound keeps the conversion defined: the year 31,688.
absl::StatusOr<absl::Time> NumericDate(const Json& value) {
  if (!value.is_number()) return Malformed("the token's times are not numbers");
  const double seconds = value.get<double>();
  if (!std::isfinite(seconds) || std::abs(seconds) > 1e12)
    return Malformed("the token's times are out of range");
  return absl::UnixEpoch() + absl::Seconds(seconds);
}

bool IsOneOf(std::string_view name, const std::vector<std::string>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsFor(const Json& claims, const std::vector<std::string>& audiences) {
  const auto it = claims.find("aud");
  if (it == claims.end()) return false;
  if (it->is_string()) return IsOneOf(it->get_ref<const std::string&>(), audiences);
  if (!it->is_array()) return false;
  for (const Json& one : *it) {
    if (one.is_string() && IsOneOf(one.get_ref<const std::string&>(), audiences)) return true;
  }
  return false;
}

absl::StatusOr<Principal> ParsePrincipal(const Json& claims) {
  Principal principal;
  principal.subject = Text(claims, "sub");
  bool known = false;
  for (const auto& [role, name] : kRoles) {
    if (name == Text(claims, "role")) principal.role = role, known = true;
  }
  if (!known) return Malformed("the token has no known role");
  if (const auto it = claims.find("department"); it != claims.end() && !it->is_null()) {
    known = false;
    for (const auto& [department, name] : kDepartments) {
      if (name == Text(claims, "department")) principal.department = department, known = true;
    }
    if (!known) return Malformed("the token's department is not a known one");
  }
  if (principal.subject.starts_with("representatives/")) {
    const absl::StatusOr<Id> id = ParseName("sub", "representatives", principal.subject);
    if (!id.ok()) return Malformed("the token's subject is not a representative's name");
    principal.representative = *id;
  }
  if (const auto it = claims.find("teams"); it != claims.end() && !it->is_null()) {
    if (!it->is_array() || it->size() > kMaxTeams)
      return Malformed("the token's teams are not a list of teams");
    for (const Json& team : *it) {
      if (!team.is_string()) return Malformed("the token's teams are not a list of teams");
      const absl::StatusOr<Id> id = ParseName("teams", "teams", team.get_ref<const std::string&>());
      if (!id.ok()) return Malformed("the token's teams are not a list of teams");
      principal.teams.push_back(*id);
    }
  }
  if (!CheckPrincipal(principal).ok()) return Malformed("the token's subject and role do not fit each other");
  return principal;
}

}  // namespace

absl::Status Unauthenticated(std::string_view reason, std::string_view message) {
  return WithReason(absl::UnauthenticatedError(ToAbsl(message)), reason);
}

absl::StatusOr<Claims> ParseClaims(std::string_view payload, const std::vector<std::string>& issuers,
                                   const std::vector<std::string>& audiences) {
  const Json json = Json::parse(payload, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return Malformed("the token's payload is not a JSON object");
  if (!IsOneOf(Text(json, "iss"), issuers))
    return Unauthenticated("TOKEN_ISSUER", "the token is from another issuer");
  if (!IsFor(json, audiences)) return Unauthenticated("TOKEN_AUDIENCE", "the token is for another audience");
  Claims claims;
  const auto expires = json.find("exp");
  if (expires == json.end()) return Malformed("the token has no expiry time");
  absl::StatusOr<absl::Time> time = NumericDate(*expires);
  if (!time.ok()) return time.status();
  claims.expires = *time;
  if (const auto it = json.find("nbf"); it != json.end()) {
    if (time = NumericDate(*it); !time.ok()) return time.status();
    claims.not_before = *time;
  }
  if (const auto it = json.find("iat"); it != json.end()) {
    if (time = NumericDate(*it); !time.ok()) return time.status();
    claims.issued = *time;
  }
  absl::StatusOr<Principal> principal = ParsePrincipal(json);
  if (!principal.ok()) return principal.status();
  claims.principal = *std::move(principal);
  return claims;
}

std::string FormatClaims(const Claims& claims, std::string_view issuer, std::string_view audience) {
  Json json = {{"iss", issuer},
               {"sub", claims.principal.subject},
               {"aud", audience},
               {"iat", absl::ToUnixSeconds(claims.issued)},
               {"exp", absl::ToUnixSeconds(claims.expires)},
               {"role", RoleName(claims.principal.role)}};
  if (claims.not_before != absl::InfinitePast()) json["nbf"] = absl::ToUnixSeconds(claims.not_before);
  if (claims.principal.department != Department::kNone) {
    json["department"] = DepartmentName(claims.principal.department);
  }
  json["teams"] = Json::array();
  for (const Id& team : claims.principal.teams) json["teams"].push_back(NameOf("teams", team));
  return json.dump();
}

absl::Status CheckPrincipal(const Principal& principal) {
  const std::string_view subject = principal.subject;
  if (principal.representative.has_value()) {
    if (subject != NameOf("representatives", *principal.representative)) {
      return InvalidField("subject", "is not the representative's name");
    }
  } else {
    const bool service = subject.starts_with("services/");
    if (!service && !subject.starts_with("users/")) {
      return InvalidField("subject", "must be `representatives/{id}`, `users/{name}` or `services/{name}`");
    }
    const std::string_view name = subject.substr(subject.find('/') + 1);
    bool printable = !name.empty() && name.size() <= kMaxNameBytes;
    for (const unsigned char c : name) printable = printable && c > ' ' && c != 0x7f && c != '/';
    if (!printable)
      return InvalidField("subject", "must be one name of 1 to 200 bytes without spaces or slashes");
    if (principal.role == Role::kRepresentative) {
      return InvalidField("role", "a representative's subject is `representatives/{id}`");
    }
    if (service != (principal.role == Role::kService)) {
      return InvalidField("role", "`services/{name}` and the role of a service go together");
    }
    return absl::OkStatus();
  }
  if (principal.role == Role::kService) return InvalidField("role", "a representative is not a service");
  return absl::OkStatus();
}

std::string_view RoleName(Role role) {
  for (const auto& [value, name] : kRoles) {
    if (value == role) return name;
  }
  return {};
}

std::string_view DepartmentName(Department department) {
  for (const auto& [value, name] : kDepartments) {
    if (value == department) return name;
  }
  return {};
}

}  // namespace servicekit
