#include "servicekit/types/id.h"

#include <algorithm>
#include <cstring>

#include "absl/numeric/int128.h"
#include "absl/random/random.h"

namespace servicekit {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr size_t kTextSize = 26;  // 130 bits: the first character holds three.

absl::uint128 ToInteger(const std::array<uint8_t, Id::kSize>& bytes) {
  absl::uint128 value = 0;
  for (uint8_t byte : bytes) value = (value << 8) | byte;
  return value;
}

std::array<uint8_t, Id::kSize> ToBytes(absl::uint128 value) {
  std::array<uint8_t, Id::kSize> bytes;
  for (size_t i = bytes.size(); i-- > 0; value >>= 8)
    bytes[i] = static_cast<uint8_t>(absl::Uint128Low64(value));
  return bytes;
}

}  // namespace

Id Id::New(absl::Time now) {
  thread_local absl::BitGen random;
  thread_local int64_t last_ms = 0;
  thread_local uint16_t sequence = 0;  // rand_a of RFC 9562, used as a counter (method 1).
  const int64_t ms = std::max<int64_t>(0, absl::ToUnixMillis(now));
  if (ms != last_ms) {
    last_ms = ms;
    sequence = absl::Uniform<uint16_t>(random, 0, 0x800);
  } else {
    sequence = (sequence + 1) & 0xFFF;
  }
  const uint64_t high = (static_cast<uint64_t>(ms) << 16) | 0x7000 | sequence;
  const uint64_t low = (absl::Uniform<uint64_t>(random) >> 2) | (uint64_t{1} << 63);
  Id id;
  id.bytes_ = ToBytes(absl::MakeUint128(high, low));
  return id;
}

absl::StatusOr<Id> Id::Parse(std::string_view text) {
  const absl::Status refused =
      absl::InvalidArgumentError("an id is 26 characters of 0-9 and A-Z without I, L, O, U");
  if (text.size() != kTextSize || text[0] > '7') return refused;
  absl::uint128 value = 0;
  for (char c : text) {
    const size_t digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) return refused;
    value = (value << 5) | digit;
  }
  Id id;
  id.bytes_ = ToBytes(value);
  return id;
}

absl::StatusOr<Id> Id::FromBytes(std::string_view bytes) {
  if (bytes.size() != kSize) return absl::InvalidArgumentError("an id is 16 bytes");
  Id id;
  std::memcpy(id.bytes_.data(), bytes.data(), kSize);
  return id;
}

std::string Id::ToString() const {
  absl::uint128 value = ToInteger(bytes_);
  std::string text(kTextSize, '0');
  for (size_t i = kTextSize; i-- > 0; value >>= 5) text[i] = kAlphabet[absl::Uint128Low64(value) & 31];
  return text;
}

absl::Time Id::time() const {
  return absl::FromUnixMillis(static_cast<int64_t>(absl::Uint128High64(ToInteger(bytes_)) >> 16));
}

}  // namespace servicekit
