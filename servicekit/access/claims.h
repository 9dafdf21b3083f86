#ifndef SERVICEKIT_ACCESS_CLAIMS_H_
#define SERVICEKIT_ACCESS_CLAIMS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "servicekit/access/principal.h"

namespace servicekit {

// What a token's payload says.
struct Claims {
  Principal principal;
  absl::Time issued;
  absl::Time not_before = absl::InfinitePast();
  absl::Time expires;
};

// UNAUTHENTICATED with a reason; the message is safe to show to the caller and to log.
absl::Status Unauthenticated(std::string_view reason, std::string_view message);

// Reads a payload whose signature was verified. UNAUTHENTICATED unless it is from one of `issuers`, for one
// of `audiences`, and tells of a principal. Times are read, not judged.
absl::StatusOr<Claims> ParseClaims(std::string_view payload, const std::vector<std::string>& issuers,
                                   const std::vector<std::string>& audiences);

std::string FormatClaims(const Claims& claims, std::string_view issuer, std::string_view audience);

// INVALID_ARGUMENT unless subject, role, representative and teams fit each other.
absl::Status CheckPrincipal(const Principal& principal);

// `administrator`, `sales`, …: the words in the claims. Empty for kNone.
std::string_view RoleName(Role role);
std::string_view DepartmentName(Department department);

}  // namespace servicekit

#endif  // SERVICEKIT_ACCESS_CLAIMS_H_
