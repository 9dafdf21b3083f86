// Keys and tokens for development; in production the company's identity provider has them.
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "cli/commands/command.h"
#include "cli/render/table.h"
#include "servicekit/access/api_key.h"
#include "servicekit/access/claims.h"
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

// Who a token or a key is to speak for.
struct WhoArguments {
  std::string subject, role, department, lifetime = "1h";
  std::vector<std::string> teams;
};
struct TokenArguments : WhoArguments {
  std::string key_file;
};
struct KeyArguments : WhoArguments {
  std::string file, note, id;
  std::vector<std::string> scopes;
};

absl::StatusOr<servicekit::Principal> ToPrincipal(const WhoArguments& arguments) {
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
  return principal;
}

absl::StatusOr<absl::Duration> ToLifetime(const WhoArguments& arguments) {
  absl::Duration lifetime;
  if (!absl::ParseDuration(arguments.lifetime, &lifetime) || lifetime <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError(
        StrCat("--lifetime ", arguments.lifetime, ": is not a duration such as 30m or 8760h"));
  }
  return lifetime;
}

void AddWhoOptions(CLI::App& command, WhoArguments& arguments) {
  command.add_option("--subject", arguments.subject, "representatives/…, users/NAME or services/NAME")
      ->required();
  command.add_option("--role", arguments.role, "What the subject may do")
      ->required()
      ->check(CLI::IsMember(kRoles));
  command.add_option("--department", arguments.department, "Where they work")
      ->check(CLI::IsMember(kDepartments));
  command.add_option("--team", arguments.teams,
                     "teams/…: where they belong, or what they manage; may be repeated");
  command.add_option("--lifetime", arguments.lifetime, "How long it is good for")->capture_default_str();
}

absl::Status IssueKey(const KeyArguments& arguments, Session&) {
  const absl::StatusOr<servicekit::Principal> principal = ToPrincipal(arguments);
  if (!principal.ok()) return principal.status();
  const absl::StatusOr<absl::Duration> lifetime = ToLifetime(arguments);
  if (!lifetime.ok()) return lifetime.status();
  servicekit::ApiKey key;
  key.note = arguments.note;
  key.principal = *principal;
  key.scopes = arguments.scopes;
  key.expires = absl::Now() + *lifetime;
  const absl::StatusOr<std::string> text = servicekit::AddApiKey(arguments.file, std::move(key), absl::Now());
  if (!text.ok()) return text.status();
  std::cout << *text << "\n";
  std::cerr << "It is shown this once: only its hash is kept. Send it as `x-api-key: " << text->substr(0, 15)
            << "…`.\n";
  return absl::OkStatus();
}

absl::Status ListKeys(const KeyArguments& arguments, Session& session) {
  const absl::StatusOr<std::vector<servicekit::ApiKey>> keys = servicekit::ReadApiKeys(arguments.file);
  if (!keys.ok()) return keys.status();
  Table table({{"id"}, {"speaks for"}, {"role"}, {"scopes"}, {"until"}, {"state"}, {"note"}});
  for (const servicekit::ApiKey& key : *keys) {
    const char* state = key.revoked ? "revoked" : key.expires <= absl::Now() ? "expired" : "in use";
    table.Add({key.id, key.principal.subject, std::string(servicekit::RoleName(key.principal.role)),
               absl::StrJoin(key.scopes, " "), absl::FormatTime("%Y-%m-%d", key.expires, absl::UTCTimeZone()),
               state, key.note});
  }
  std::cout << table.Draw(session.out);
  return absl::OkStatus();
}

absl::Status RevokeKey(const KeyArguments& arguments, Session&) {
  if (absl::Status revoked = servicekit::RevokeApiKey(arguments.file, arguments.id); !revoked.ok())
    return revoked;
  std::cout << "  " << arguments.id << " is revoked; gateways notice within a second\n";
  return absl::OkStatus();
}

absl::Status NewToken(const TokenArguments& arguments) {
  const absl::StatusOr<servicekit::Principal> principal = ToPrincipal(arguments);
  if (!principal.ok()) return principal.status();
  const absl::StatusOr<absl::Duration> lifetime = ToLifetime(arguments);
  if (!lifetime.ok()) return lifetime.status();
  auto signer = servicekit::TokenSigner::Open({.signing_key_file = arguments.key_file});
  if (!signer.ok()) return signer.status();
  auto token = (*signer)->Sign(*principal, *lifetime);
  if (!token.ok()) return token.status();
  std::cout << *token << "\n";
  return absl::OkStatus();
}

}  // namespace

void AddKeys(CLI::App& app, Command* chosen) {
  CLI::App* command = app.add_subcommand("keys", "Keys that sign and verify tokens, and API keys");
  command->require_subcommand(1);
  auto folder = std::make_shared<std::string>();
  CLI::App* make = command->add_subcommand("new", "Make a pair; a key that is there is never overwritten");
  make->add_option("FOLDER", *folder, "Where signing-key.pem and jwks.json go")->required();
  make->callback([=] { *chosen = [folder](Session&) { return NewKeys(*folder); }; });

  auto arguments = std::make_shared<KeyArguments>();
  arguments->lifetime = "8760h";
  const auto add = [&](const char* name, const char* what,
                       absl::Status (*run)(const KeyArguments&, Session&)) {
    CLI::App* sub = command->add_subcommand(name, what);
    sub->add_option("--file", arguments->file, "The file of API keys that the gateway has in --api_keys_file")
        ->required();
    sub->callback([=] { *chosen = [arguments, run](Session& session) { return run(*arguments, session); }; });
    return sub;
  };
  CLI::App* issue = add("issue", "Make an API key, and print it once", IssueKey);
  AddWhoOptions(*issue, *arguments);
  issue
      ->add_option("--scope", arguments->scopes,
                   "*, read, or an area with :read or :*, as in customer:read; may be repeated")
      ->required();
  issue->add_option("--note", arguments->note, "What it is for");
  add("list", "Show the API keys", ListKeys);
  add("revoke", "End an API key", RevokeKey)
      ->add_option("ID", arguments->id, "As `keys list` shows it")
      ->required();
}

void AddToken(CLI::App& app, Command* chosen) {
  auto arguments = std::make_shared<TokenArguments>();
  CLI::App* command = app.add_subcommand("token", "Sign an access token and print it");
  command->add_option("--key-file,--key", arguments->key_file, "signing-key.pem, as `keys new` makes it")
      ->required();
  AddWhoOptions(*command, *arguments);
  command->callback([=] { *chosen = [arguments](Session&) { return NewToken(*arguments); }; });
}

}  // namespace clientele::cli
