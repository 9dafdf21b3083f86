#ifndef GATEWAY_FUZZ_WIRE_H_
#define GATEWAY_FUZZ_WIRE_H_

#include <string>
#include <string_view>

#include "gateway/fuzz/echo_door.h"

namespace clientele::gateway::fuzz {

// Sends the bytes over a connection of its own, `piece` at a time, and returns what came back until the
// gateway closed it, or was made to. Everything happens on this thread.
std::string Talk(EchoDoor& door, std::string_view bytes, size_t piece);

}  // namespace clientele::gateway::fuzz

#endif  // GATEWAY_FUZZ_WIRE_H_
