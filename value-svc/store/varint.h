#ifndef VALUE_SVC_STORE_VARINT_H_
#define VALUE_SVC_STORE_VARINT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/numeric/int128.h"

// Numbers as bytes: seven bits in each, the lowest first; signed ones zigzag, so that small distances are
// short.
namespace clientele::value {

template <typename Unsigned>
void PutVarint(Unsigned value, std::string& out) {
  for (; value >= 0x80; value >>= 7) {
    out.push_back(static_cast<char>(static_cast<uint8_t>(value & 0x7f) | 0x80));
  }
  out.push_back(static_cast<char>(static_cast<uint8_t>(value)));
}

// Takes one off the front of `in`; false when it is cut short.
template <typename Unsigned>
bool TakeVarint(std::string_view& in, Unsigned& value) {
  value = 0;
  for (size_t shift = 0; shift < sizeof(Unsigned) * 8 && !in.empty(); shift += 7) {
    const uint8_t byte = static_cast<uint8_t>(in.front());
    in.remove_prefix(1);
    value |= Unsigned{byte & 0x7fu} << static_cast<int>(shift);
    if (byte < 0x80) return true;
  }
  return false;
}

inline uint64_t Zigzag(uint64_t value) { return (value << 1) ^ (value >> 63 ? ~uint64_t{0} : 0); }
inline uint64_t Unzigzag(uint64_t value) { return (value >> 1) ^ (value & 1 ? ~uint64_t{0} : 0); }
inline absl::uint128 Zigzag(absl::int128 value) {
  return (static_cast<absl::uint128>(value) << 1) ^ (value < 0 ? absl::Uint128Max() : absl::uint128(0));
}
inline absl::int128 Unzigzag(absl::uint128 value) {
  return static_cast<absl::int128>((value >> 1) ^ ((value & 1) != 0 ? absl::Uint128Max() : absl::uint128(0)));
}

}  // namespace clientele::value

#endif  // VALUE_SVC_STORE_VARINT_H_
