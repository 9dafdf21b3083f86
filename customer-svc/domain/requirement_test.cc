#include "customer-svc/domain/requirement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Requirement Asking(const std::string& id, int32_t weight, CustomerType type = CustomerType::kUnspecified) {
  return {.id = id,
          .description = "It is not known.",
          .supplier = Department::kSales,
          .weight = weight,
          .customer_type = type,
          .condition = FieldKnown{"industry"}};
}

std::vector<std::string> WrongFields(const RequirementSet& set) {
  servicekit::Violations violations;
  Check(violations, "set.", set);
  std::vector<std::string> fields;
  for (const auto& violation : servicekit::GetFieldViolations(violations.status())) {
    fields.push_back(violation.field);
  }
  return fields;
}

std::vector<std::string> Missing(const Completeness& completeness) {
  std::vector<std::string> ids;
  for (const auto& missing : completeness.missing) ids.push_back(missing.requirement->id);
  return ids;
}

TEST(Requirements, ShareIsTheWeightOfWhatIsKnown) {
  const std::vector<Requirement> asked = {Asking("a", 1), Asking("b", 3), Asking("c", 4)};
  const Completeness result = Assess(asked, CustomerType::kPerson, {true, false, true});
  EXPECT_DOUBLE_EQ(result.share, 5.0 / 8);
  ASSERT_THAT(Missing(result), ElementsAre("b"));
  EXPECT_DOUBLE_EQ(result.missing[0].share, 3.0 / 8);
}

TEST(Requirements, HeaviestMissingComesFirstAndEqualOnesKeepTheirOrder) {
  const std::vector<Requirement> asked = {Asking("a", 1), Asking("b", 3), Asking("c", 1), Asking("d", 7)};
  EXPECT_THAT(Missing(Assess(asked, CustomerType::kPerson, {false, false, false, false})),
              ElementsAre("d", "b", "a", "c"));
}

TEST(Requirements, WhatIsNotAskedOfATypeCountsNeitherWay) {
  const std::vector<Requirement> asked = {Asking("a", 1), Asking("b", 9, CustomerType::kOrganization)};
  EXPECT_DOUBLE_EQ(Assess(asked, CustomerType::kPerson, {true, false}).share, 1);
  EXPECT_THAT(Missing(Assess(asked, CustomerType::kOrganization, {true, false})), ElementsAre("b"));
  EXPECT_DOUBLE_EQ(Assess({}, CustomerType::kPerson, {}).share, 1) << "nothing is asked for";
}

TEST(Requirements, SharesOfTheMissingAndTheKnownAddUpToOne) {
  std::vector<Requirement> asked;
  for (int i = 0; i < 20; ++i) asked.push_back(Asking(servicekit::StrCat("r", i), 1 + i * 37 % 11));
  for (uint32_t seed = 0; seed < 200; ++seed) {
    std::vector<bool> known;
    for (int i = 0; i < 20; ++i) known.push_back(((seed * 2654435761u) >> (i % 20)) & 1);
    const Completeness result = Assess(asked, CustomerType::kPerson, known);
    double sum = result.share;
    for (const auto& missing : result.missing) sum += missing.share;
    EXPECT_NEAR(sum, 1, 1e-12);
  }
}

TEST(Requirements, EverythingWrongIsToldAtOnceByItsPath) {
  RequirementSet set{.requirements = {Asking("ok", 1), Asking("Not ok", 0), Asking("ok", 1001)}};
  set.requirements[1].description = " ";
  set.requirements[1].supplier = Department::kUnspecified;
  set.requirements[1].condition = FieldKnown{"shoe_size"};
  set.requirements[2].customer_type = static_cast<CustomerType>(9);
  set.requirements[2].condition = InteractionHeld{-1, {Channel::kCall, Channel::kCall}};
  EXPECT_THAT(
      WrongFields(set),
      ElementsAre("set.requirements[1].id", "set.requirements[1].description", "set.requirements[1].supplier",
                  "set.requirements[1].weight", "set.requirements[1].field", "set.requirements[2].weight",
                  "set.requirements[2].customer_type", "set.requirements[2].interaction.within_days",
                  "set.requirements[2].interaction.channels[1]", "set.requirements[2].id"));
  set.requirements = {Asking("a", 1)};
  set.requirements[0].condition = std::monostate();
  EXPECT_THAT(WrongFields(set), ElementsAre("set.requirements[0].condition"));
  set.requirements[0].condition = ContactPointKnown{};
  EXPECT_THAT(WrongFields(set), ElementsAre("set.requirements[0].contact_point.kinds"));
  set.requirements.clear();
  EXPECT_THAT(WrongFields(set), IsEmpty()) << "a stage may ask for nothing";
  for (int i = 0; i < 51; ++i) set.requirements.push_back(Asking(servicekit::StrCat("r", i), 1));
  EXPECT_THAT(WrongFields(set), ElementsAre("set.requirements"));
}

TEST(Stages, IdsAndStagesAreEachOthersInverse) {
  for (const Stage stage :
       {Stage::kTarget, Stage::kLead, Stage::kOpportunity, Stage::kOrder, Stage::kRepurchase}) {
    EXPECT_EQ(StageOf(IdOf(stage)), stage);
  }
  EXPECT_FALSE(StageOf("lost"));
  EXPECT_FALSE(StageOf(""));
}

}  // namespace
}  // namespace clientele::customer
