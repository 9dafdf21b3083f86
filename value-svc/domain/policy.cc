#include "value-svc/domain/policy.h"

#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "servicekit/types/str_cat.h"

namespace clientele::value {
namespace {

using servicekit::StrCat;

std::string_view NameOf(Tier tier) {
  constexpr std::string_view kNames[] = {"", "TOP", "BIG", "MEDIUM", "SMALL", "INACTIVE"};
  return kNames[static_cast<size_t>(tier)];
}

std::string_view NameOf(Stage stage) {
  constexpr std::string_view kNames[] = {"",      "TARGET",     "LEAD", "OPPORTUNITY",
                                         "ORDER", "REPURCHASE", "LOST", "DORMANT"};
  return kNames[static_cast<size_t>(stage)];
}

std::string Days(int64_t days) { return StrCat(days, days == 1 ? " day" : " days"); }

std::string InTier(const Standing& standing) {
  std::string text = StrCat("Tier ", NameOf(standing.tier));
  if (standing.tier_days.has_value()) text = StrCat(text, " for ", Days(*standing.tier_days));
  if (standing.former_tier == Tier::kNone) return text;
  return StrCat(text, standing.former_tier > standing.tier ? ", risen from " : ", fallen from ",
                NameOf(standing.former_tier));
}

}  // namespace

std::string Reason(const Standing& standing) {
  std::vector<std::string> parts = {InTier(standing)};
  if (standing.stage != Stage::kNone) {
    parts.push_back(StrCat("stage ", NameOf(standing.stage)));
    if (standing.stage_days.has_value())
      parts.back() = StrCat(parts.back(), " for ", Days(*standing.stage_days));
  }
  if (standing.probability_alive_micros.has_value()) {
    parts.push_back(absl::StrFormat("alive with probability %.2f",
                                    static_cast<double>(*standing.probability_alive_micros) / 1e6));
  }
  parts.push_back(standing.days_since_order.has_value()
                      ? StrCat("last order ", Days(*standing.days_since_order), " ago")
                      : std::string("never ordered"));
  if (standing.days_since_interaction.has_value()) {
    parts.push_back(StrCat("last contact ", Days(*standing.days_since_interaction), " ago"));
  }
  return StrCat(absl::StrJoin(parts, "; "), ".");
}

}  // namespace clientele::value
