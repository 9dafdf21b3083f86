#ifndef CLIENTELE_CLI_COMMANDS_COMMAND_H_
#define CLIENTELE_CLI_COMMANDS_COMMAND_H_

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "cli/connection/gateway.h"
#include "cli/render/terminal.h"
#include "google/protobuf/message.h"

namespace clientele::cli {

// What every command is given.
struct Session {
  Gateway& gateway;
  bool json = false;
  Terminal out;  // The standard output.
  Terminal err;  // The error output, where progress goes.

  // Prints the message as JSON, in the form that the HTTP interface has.
  void PrintJson(const google::protobuf::Message& message, bool one_line = false) const;
};

using Command = std::function<absl::Status(Session&)>;

// Each adds its subcommand to the app. The chosen one puts what it does into `chosen`.
void AddImport(CLI::App& app, Command* chosen);
void AddSample(CLI::App& app, Command* chosen);
void AddFunnel(CLI::App& app, Command* chosen);
void AddDepartments(CLI::App& app, Command* chosen);
void AddInbox(CLI::App& app, Command* chosen);
void AddPyramid(CLI::App& app, Command* chosen);
void AddMarkets(CLI::App& app, Command* chosen);
void AddRescore(CLI::App& app, Command* chosen);
void AddMigration(CLI::App& app, Command* chosen);
void AddModels(CLI::App& app, Command* chosen);
void AddScore(CLI::App& app, Command* chosen);
void AddPolicies(CLI::App& app, Command* chosen);
void AddActions(CLI::App& app, Command* chosen);
void AddForecast(CLI::App& app, Command* chosen);
void AddOrders(CLI::App& app, Command* chosen);
void AddCompetitors(CLI::App& app, Command* chosen);
void AddProjects(CLI::App& app, Command* chosen);
void AddCustomer(CLI::App& app, Command* chosen);
void AddCreditLimit(CLI::App& app, Command* chosen);
void AddWatch(CLI::App& app, Command* chosen);
void AddExport(CLI::App& app, Command* chosen);
void AddMerge(CLI::App& app, Command* chosen);
void AddHistory(CLI::App& app, Command* chosen);
void AddAttributes(CLI::App& app, Command* chosen);
void AddTargetMarkets(CLI::App& app, Command* chosen);
void AddOwnership(CLI::App& app, Command* chosen);
void AddKeys(CLI::App& app, Command* chosen);
void AddToken(CLI::App& app, Command* chosen);
// All of these.
void AddCommands(CLI::App& app, Command* chosen);

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_COMMANDS_COMMAND_H_
