// clientele, the command line: all that people do from a terminal, through the gateway.
#include <unistd.h>

#include <CLI/CLI.hpp>

#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands/command.h"
#include "cli/connection/gateway.h"
#include "cli/import/kinds.h"
#include "cli/render/terminal.h"

int main(int argc, char** argv) {
  using namespace clientele::cli;

  CLI::App app(
      "Customers of a direct-sales team: bring them in, see the funnel and what each customer is worth.",
      "clientele");
  app.require_subcommand(1);
  app.fallthrough();  // --output may stand behind the subcommand, too.
  app.get_formatter()->column_width(34);

  GatewayOptions options;
  std::string output = "table";
  app.add_option("--address", options.address,
                 "The gateway's host:port; https:// or http:// before it ask with or without TLS (default: "
                 "with, unless "
                 "it is this machine)")
      ->capture_default_str()
      ->envname("CLIENTELE_ADDRESS");
  app.add_option("--ca-file", options.ca_file,
                 "Certificates (PEM) that the gateway's must be signed by; default: the system's")
      ->envname("CLIENTELE_CA_FILE");
  app.add_option("--token-file", options.token_file,
                 "File with an access token; default: the development sign-in")
      ->envname("CLIENTELE_TOKEN_FILE");
  app.add_option("--output", output, "table or json")
      ->capture_default_str()
      ->check(CLI::IsMember({"table", "json"}));

  Command chosen;
  AddCommands(app, &chosen);
  app.failure_message([](const CLI::App* failed, const CLI::Error& error) {
    std::string text = CLI::FailureMessage::simple(failed, error);
    if (failed->get_subcommands().empty() && !failed->remaining().empty()) {
      std::vector<std::string_view> commands;
      for (const CLI::App* command : failed->get_subcommands(nullptr))
        commands.push_back(command->get_name());
      const std::string unknown = failed->remaining().front();
      text = "There is no command `" + unknown + "`; " + Suggest(unknown, commands) + "\n";
    }
    return text;
  });
  if (argc == 1) {
    std::cout << app.help();
    return 0;
  }
  CLI11_PARSE(app, argc, argv);

  Gateway gateway(options);
  Session session{gateway, output == "json", Terminal::Detect(STDOUT_FILENO),
                  Terminal::Detect(STDERR_FILENO)};
  const absl::Status done = chosen(session);
  if (done.ok()) return 0;
  std::cerr << gateway.Explain(done) << "\n";
  return 1;
}
