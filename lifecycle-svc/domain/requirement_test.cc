#include "lifecycle-svc/domain/requirement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "servicekit/types/error.h"

namespace clientele::lifecycle {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<StageCondition> kPolicy = {
    {ConditionKind::kOpenOpportunity, Stage::kOpportunity, Department::kMarketing, true, 1},
    {ConditionKind::kOpportunityAmount, Stage::kOpportunity, Department::kSales, true, 1},
    {ConditionKind::kOpportunityCloseDate, Stage::kOpportunity, Department::kSales, true, 1},
    {ConditionKind::kPlacedOrder, Stage::kOrder, Department::kSales, true, 1},
    {ConditionKind::kSecondOrder, Stage::kRepurchase, Department::kService, true, 1},
};

std::vector<std::string> Unmet(Stage stage, const DealFacts& facts,
                               const std::vector<StageCondition>& policy = kPolicy) {
  std::vector<std::string> requirements;
  for (const MissingItem& item : UnmetConditions(policy, stage, facts)) {
    requirements.push_back(item.requirement);
  }
  return requirements;
}

TEST(Requirement, WithoutAnOpportunityAllThatItMustHaveIsListedAtOnce) {
  EXPECT_THAT(Unmet(Stage::kOpportunity, {}),
              ElementsAre("open_opportunity", "opportunity_amount", "opportunity_close_date"));
  EXPECT_THAT(Unmet(Stage::kLead, {}), IsEmpty());
}

TEST(Requirement, AmountAndCloseDateMustBeThoseOfOneOpportunity) {
  DealFacts facts;
  facts.AddOpportunity(true, false);
  facts.AddOpportunity(false, true);
  EXPECT_THAT(Unmet(Stage::kOpportunity, facts), ElementsAre("opportunity_close_date"));
  facts.AddOpportunity(true, true);
  EXPECT_THAT(Unmet(Stage::kOpportunity, facts), IsEmpty());
}

TEST(Requirement, OrdersAreCounted) {
  DealFacts facts;
  EXPECT_THAT(Unmet(Stage::kOrder, facts), ElementsAre("placed_order"));
  facts.orders = 1;
  EXPECT_THAT(Unmet(Stage::kOrder, facts), IsEmpty());
  EXPECT_THAT(Unmet(Stage::kRepurchase, facts), ElementsAre("second_order"));
  facts.orders = 2;
  EXPECT_THAT(Unmet(Stage::kRepurchase, facts), IsEmpty());
}

TEST(Requirement, NobodyAsksForWhatIsNotEnforced) {
  std::vector<StageCondition> policy = kPolicy;
  policy[3].enforced = false;
  EXPECT_THAT(Unmet(Stage::kOrder, {}, policy), IsEmpty());
}

TEST(Requirement, TheRefusalNamesEachItemAndItsSupplier) {
  const auto missing = UnmetConditions(kPolicy, Stage::kOpportunity, {});
  const absl::Status refused = CheckNothingMissing(Id::New(absl::UnixEpoch()), Stage::kOpportunity, missing);
  EXPECT_TRUE(absl::IsFailedPrecondition(refused));
  const auto violations = servicekit::GetPreconditionViolations(refused);
  ASSERT_EQ(violations.size(), 3u);
  EXPECT_EQ(violations[0].type, "REQUIREMENT_MISSING");
  EXPECT_TRUE(violations[0].subject.ends_with("/requirements/open_opportunity"));
  EXPECT_EQ(violations[0].description, "There is no open opportunity. MARKETING supplies it.");
  EXPECT_TRUE(CheckNothingMissing(Id(), Stage::kLead, {}).ok());
}

TEST(Requirement, NamesLeadBackToTheirCondition) {
  for (const StageCondition& condition : kPolicy) {
    EXPECT_EQ(FindCondition(RequirementOf(condition.kind)), condition.kind);
  }
  EXPECT_EQ(FindCondition("something_else"), std::nullopt);
}

}  // namespace
}  // namespace clientele::lifecycle
