#ifndef SERVICEKIT_RPC_UUID_H_
#define SERVICEKIT_RPC_UUID_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace servicekit {

// The 16 bytes of a UUID in its usual text form (`550e8400-e29b-41d4-a716-446655440000`, any version, either
// case). INVALID_ARGUMENT naming `field` otherwise.
absl::StatusOr<std::string> ParseUuid(std::string_view field, std::string_view text);

}  // namespace servicekit

#endif  // SERVICEKIT_RPC_UUID_H_
