#include "servicekit/rpc/uuid.h"

#include <openssl/sha.h>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"

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

std::string DeriveUuid(std::string_view base, std::string_view purpose) {
  // Either case names the same UUID.
  const std::string text = StrCat(absl::AsciiStrToLower(std::string(base)), "/", purpose);
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  digest.resize(16);
  // RFC 9562: version 8, whose other bits are the maker's own.
  digest[6] = static_cast<char>((digest[6] & 0x0f) | 0x80);
  digest[8] = static_cast<char>((digest[8] & 0x3f) | 0x80);
  const std::string hex = absl::BytesToHexString(digest);
  return StrCat(hex.substr(0, 8), "-", hex.substr(8, 4), "-", hex.substr(12, 4), "-", hex.substr(16, 4), "-",
                hex.substr(20));
}

}  // namespace servicekit
