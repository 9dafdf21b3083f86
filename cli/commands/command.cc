#include "cli/commands/command.h"

#include <google/protobuf/util/json_util.h>

#include <iostream>

namespace clientele::cli {

void Session::PrintJson(const google::protobuf::Message& message, bool one_line) const {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = !one_line;
  options.always_print_primitive_fields = !one_line;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text, options).ok()) text = "{}";
  std::cout << text << (one_line ? "\n" : "") << std::flush;
}

void AddCommands(CLI::App& app, Command* chosen) {
  for (auto add : {AddImport,    AddSample,   AddFunnel,    AddDepartments, AddInbox,         AddPyramid,
                   AddMarkets,   AddRescore,  AddMigration, AddModels,      AddScore,         AddPolicies,
                   AddActions,   AddForecast, AddOrders,    AddProjects,    AddCompetitors,   AddCustomer,
                   AddWatch,     AddExport,   AddMerge,     AddAttributes,  AddTargetMarkets, AddHistory,
                   AddOwnership, AddKeys,     AddToken,     AddCreditLimit}) {
    add(app, chosen);
  }
}

}  // namespace clientele::cli
