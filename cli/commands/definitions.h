#ifndef CLIENTELE_CLI_COMMANDS_DEFINITIONS_H_
#define CLIENTELE_CLI_COMMANDS_DEFINITIONS_H_

#include <string>

#include "absl/status/statusor.h"
#include "cli/commands/command.h"
#include "clientele/customer/v1/attribute_service.pb.h"

namespace clientele::cli {

// What a folder's records stand on: its attributes.jsonl and target_markets.jsonl, a definition a line, as
// `attributes list` and `target-markets list` print it with --output json. What is there already, by id or
// name, stays as it is. A dry run makes nothing and tells; the answer is the attributes that it would have
// made. INVALID_ARGUMENT as `attributes.jsonl:3: …`.
absl::StatusOr<customer::v1::ListAttributesResponse> ImportDefinitions(const std::string& folder,
                                                                       bool dry_run, Session& session);

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_COMMANDS_DEFINITIONS_H_
