#ifndef CUSTOMER_SVC_DOMAIN_STAGE_H_
#define CUSTOMER_SVC_DOMAIN_STAGE_H_

#include <array>
#include <optional>
#include <string_view>

namespace clientele::customer {

// The stages on the way, with the contract's numbers, which are stored. Where a customer stands is
// lifecycle-svc's to say; here a stage is only what information is asked for.
enum class Stage { kUnspecified = 0, kTarget = 1, kLead = 2, kOpportunity = 3, kOrder = 4, kRepurchase = 5 };

// The last part of `requirementSets/opportunity`.
inline constexpr std::array<std::string_view, 6> kStageIds = {"",      "target",    "lead", "opportunity",
                                                              "order", "repurchase"};

constexpr bool IsOnTheWay(Stage stage) { return stage >= Stage::kTarget && stage <= Stage::kRepurchase; }

constexpr std::string_view IdOf(Stage stage) {
  return IsOnTheWay(stage) ? kStageIds[static_cast<size_t>(stage)] : std::string_view();
}

constexpr std::optional<Stage> StageOf(std::string_view id) {
  for (size_t i = 1; i < kStageIds.size(); ++i) {
    if (kStageIds[i] == id) return static_cast<Stage>(i);
  }
  return std::nullopt;
}

}  // namespace clientele::customer

#endif  // CUSTOMER_SVC_DOMAIN_STAGE_H_
