// Keys and tokens for development; in production the company's identity provider has them.
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>

#include "absl/strings/match.h"
#include "absl/time/time.h"
#include "cli/commands/command.h"
#include "servicekit/access/token.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

using servicekit::StrCat;

const std::map<std::string, servicekit::Role> kRoles = {{"representative", servicekit::Role::kRepresentative},
                                                        {"manager", servicekit::Role::kManager},
                                                        {"analyst", servicekit::Role::kAnalyst},
                                                        {"administrator", servicekit::Role::kAdministrator},
                                                        {"service", servicekit::Role::kService}};
const std::map<std::string, servicekit::Department> kDepartments = {
    {"marketing", servicekit::Department::kMarketing},
    {"sales", servicekit::Department::kSales},
    {"service", servicekit::Department::kService}};

absl::Status NewKeys(const std::string& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return absl::InvalidArgumentError(StrCat(folder, ": ", failed.message()));
  if (absl::Status made = servicekit::NewSigningKey(folder); !made.ok()) return made;
  std::cout << "  " << folder << "/signing-key.pem  signs tokens: keep it to yourself\n"
            << "  " << folder
            << "/jwks.json        verifies them: give it to the processes with --jwks_file\n";
  return absl::OkStatus();
}

struct TokenArguments {
  std::string key_file, subject, role, department, lifetime = "1h";
  std::vector<std::string> teams;
};

absl::Status NewToken(const TokenArguments& arguments) {
  servicekit::Principal principal;
  principal.subject = arguments.subject;
  principal.role = kRoles.at(arguments.role);
  if (!arguments.department.empty()) principal.department = kDepartments.at(arguments.department);
  if (absl::StartsWith(arguments.subject, "representatives/")) {
    auto id = servicekit::ParseName("--subject", "representatives", arguments.subject);
    if (!id.ok()) return id.status();
    principal.representative = *id;
  }
  for (const std::string& team : arguments.teams) {
    auto id = servicekit::ParseName("--team", "teams", team);
    if (!id.ok()) return id.status();
    principal.teams.push_back(*id);
  }
  absl::Duration lifetime;
  if (!absl::ParseDuration(arguments.lifetime, &lifetime) || lifetime <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError(
        StrCat("--lifetime ", arguments.lifetime, ": is not a duration such as 30m or 8760h"));
  }
  auto signer = servicekit::TokenSigner::Open({.signing_key_file = arguments.key_file});
  if (!signer.ok()) return signer.status();
  auto token = (*signer)->Sign(principal, lifetime);
  if (!token.ok()) return token.status();
  std::cout << *token << "\n";
  return absl::OkStatus();
}

}  // namespace

void AddKeys(CLI::App& app, Command* chosen) {
  CLI::App* command = app.add_subcommand("keys", "Keys that sign and verify tokens");
  command->require_subcommand(1);
  auto folder = std::make_shared<std::string>();
  CLI::App* make = command->add_subcommand("new", "Make a pair; a key that is there is never overwritten");
  make->add_option("FOLDER", *folder, "Where signing-key.pem and jwks.json go")->required();
  make->callback([=] { *chosen = [folder](Session&) { return NewKeys(*folder); }; });
}

void AddToken(CLI::App& app, Command* chosen) {
  auto arguments = std::make_shared<TokenArguments>();
  CLI::App* command = app.add_subcommand("token", "Sign an access token and print it");
  command->add_option("--key-file,--key", arguments->key_file, "signing-key.pem, as `keys new` makes it")
      ->required();
  command->add_option("--subject", arguments->subject, "representatives/…, users/NAME or services/NAME")
      ->required();
  command->add_option("--role", arguments->role, "What the subject may do")
      ->required()
      ->check(CLI::IsMember(kRoles));
  command->add_option("--department", arguments->department, "Where they work")
      ->check(CLI::IsMember(kDepartments));
  command->add_option("--team", arguments->teams,
                      "teams/…: where they belong, or what they manage; may be repeated");
  command->add_option("--lifetime", arguments->lifetime, "How long it is good for")->capture_default_str();
  command->callback([=] { *chosen = [arguments](Session&) { return NewToken(*arguments); }; });
}

}  // namespace clientele::cli
