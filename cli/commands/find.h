#ifndef CLIENTELE_CLI_COMMANDS_FIND_H_
#define CLIENTELE_CLI_COMMANDS_FIND_H_

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "cli/connection/gateway.h"
#include "clientele/customer/v1/customer.pb.h"

// Things as people name them: by resource name (`teams/01J…`), by another system's identifier (`crm:Isdom`),
// or by what they are called. NOT_FOUND says what was looked for; FAILED_PRECONDITION lists them when several
// are called so.
namespace clientele::cli {

absl::StatusOr<std::string> FindTeam(Gateway& gateway, const std::string& text);
absl::StatusOr<std::string> FindProduct(Gateway& gateway, const std::string& text);
absl::StatusOr<std::string> FindRepresentative(Gateway& gateway, const std::string& text);
absl::StatusOr<customer::v1::Customer> FindCustomer(Gateway& gateway, const std::string& text);

// What teams and representatives are called, by their names; of those that the caller may see.
absl::StatusOr<std::map<std::string, std::string>> FindStaff(Gateway& gateway);

// `display_name = "…"`, with quotes and backslashes made harmless.
std::string EqualsFilter(std::string_view field, std::string_view value);

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_COMMANDS_FIND_H_
