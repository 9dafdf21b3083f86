#ifndef CLIENTELE_CLI_COMMANDS_FEED_LINE_H_
#define CLIENTELE_CLI_COMMANDS_FEED_LINE_H_

#include <string>

#include "cli/render/terminal.h"
#include "clientele/type/v1/feed.pb.h"

namespace clientele::cli {

// Position, time, customer, and what happened, in one line. Events of a kind that is not known here are
// named.
std::string FeedLine(const type::v1::FeedEntry& entry, const Terminal& terminal);

}  // namespace clientele::cli

#endif  // CLIENTELE_CLI_COMMANDS_FEED_LINE_H_
