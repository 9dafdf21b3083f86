#include "gateway/codec/http_semantics.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "servicekit/rpc/uuid.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"

namespace clientele::gateway {

using servicekit::ToAbsl;
using servicekit::ToStd;

std::optional<absl::Duration> ParseTimeout(std::string_view text) {
  absl::Duration duration;
  if (absl::ParseDuration(ToAbsl(text), &duration)) return duration;
  double seconds = 0;
  if (!absl::SimpleAtod(ToAbsl(text), &seconds) || !(seconds >= 0 && seconds < 1e9)) return std::nullopt;
  return absl::Seconds(seconds);
}

absl::StatusOr<std::string> RequestIdOf(std::string_view key, std::string_view subject) {
  constexpr size_t kMaxKeyBytes = 255;
  key = ToStd(absl::StripAsciiWhitespace(ToAbsl(key)));
  // The draft has it as a string in quotes, many clients send it bare.
  if (key.size() >= 2 && key.front() == '"' && key.back() == '"') key = key.substr(1, key.size() - 2);
  const bool printable = std::all_of(key.begin(), key.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (key.empty() || key.size() > kMaxKeyBytes || !printable) {
    return servicekit::InvalidField("idempotency-key", "must be 1 to 255 printable characters");
  }
  if (servicekit::ParseUuid("", key).ok()) return std::string(key);
  return servicekit::DeriveUuid("", servicekit::StrCat(subject, "\n", key));
}

std::optional<int64_t> RetryAfterSeconds(const absl::Status& status) {
  const std::optional<absl::Duration> delay = servicekit::GetRetryDelay(status);
  if (!delay.has_value()) return std::nullopt;
  return std::max<int64_t>(1, absl::ToInt64Seconds(absl::Ceil(*delay, absl::Seconds(1))));
}

}  // namespace clientele::gateway
