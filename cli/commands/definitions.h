#ifndef CLIENTELE_CLI_COMMANDS_DEFINITIONS_H_
#define CLIENTELE_CLI_COMMANDS_DEFINITIONS_H_

#include <string>

#include "absl/status/status.h"
#include "cli/commands/command.h"

namespace clientele::cli {

// What a folder's records stand on: its attributes.jsonl and target_markets.jsonl, a definition a line, as
// `attributes list` and `target-markets list` print it with --output json. What is there already, by id or
// name, stays as it is. A dry run makes nothing, so it can only tell. INVALID_ARGUMENT as
// `attributes.jsonl:3: …`.
absl::Status ImportDefinitions(const std::string& folder, bool dry_run, Session& session);

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_COMMANDS_DEFINITIONS_H_
