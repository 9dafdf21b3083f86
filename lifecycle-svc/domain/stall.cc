#include "lifecycle-svc/domain/stall.h"

#include "absl/time/civil_time.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {
namespace {

constexpr int kMaxDays = 3650;
constexpr std::string_view kTierNames[kTierCount] = {"none", "TOP", "BIG", "MEDIUM", "SMALL", "INACTIVE"};

absl::Duration Days(int64_t days) { return absl::Hours(24 * days); }

// Days of standing still until a level is reached; nullopt: never.
std::optional<int> DaysUntil(const StallRule& rule, StallLevel level) {
  switch (level) {
    case StallLevel::kNone:
      return 0;
    case StallLevel::kRepresentative:
      return rule.representative_days;
    case StallLevel::kManager:
      return rule.manager_days;
    case StallLevel::kReassignment:
      return rule.reassignment_days;
    case StallLevel::kRecycled:
      if (rule.recycle_days > 0) return rule.recycle_days;
      break;
  }
  return std::nullopt;
}

}  // namespace

std::string_view NameOf(Tier tier) { return kTierNames[static_cast<int>(tier)]; }

void CheckStallRule(servicekit::Violations& violations, std::string_view field, const StallRule& rule) {
  const auto check = [&](std::string_view name, int days, int least, std::string_view why) {
    if (days < 0 || days > kMaxDays) {
      violations.Add(servicekit::StrCat(field, ".", name), "must be 0 to 3,650");
    } else if (days < least) {
      violations.Add(servicekit::StrCat(field, ".", name), why);
    }
  };
  check("stalled_after_days", rule.stalled_after_days, 0, "");
  check("representative_days", rule.representative_days, 0, "");
  check("manager_days", rule.manager_days, rule.representative_days,
        "must not be before representative_days");
  check("reassignment_days", rule.reassignment_days, rule.manager_days, "must not be before manager_days");
  if (rule.recycle_days != 0) {
    check("recycle_days", rule.recycle_days, rule.reassignment_days, "must not be before reassignment_days");
  }
}

std::optional<absl::Time> StalledFrom(const StallRule& rule, absl::Time quiet_since) {
  if (rule.stalled_after_days <= 0) return std::nullopt;
  return quiet_since + Days(rule.stalled_after_days);
}

std::optional<absl::Time> QuietBefore(const StallRule& rule, StallLevel level, absl::Time now) {
  const std::optional<int> days = DaysUntil(rule, level);
  if (rule.stalled_after_days <= 0 || !days.has_value()) return std::nullopt;
  return now - Days(rule.stalled_after_days + *days);
}

StallLevel LevelAt(const StallRule& rule, absl::Time quiet_since, absl::Time now) {
  StallLevel reached = StallLevel::kNone;
  for (int level = 1; level < kStallLevelCount; ++level) {
    const auto before = QuietBefore(rule, static_cast<StallLevel>(level), now);
    if (before.has_value() && quiet_since <= *before) reached = static_cast<StallLevel>(level);
  }
  return reached;
}

std::optional<absl::Time> AskedBefore(const StallRule& rule, StallLevel level, absl::Time now) {
  if (level == StallLevel::kRecycled) return std::nullopt;
  if (level == StallLevel::kNone) return absl::InfiniteFuture();  // Nobody was asked yet.
  const std::optional<int> days = DaysUntil(rule, level);
  const std::optional<int> next_days = DaysUntil(rule, static_cast<StallLevel>(static_cast<int>(level) + 1));
  if (!days.has_value() || !next_days.has_value()) return std::nullopt;
  return now - Days(*next_days - *days);
}

StallLevel NextLevel(const StallRule& rule, StallLevel level, absl::Time level_time, absl::Time quiet_since,
                     absl::Time now) {
  const StallLevel reached = LevelAt(rule, quiet_since, now);
  if (reached <= level) return reached;
  const auto asked_before = AskedBefore(rule, level, now);
  if (!asked_before.has_value() || level_time > *asked_before) return level;
  return static_cast<StallLevel>(static_cast<int>(level) + 1);
}

std::string AskFor(StallLevel level, Stage stage, absl::Time quiet_since, absl::Time now) {
  const std::string quiet =
      servicekit::StrCat("In ", NameOf(stage), " without contact or progress since ",
                         absl::FormatCivilTime(absl::ToCivilDay(quiet_since, absl::UTCTimeZone())), " (",
                         absl::ToInt64Hours(now - quiet_since) / 24, " days): ");
  switch (level) {
    case StallLevel::kManager:
      return quiet + "see with the owner what is in the way.";
    case StallLevel::kReassignment:
      return quiet + "give the customer to somebody else, or say why not.";
    default:
      return quiet + "get in touch, or say where the customer stands.";
  }
}

}  // namespace clientele::lifecycle
