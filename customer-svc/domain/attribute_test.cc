#include "customer-svc/domain/attribute.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace clientele::customer {
namespace {

using servicekit::Decimal;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Fields(const servicekit::Violations& violations) {
  std::vector<std::string> fields;
  for (const auto& violation : servicekit::GetFieldViolations(violations.status())) {
    fields.push_back(violation.field);
  }
  return fields;
}

std::vector<std::string> WrongFields(const Attribute& attribute) {
  servicekit::Violations violations;
  Check(violations, "attribute.", attribute);
  return Fields(violations);
}

AttributeDefinitions Definitions() {
  AttributeDefinitions definitions;
  definitions["note"] = {.id = "note", .display_name = "Note", .type = AttributeType::kText};
  definitions["score"] = {.id = "score", .display_name = "Score", .type = AttributeType::kNumber};
  definitions["since"] = {.id = "since", .display_name = "Since", .type = AttributeType::kDate};
  definitions["size"] = {
      .id = "size", .display_name = "Size", .type = AttributeType::kChoice, .choices = {"A", "B"}};
  definitions["listed"] = {.id = "listed", .display_name = "Listed", .type = AttributeType::kFlag};
  return definitions;
}

std::vector<std::string> WrongValues(const AttributeValues& values) {
  servicekit::Violations violations;
  CheckAttributes(violations, "attributes", values, Definitions());
  return Fields(violations);
}

TEST(Attributes, ValuesOfTheirTypeAreAccepted) {
  EXPECT_THAT(WrongValues({{"note", std::string("좋음")},
                           {"score", *Decimal::Parse("-12.5")},
                           {"since", absl::CivilDay(2024, 2, 29)},
                           {"size", Choice{"B"}},
                           {"listed", false}}),
              IsEmpty());
}

TEST(Attributes, EveryOtherTypeIsRefused) {
  const std::vector<std::pair<std::string, AttributeValue>> values = {{"note", std::string("a")},
                                                                      {"score", *Decimal::Parse("1")},
                                                                      {"since", absl::CivilDay(2024, 1, 1)},
                                                                      {"size", Choice{"A"}},
                                                                      {"listed", true}};
  for (const auto& [id, own] : values) {
    for (const auto& [other, value] : values) {
      if (id == other) {
        EXPECT_THAT(WrongValues({{id, value}}), IsEmpty());
      } else {
        EXPECT_THAT(WrongValues({{id, value}}), ElementsAre("attributes." + id)) << other;
      }
    }
  }
}

TEST(Attributes, EverythingWrongIsToldAtOnceByItsPath) {
  EXPECT_THAT(WrongValues({{"note", std::string(256, 'x')},
                           {"score", Decimal::FromMicros(Decimal::kLimitMicros)},
                           {"since", absl::CivilDay(12000, 1, 1)},
                           {"size", Choice{"C"}},
                           {"unknown", true}}),
              ElementsAre("attributes.note", "attributes.score", "attributes.since", "attributes.size",
                          "attributes.unknown"));
}

TEST(Attributes, DefinitionsAreChecked) {
  Attribute choice{.display_name = "Size", .type = AttributeType::kChoice, .choices = {"A", "B"}};
  EXPECT_THAT(WrongFields(choice), IsEmpty());
  choice.choices = {"A", " ", "A"};
  EXPECT_THAT(WrongFields(choice), ElementsAre("attribute.choices[1]", "attribute.choices[2]"));
  choice.choices.clear();
  EXPECT_THAT(WrongFields(choice), ElementsAre("attribute.choices"));
  EXPECT_THAT(WrongFields({.display_name = "", .type = AttributeType::kText, .choices = {"A"}}),
              ElementsAre("attribute.display_name", "attribute.choices"));
  EXPECT_THAT(WrongFields({.display_name = "x"}), ElementsAre("attribute.type"));
}

TEST(Attributes, IdsAreShortLowerCaseWords) {
  for (const char* good : {"a", "size_class", "x2"}) EXPECT_TRUE(IsAttributeId(good)) << good;
  for (const char* bad : {"", "A", "2x", "_x", "a-b", "a.b", "크기"}) EXPECT_FALSE(IsAttributeId(bad)) << bad;
  EXPECT_TRUE(IsAttributeId(std::string(63, 'a')));
  EXPECT_FALSE(IsAttributeId(std::string(64, 'a')));
}

TEST(Attributes, AFilterNamesWholeIds) {
  EXPECT_TRUE(NamesAttribute("attributes.size = \"A\"", "size"));
  EXPECT_TRUE(NamesAttribute("attributes.size_class:* AND attributes.size:*", "size"));
  EXPECT_TRUE(NamesAttribute("attributes.size", "size"));
  EXPECT_FALSE(NamesAttribute("attributes.size_class = \"A\"", "size"));
  EXPECT_FALSE(NamesAttribute("size = 3", "size"));
}

}  // namespace
}  // namespace clientele::customer
