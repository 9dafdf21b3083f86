#include "cli/commands/slice.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "cli/commands/find.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {

void AddSliceOptions(CLI::App* command, Slice* slice) {
  command->add_option("--team", slice->team,
                      "Only this team and those below it: its name, system:id or teams/…");
  command->add_option("--owner", slice->owner,
                      "Only this representative's: name, system:id or representatives/…");
  command->add_option("--industry", slice->industry, "Only customers of this industry");
  command->add_option("--target-market", slice->target_market, "Only members of this one: targetMarkets/…");
}

void AddSliceOptionsWithProduct(CLI::App* command, Slice* slice) {
  AddSliceOptions(command, slice);
  command->add_option("--product", slice->product,
                      "Only for this product: its name, system:id or products/…");
}

absl::StatusOr<SliceNames> FindSlice(Gateway& gateway, const Slice& slice) {
  SliceNames names;
  if (!slice.team.empty()) {
    absl::StatusOr<std::string> team = FindTeam(gateway, slice.team);
    if (!team.ok()) return team.status();
    names.team = *std::move(team);
  }
  if (!slice.owner.empty()) {
    absl::StatusOr<std::string> owner = FindRepresentative(gateway, slice.owner);
    if (!owner.ok()) return owner.status();
    names.owner = *std::move(owner);
  }
  return names;
}

absl::StatusOr<google::protobuf::Timestamp> ParseTime(const std::string& option, const std::string& text,
                                                      OfDay of_day) {
  absl::Time time;
  std::string error;
  absl::CivilDay day;
  if (absl::ParseCivilTime(text, &day)) {
    time = of_day == OfDay::kBegin
               ? absl::FromCivil(day, absl::UTCTimeZone())
               : std::min(absl::Now(), absl::FromCivil(day + 1, absl::UTCTimeZone()) - absl::Microseconds(1));
  } else if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    return absl::InvalidArgumentError(servicekit::StrCat(
        option, " is neither a day (2026-01-31) nor a time (2026-01-31T09:30:00Z): ", text));
  }
  google::protobuf::Timestamp timestamp;
  const int64_t micros = absl::ToUnixMicros(time);
  timestamp.set_seconds(absl::ToUnixSeconds(time));
  timestamp.set_nanos(static_cast<int32_t>(micros - timestamp.seconds() * 1'000'000) * 1000);
  return timestamp;
}

}  // namespace clientele::cli
