#ifndef SERVICEKIT_RPC_UUID_H_
#define SERVICEKIT_RPC_UUID_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace servicekit {

// The 16 bytes of a UUID in its usual text form (`550e8400-e29b-41d4-a716-446655440000`, any version, either
// case). INVALID_ARGUMENT naming `field` otherwise.
absl::StatusOr<std::string> ParseUuid(std::string_view field, std::string_view text);

// Always the same UUID for the same `base` (a UUID in text, or empty) and purpose: for a call to another
// service that is part of the one with the request_id `base`, so that a repeat of the whole repeats the part.
std::string DeriveUuid(std::string_view base, std::string_view purpose);

}  // namespace servicekit

#endif  // SERVICEKIT_RPC_UUID_H_
