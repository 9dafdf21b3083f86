#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "customer-svc/domain/contact.h"
#include "customer-svc/domain/interaction.h"
#include "customer-svc/domain/names.h"
#include "customer-svc/domain/need.h"
#include "customer-svc/domain/team.h"
#include "customer-svc/domain/version.h"

namespace clientele::customer {
namespace {

using servicekit::FieldViolation;
using servicekit::Id;
using servicekit::Violations;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

template <typename Resource>
std::vector<std::string> WrongFields(const Resource& resource) {
  Violations violations;
  Check(violations, "", resource);
  std::vector<std::string> fields;
  for (const FieldViolation& violation : servicekit::GetFieldViolations(violations.status())) {
    fields.push_back(violation.field);
  }
  return fields;
}

TEST(Contact, NeedsANameAndAKnownRole) {
  EXPECT_THAT(WrongFields(Contact{.display_name = "김철수"}), IsEmpty());
  EXPECT_THAT(WrongFields(Contact{.buying_role = static_cast<BuyingRole>(-1), .external_id = ExternalId{}}),
              ElementsAre("display_name", "buying_role", "external_id.system", "external_id.id"));
}

TEST(Need, IsOpenUnlessSaidOtherwise) {
  Need need{.description = "forklifts"};
  SetDefaults(need, std::nullopt);
  EXPECT_EQ(need.state, NeedState::kOpen);
  EXPECT_THAT(WrongFields(need), IsEmpty());
  need.quantity = -1;
  need.budget = servicekit::Money{"KRW", servicekit::Decimal::FromMicros(servicekit::Decimal::kLimitMicros)};
  need.urgency = static_cast<Urgency>(99);
  EXPECT_THAT(WrongFields(need), ElementsAre("quantity", "budget", "urgency"));
}

TEST(Interaction, WasHeldByTheCallerUnlessSaidOtherwise) {
  const Id caller = Id::New(absl::FromUnixSeconds(1));
  Interaction interaction{.channel = Channel::kCall, .event_time = absl::FromUnixSeconds(1'700'000'000)};
  SetDefaults(interaction, caller);
  EXPECT_EQ(interaction.state, InteractionState::kHeld);
  EXPECT_EQ(interaction.representative, caller);
  EXPECT_THAT(WrongFields(interaction), IsEmpty());
}

TEST(Interaction, TimeMustFitTheColumn) {
  Interaction interaction{.channel = Channel::kNote, .state = InteractionState::kHeld};
  EXPECT_THAT(WrongFields(interaction), ElementsAre("event_time"));
  interaction.event_time = absl::FromUnixSeconds(-62'135'596'800);  // Year 1.
  EXPECT_THAT(WrongFields(interaction), ElementsAre("event_time"));
  interaction.event_time = absl::InfiniteFuture();
  EXPECT_THAT(WrongFields(interaction), ElementsAre("event_time"));
}

TEST(Representative, NeedsNameDepartmentAndTeam) {
  EXPECT_THAT(WrongFields(Representative{}), ElementsAre("display_name", "department", "team"));
}

TEST(Version, OnlyTheCurrentOneOrNonePasses) {
  EXPECT_TRUE(CheckVersion(0, 3).ok());
  EXPECT_TRUE(CheckVersion(3, 3).ok());
  EXPECT_EQ(servicekit::GetReason(CheckVersion(2, 3)), "STALE_ETAG");
}

TEST(Name, IsThatOfTheContract) {
  EXPECT_EQ(Name(Channel::kEmail), "EMAIL");
  EXPECT_EQ(Name(static_cast<Channel>(99)), "");
}

}  // namespace
}  // namespace clientele::customer
