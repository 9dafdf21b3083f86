#include "servicekit/rpc/uuid.h"

#include "servicekit/types/error.h"

namespace servicekit {
namespace {

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

absl::StatusOr<std::string> ParseUuid(std::string_view field, std::string_view text) {
  const auto wrong = [&] {
    return InvalidField(field, "must be a UUID, as in 550e8400-e29b-41d4-a716-446655440000");
  };
  if (text.size() != 36) return wrong();
  std::string bytes;
  int high = -1;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i] != '-') return wrong();
      continue;
    }
    const int value = HexValue(text[i]);
    if (value < 0) return wrong();
    if (high < 0) {
      high = value;
    } else {
      bytes += static_cast<char>(high * 16 + value);
      high = -1;
    }
  }
  return bytes;
}

}  // namespace servicekit
