#include "servicekit/types/error.h"

#include <optional>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "servicekit/types/str_cat.h"

namespace servicekit {
namespace {

constexpr char kFields[] = "clientele/fields";
constexpr char kPreconditions[] = "clientele/preconditions";
constexpr char kReason[] = "clientele/reason";
constexpr char kRetryDelay[] = "clientele/retry_delay";

// Texts as `<length>:<bytes>`, one after the other: any byte may stand in them.
std::string Pack(const std::vector<std::string_view>& texts) {
  std::string packed;
  for (std::string_view text : texts) StrAppend(&packed, text.size(), ":", text);
  return packed;
}

std::vector<std::string> Unpack(const absl::Status& status, const char* url) {
  std::vector<std::string> texts;
  const auto payload = status.GetPayload(url);
  if (!payload.has_value()) return texts;
  const std::string packed(*payload);
  std::string_view rest = packed;
  while (!rest.empty()) {
    const size_t colon = rest.find(':');
    size_t size = 0;
    if (colon == std::string_view::npos || !absl::SimpleAtoi(std::string(rest.substr(0, colon)), &size))
      break;
    texts.emplace_back(rest.substr(colon + 1, size));
    rest.remove_prefix(std::min(rest.size(), colon + 1 + size));
  }
  return texts;
}

}  // namespace

absl::Status InvalidField(std::string_view field, std::string_view description) {
  return InvalidFields({{std::string(field), std::string(description)}});
}

absl::Status InvalidFields(const std::vector<FieldViolation>& violations) {
  if (violations.empty()) return absl::OkStatus();
  std::string message;
  std::vector<std::string_view> texts;
  for (const FieldViolation& violation : violations) {
    StrAppend(&message, message.empty() ? "" : "; ", violation.field, ": ", violation.description);
    texts.push_back(violation.field);
    texts.push_back(violation.description);
  }
  absl::Status status = absl::InvalidArgumentError(message);
  status.SetPayload(kFields, absl::Cord(Pack(texts)));
  return status;
}

absl::Status PreconditionFailed(std::string_view message,
                                const std::vector<PreconditionViolation>& violations) {
  std::vector<std::string_view> texts;
  for (const PreconditionViolation& violation : violations) {
    texts.insert(texts.end(), {violation.type, violation.subject, violation.description});
  }
  absl::Status status = absl::FailedPreconditionError(std::string(message));
  status.SetPayload(kPreconditions, absl::Cord(Pack(texts)));
  return status;
}

absl::Status WithReason(absl::Status status, std::string_view reason) {
  status.SetPayload(kReason, absl::Cord(std::string(reason)));
  return status;
}

absl::Status WithRetryDelay(absl::Status status, absl::Duration delay) {
  status.SetPayload(kRetryDelay, absl::Cord(absl::StrCat(absl::ToInt64Microseconds(delay))));
  return status;
}

absl::Status UnderField(const absl::Status& status, std::string_view prefix) {
  std::vector<FieldViolation> violations = GetFieldViolations(status);
  if (violations.empty()) return status;
  for (FieldViolation& violation : violations) violation.field = StrCat(prefix, violation.field);
  absl::Status renamed = InvalidFields(violations);
  if (const std::string reason = GetReason(status); !reason.empty())
    return WithReason(std::move(renamed), reason);
  return renamed;
}

std::vector<FieldViolation> GetFieldViolations(const absl::Status& status) {
  const std::vector<std::string> texts = Unpack(status, kFields);
  std::vector<FieldViolation> violations;
  for (size_t i = 0; i + 1 < texts.size(); i += 2) violations.push_back({texts[i], texts[i + 1]});
  return violations;
}

std::vector<PreconditionViolation> GetPreconditionViolations(const absl::Status& status) {
  const std::vector<std::string> texts = Unpack(status, kPreconditions);
  std::vector<PreconditionViolation> violations;
  for (size_t i = 0; i + 2 < texts.size(); i += 3)
    violations.push_back({texts[i], texts[i + 1], texts[i + 2]});
  return violations;
}

std::string GetReason(const absl::Status& status) {
  const auto payload = status.GetPayload(kReason);
  return payload.has_value() ? std::string(*payload) : "";
}

std::optional<absl::Duration> GetRetryDelay(const absl::Status& status) {
  const auto payload = status.GetPayload(kRetryDelay);
  int64_t micros = 0;
  if (!payload.has_value() || !absl::SimpleAtoi(std::string(*payload), &micros)) return std::nullopt;
  return absl::Microseconds(micros);
}

void Violations::Add(std::string_view field, const absl::Status& status) {
  if (status.ok()) return;
  const std::vector<FieldViolation> own = GetFieldViolations(status);
  if (own.empty()) return Add(field, std::string_view(status.message().data(), status.message().size()));
  found_.insert(found_.end(), own.begin(), own.end());
}

}  // namespace servicekit
