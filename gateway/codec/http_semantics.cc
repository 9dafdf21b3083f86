#include "gateway/codec/http_semantics.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "servicekit/rpc/uuid.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"

namespace clientele::gateway {
namespace {

using servicekit::ToAbsl;
using servicekit::ToStd;

std::string_view Strip(std::string_view text) { return ToStd(absl::StripAsciiWhitespace(ToAbsl(text))); }

// One member of a list like Accept's: what it names, and how much it is liked.
struct Choice {
  std::string name;  // In lower case.
  double quality = 1;
};

std::vector<Choice> ParseChoices(std::string_view field) {
  std::vector<Choice> choices;
  for (const absl::string_view part : absl::StrSplit(ToAbsl(field), ',')) {
    std::vector<absl::string_view> pieces = absl::StrSplit(part, ';');
    Choice choice = {absl::AsciiStrToLower(absl::StripAsciiWhitespace(pieces.front()))};
    if (choice.name.empty()) continue;
    for (size_t i = 1; i < pieces.size(); ++i) {
      const absl::string_view piece = absl::StripAsciiWhitespace(pieces[i]);
      if (!absl::StartsWithIgnoreCase(piece, "q=")) continue;
      if (!absl::SimpleAtod(piece.substr(2), &choice.quality) || !std::isfinite(choice.quality)) {
        choice.quality = 0;
      }
    }
    choices.push_back(std::move(choice));
  }
  return choices;
}

// 0 for `*/*`, 1 for `application/*`, 2 for the type itself, -1 when it is another one.
int Specificity(std::string_view range, std::string_view type) {
  if (range == type) return 2;
  if (range == "*/*") return 0;
  const size_t slash = type.find('/');
  return range.ends_with("/*") && range.substr(0, range.size() - 1) == type.substr(0, slash + 1) ? 1 : -1;
}

// The entity tags of a list; a malformed one ends it.
std::vector<std::string_view> EntityTags(std::string_view field) {
  std::vector<std::string_view> tags;
  for (field = Strip(field); !field.empty(); field = Strip(field)) {
    const size_t open = field.starts_with("W/") ? 2 : 0;
    if (field.size() <= open || field[open] != '"') break;
    const size_t close = field.find('"', open + 1);
    if (close == std::string_view::npos) break;
    tags.push_back(field.substr(0, close + 1));
    field = Strip(field.substr(close + 1));
    if (!field.empty() && field.front() != ',') break;
    if (!field.empty()) field.remove_prefix(1);
  }
  return tags;
}

// RFC 9562, 5.5: SHA-1 of a namespace and a name.
std::string UuidV5(std::string_view name) {
  // The namespace of clientele's keys, itself a random UUID.
  static constexpr char kNamespace[] = "\x6f\x1c\x5d\x0a\x2b\x94\x4e\x7f\x9d\x0e\x3a\x58\xc1\x77\xe2\x46";
  const std::string text = servicekit::StrCat(std::string_view(kNamespace, 16), name);
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest;
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  digest[6] = static_cast<unsigned char>((digest[6] & 0x0f) | 0x50);
  digest[8] = static_cast<unsigned char>((digest[8] & 0x3f) | 0x80);
  std::string uuid =
      absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest.data()), 16));
  for (const size_t at : {8, 13, 18, 23}) uuid.insert(at, 1, '-');
  return uuid;
}

template <typename Detail>
std::optional<Detail> FindDetail(const grpc::Status& status) {
  google::rpc::Status details;
  if (status.error_details().empty() || !details.ParseFromString(status.error_details())) return std::nullopt;
  Detail found;
  for (const auto& detail : details.details()) {
    if (detail.UnpackTo(&found)) return found;
  }
  return std::nullopt;
}

}  // namespace

std::string MediaType(std::string_view field) {
  return absl::AsciiStrToLower(ToAbsl(Strip(field.substr(0, field.find(';')))));
}

std::optional<size_t> Negotiate(std::string_view accept, const std::vector<std::string_view>& offered) {
  if (Strip(accept).empty()) return 0;
  const std::vector<Choice> choices = ParseChoices(accept);
  std::optional<size_t> best;
  std::pair<double, int> best_rank;
  for (size_t i = 0; i < offered.size(); ++i) {
    // The most specific range decides (RFC 9110, 12.5.1).
    std::pair<double, int> rank = {0, -1};
    for (const Choice& choice : choices) {
      const int specificity = Specificity(choice.name, offered[i]);
      if (specificity > rank.second) rank = {choice.quality, specificity};
    }
    if (rank.second < 0 || rank.first <= 0) continue;
    if (!best.has_value() || rank > best_rank) best = i, best_rank = rank;
  }
  return best;
}

bool TakesGzip(std::string_view accept_encoding) {
  double quality = 0;
  for (const Choice& choice : ParseChoices(accept_encoding)) {
    if (choice.name == "gzip") return choice.quality > 0;
    if (choice.name == "*") quality = choice.quality;
  }
  return quality > 0;
}

std::optional<absl::Duration> ParseTimeout(std::string_view text) {
  absl::Duration duration;
  if (absl::ParseDuration(ToAbsl(text), &duration)) return duration;
  double seconds = 0;
  if (!absl::SimpleAtod(ToAbsl(text), &seconds) || !(seconds >= 0 && seconds < 1e9)) return std::nullopt;
  return absl::Seconds(seconds);
}

bool MatchesEtag(std::string_view field, std::string_view etag, bool weak) {
  if (Strip(field) == "*") return true;
  for (std::string_view tag : EntityTags(field)) {
    if (weak && tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == etag) return true;
  }
  return false;
}

absl::StatusOr<std::string> SingleEtag(std::string_view if_match) {
  const std::string_view field = Strip(if_match);
  if (field == "*") return "";
  const std::vector<std::string_view> tags = EntityTags(field);
  if (tags.size() != 1 || tags.front() != field || field.starts_with("W/")) {
    return servicekit::InvalidField("if-match", "must be one entity tag as it was answered, with its quotes");
  }
  return std::string(field);
}

absl::StatusOr<std::string> RequestIdOf(std::string_view key, std::string_view subject) {
  constexpr size_t kMaxKeyBytes = 255;
  key = Strip(key);
  // The draft has it as a string in quotes, many clients send it bare.
  if (key.size() >= 2 && key.front() == '"' && key.back() == '"') key = key.substr(1, key.size() - 2);
  const bool printable = std::all_of(key.begin(), key.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (key.empty() || key.size() > kMaxKeyBytes || !printable) {
    return servicekit::InvalidField("idempotency-key", "must be 1 to 255 printable characters");
  }
  if (servicekit::ParseUuid("", key).ok()) return std::string(key);
  return UuidV5(servicekit::StrCat(subject, "\n", key));
}

std::optional<int64_t> RetryAfterSeconds(const grpc::Status& status) {
  const auto retry = FindDetail<google::rpc::RetryInfo>(status);
  if (!retry.has_value()) return std::nullopt;
  const google::protobuf::Duration& delay = retry->retry_delay();
  return std::max<int64_t>(1, delay.seconds() + (delay.nanos() > 0 ? 1 : 0));
}

std::string ReasonOf(const grpc::Status& status) {
  const auto info = FindDetail<google::rpc::ErrorInfo>(status);
  return info.has_value() ? info->reason() : std::string();
}

}  // namespace clientele::gateway
