#ifndef SERVICEKIT_RPC_UUID_H_
#define SERVICEKIT_RPC_UUID_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace servicekit {

// The 16 bytes of a UUID in its usual text form (`550e8400-e29b-41d4-a716-446655440000`, any version, either
// case). INVALID_ARGUMENT naming `field` otherwise.
absl::StatusOr<std::string> ParseUuid(std::string_view field, std::string_view text);

// For a call to another service that is part of the one with this request_id: always the same UUID for the
// same `request_id` (a UUID in text) and purpose, so that a repeat of the whole repeats the part.
std::string DeriveUuid(std::string_view request_id, std::string_view purpose);

}  // namespace servicekit

#endif  // SERVICEKIT_RPC_UUID_H_
