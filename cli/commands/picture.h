#ifndef CLIENTELE_CLI_COMMANDS_PICTURE_H_
#define CLIENTELE_CLI_COMMANDS_PICTURE_H_

#include <string>

#include "absl/status/statusor.h"
#include "cli/connection/gateway.h"
#include "cli/render/terminal.h"
#include "clientele/gateway/v1/customer360_service.pb.h"

// The whole picture of one customer.
namespace clientele::cli {

struct Picture {
  gateway::v1::Customer360 known;
  std::string owner, team, parent;  // What they are called.
};

absl::StatusOr<Picture> FetchPicture(Gateway& gateway, const customer::v1::Customer& customer);
std::string Draw(const Picture& picture, const Terminal& terminal);

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_COMMANDS_PICTURE_H_
