#ifndef SERVICEKIT_TYPES_ID_H_
#define SERVICEKIT_TYPES_ID_H_

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace servicekit {

// A UUIDv7 (RFC 9562): time-ordered, so that inserts stay local in a B-tree and no allocator is shared. In
// text it is 26 characters of Crockford base32, as in `customers/01JD5R6X0QF3V9K2M4N8P7S1TA`; in MySQL it is
// BINARY(16).
class Id {
 public:
  static constexpr size_t kSize = 16;

  Id() = default;  // The nil id: never made by New(), used for "none".

  // A new id for something made at `now`. Ids of one thread made at the same millisecond rise.
  static Id New(absl::Time now);
  // INVALID_ARGUMENT unless `text` is 26 characters of Crockford base32 (lower case and look-alikes are
  // refused, so that a resource has one name only).
  static absl::StatusOr<Id> Parse(std::string_view text);
  // `bytes` must be 16 long.
  static absl::StatusOr<Id> FromBytes(std::string_view bytes);

  std::string ToString() const;
  std::string_view bytes() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }
  bool is_nil() const { return *this == Id(); }
  // The millisecond that New() was given.
  absl::Time time() const;

  friend auto operator<=>(const Id&, const Id&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const Id& id) {
    return H::combine(std::move(state), id.bytes_);
  }

 private:
  std::array<uint8_t, kSize> bytes_{};
};

}  // namespace servicekit

#endif  // SERVICEKIT_TYPES_ID_H_
