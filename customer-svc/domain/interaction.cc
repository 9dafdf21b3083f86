#include "customer-svc/domain/interaction.h"

#include "customer-svc/domain/text.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

// What DATETIME is documented to hold.
const absl::Time kEarliest = absl::FromCivil(absl::CivilDay(1000, 1, 1), absl::UTCTimeZone());
const absl::Time kLatest = absl::FromCivil(absl::CivilDay(10000, 1, 1), absl::UTCTimeZone());

}  // namespace

void SetDefaults(Interaction& interaction, const std::optional<servicekit::Id>& caller) {
  if (interaction.state == InteractionState::kUnspecified) interaction.state = InteractionState::kHeld;
  if (!interaction.representative) interaction.representative = caller;
}

void Check(servicekit::Violations& violations, std::string_view prefix, const Interaction& interaction) {
  const auto at = [&](std::string_view field) { return servicekit::StrCat(prefix, field); };
  if (interaction.channel < Channel::kCall || interaction.channel > Channel::kNote) {
    violations.Add(at("channel"), "must be CALL, MEETING, EMAIL, VISIT, EVENT, MESSAGE or NOTE");
  }
  if (interaction.direction < Direction::kUnspecified || interaction.direction > Direction::kOutbound) {
    violations.Add(at("direction"), "must be INBOUND or OUTBOUND");
  }
  if (!interaction.event_time) {
    violations.Add(at("event_time"), "is required");
  } else if (*interaction.event_time < kEarliest || *interaction.event_time >= kLatest) {
    violations.Add(at("event_time"), "must lie between the years 1000 and 9999");
  }
  CheckText(violations, at("subject"), interaction.subject, 0, 255);
  CheckText(violations, at("outcome"), interaction.outcome, 0, 4000);
  if (interaction.state < InteractionState::kPlanned || interaction.state > InteractionState::kNotHeld) {
    violations.Add(at("state"), "must be PLANNED, HELD or NOT_HELD");
  }
  if (interaction.external_id) Check(violations, at("external_id"), *interaction.external_id);
}

}  // namespace clientele::customer
