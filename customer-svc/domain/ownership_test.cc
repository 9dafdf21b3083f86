#include "customer-svc/domain/ownership.h"

#include <gtest/gtest.h>

#include "servicekit/types/error.h"

namespace clientele::customer {
namespace {

using servicekit::Id;

const Id kMe = Id::New(absl::FromUnixSeconds(1)), kOther = Id::New(absl::FromUnixSeconds(2));
const Id kTeam = Id::New(absl::FromUnixSeconds(3)), kBelow = Id::New(absl::FromUnixSeconds(4));
const Id kElsewhere = Id::New(absl::FromUnixSeconds(5));

Assigner Self() { return {.reach = Assigner::Reach::kSelf, .representative = kMe, .own_teams = {kTeam}}; }
Assigner Manager() {
  return {.reach = Assigner::Reach::kTeams,
          .representative = kMe,
          .own_teams = {kTeam},
          .teams = {kTeam, kBelow}};
}
Customer Owned(std::optional<Id> owner, std::optional<Id> team) { return {.owner = owner, .team = team}; }
bool May(const Assigner& assigner, const Customer* before, const Customer& after) {
  const absl::Status status = CheckAssignment(assigner, before, after);
  EXPECT_TRUE(status.ok() || servicekit::GetReason(status) == "OWNER_NOT_ALLOWED");
  return status.ok();
}

TEST(Ownership, RepresentativeOwnsWhatTheyCreate) {
  Customer created;
  SetDefaultOwner(Self(), created);
  EXPECT_EQ(created.owner, kMe);
  EXPECT_TRUE(May(Self(), nullptr, created));
  EXPECT_FALSE(May(Self(), nullptr, Owned(kOther, kTeam)));
  EXPECT_FALSE(May(Self(), nullptr, Owned(std::nullopt, kTeam)));
}

TEST(Ownership, RepresentativeTakesFromThePoolAndGivesToNobodyElse) {
  const Customer pooled = Owned(std::nullopt, kTeam), mine = Owned(kMe, kTeam);
  EXPECT_TRUE(May(Self(), &pooled, mine));
  EXPECT_TRUE(May(Self(), &mine, mine));
  EXPECT_FALSE(May(Self(), &mine, Owned(kOther, kTeam)));
}

TEST(Ownership, ManagerGivesWithinTheirTeams) {
  const Customer before = Owned(kMe, kTeam);
  EXPECT_TRUE(May(Manager(), &before, Owned(kOther, kBelow)));
  EXPECT_TRUE(May(Manager(), &before, Owned(std::nullopt, kBelow)));
  EXPECT_FALSE(May(Manager(), &before, Owned(kOther, kElsewhere)));
  EXPECT_FALSE(May(Manager(), &before, Owned(std::nullopt, std::nullopt)));
  Customer created;
  SetDefaultOwner(Manager(), created);
  EXPECT_EQ(created.team, kTeam);
  EXPECT_FALSE(created.owner.has_value());
}

TEST(Ownership, AdministratorGivesToAnyone) {
  EXPECT_TRUE(May({.reach = Assigner::Reach::kAll}, nullptr, Owned(kOther, kElsewhere)));
}

TEST(Ownership, RepresentativeGivesOnlyTheirOwnBackToItsPool) {
  const Customer mine = Owned(kMe, kTeam), theirs = Owned(kOther, kTeam);
  EXPECT_TRUE(May(Self(), &mine, *Release(mine)));
  EXPECT_FALSE(May(Self(), &theirs, *Release(theirs)));
  EXPECT_FALSE(May(Self(), &mine, Owned(std::nullopt, kElsewhere)));
  EXPECT_EQ(servicekit::GetReason(Release(Owned(std::nullopt, kTeam)).status()), "NOT_OWNED");
}

TEST(Ownership, ClaimTakesTheTakersTeam) {
  EXPECT_EQ(Claim(Owned(std::nullopt, kBelow), kMe, kTeam)->team, kTeam);
  EXPECT_TRUE(Claim(Owned(kMe, kTeam), kMe, kTeam).ok());
  EXPECT_EQ(servicekit::GetReason(Claim(Owned(kOther, kTeam), kMe, kTeam).status()), "ALREADY_OWNED");
}

TEST(Ownership, TransfersAreForManagersAndAbove) {
  EXPECT_FALSE(CheckTransfer(Self(), kTeam).ok());
  EXPECT_TRUE(CheckTransfer(Manager(), kBelow).ok());
  EXPECT_FALSE(CheckTransfer(Manager(), kElsewhere).ok());
  EXPECT_TRUE(CheckTransfer({.reach = Assigner::Reach::kAll}, kElsewhere).ok());
}

}  // namespace
}  // namespace clientele::customer
