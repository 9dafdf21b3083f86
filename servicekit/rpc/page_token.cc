#include "servicekit/rpc/page_token.h"

#include <openssl/sha.h>

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"

namespace servicekit {
namespace {

constexpr char kVersion = '\x01';
constexpr size_t kCheckBytes = 8;

absl::Status WrongToken() {
  return InvalidField("page_token",
                      "is not a token of this list: use next_page_token as it came, with the same "
                      "parent, filter and order, or begin again without it");
}

void AppendPart(std::string& text, std::string_view part) { StrAppend(&text, part.size(), ":", part); }

// Tells a token of another list, and one that was cut or changed.
std::string Check(std::string_view scope, std::string_view payload) {
  const std::string text = StrCat(scope, payload);
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return std::string(reinterpret_cast<const char*>(digest), kCheckBytes);
}

}  // namespace

PageKey& PageKey::Add(std::string_view text) {
  parts_.emplace_back(text);
  return *this;
}
PageKey& PageKey::Add(int64_t number) { return Add(std::string_view(absl::StrCat(number))); }
PageKey& PageKey::Add(absl::Time time) { return Add(absl::ToUnixMicros(time)); }
PageKey& PageKey::Add(Id id) { return Add(id.bytes()); }

absl::StatusOr<std::string> PageKey::Text(size_t part) const {
  if (part >= parts_.size()) return WrongToken();
  return parts_[part];
}

absl::StatusOr<int64_t> PageKey::Number(size_t part) const {
  int64_t number = 0;
  if (part >= parts_.size() || !absl::SimpleAtoi(parts_[part], &number)) return WrongToken();
  return number;
}

absl::StatusOr<absl::Time> PageKey::Time(size_t part) const {
  const absl::StatusOr<int64_t> micros = Number(part);
  if (!micros.ok()) return micros.status();
  return absl::FromUnixMicros(*micros);
}

absl::StatusOr<Id> PageKey::GetId(size_t part) const {
  if (part >= parts_.size() || parts_[part].size() != Id::kSize) return WrongToken();
  return Id::FromBytes(parts_[part]);
}

PageScope::PageScope(const std::vector<std::string>& parts) {
  for (const std::string& part : parts) AppendPart(scope_, part);
}

std::string PageScope::Encode(const PageKey& last) const {
  std::string payload(1, kVersion);
  for (const std::string& part : last.parts_) AppendPart(payload, part);
  return absl::WebSafeBase64Escape(Check(scope_, payload) + payload);
}

absl::StatusOr<PageKey> PageScope::Decode(std::string_view token) const {
  PageKey key;
  if (token.empty()) return key;
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(ToAbsl(token), &bytes) || bytes.size() <= kCheckBytes) return WrongToken();
  std::string_view rest = std::string_view(bytes).substr(kCheckBytes);
  if (Check(scope_, rest) != bytes.substr(0, kCheckBytes) || rest[0] != kVersion) return WrongToken();
  rest.remove_prefix(1);
  while (!rest.empty()) {
    const size_t colon = rest.find(':');
    size_t size = 0;
    if (colon == std::string_view::npos || !absl::SimpleAtoi(ToAbsl(rest.substr(0, colon)), &size))
      return WrongToken();
    rest.remove_prefix(colon + 1);
    if (size > rest.size()) return WrongToken();
    key.Add(rest.substr(0, size));
    rest.remove_prefix(size);
  }
  if (key.empty()) return WrongToken();
  return key;
}

absl::StatusOr<int> PageSize(int requested, int default_size, int max_size) {
  if (requested < 0) return InvalidField("page_size", "must not be negative");
  return requested == 0 ? default_size : std::min(requested, max_size);
}

}  // namespace servicekit
