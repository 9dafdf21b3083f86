#include "customer-svc/domain/merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace clientele::customer {
namespace {

using servicekit::Id;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Id kA = Id::New(absl::FromUnixSeconds(1)), kB = Id::New(absl::FromUnixSeconds(2));
const Id kC = Id::New(absl::FromUnixSeconds(3));

Customer Make(Id id, std::string name) {
  return {.id = id, .display_name = std::move(name), .type = CustomerType::kOrganization};
}

TEST(Merge, SurvivorsValueUnlessItSaysNothingOrIsTaken) {
  Customer a = Make(kA, "한빛"), b = Make(kB, "한빛전자");
  a.industry = "retail";
  b.industry = "software";
  b.founded_year = 1999;
  a.tags = {"vip", "seoul"};
  b.tags = {"seoul", "new"};
  const Customer merged = *MergeProfiles(a, b, {});
  EXPECT_EQ(merged.display_name, "한빛");
  EXPECT_EQ(merged.industry, "retail");
  EXPECT_EQ(merged.founded_year, 1999);
  EXPECT_THAT(merged.tags, ElementsAre("vip", "seoul", "new"));
  const Customer taken = *MergeProfiles(a, b, {"display_name", "tags"});
  EXPECT_EQ(taken.display_name, "한빛전자");
  EXPECT_THAT(taken.tags, ElementsAre("seoul", "new"));
}

TEST(Merge, OwnerAndTeamGoTogether) {
  Customer a = Make(kA, "a"), b = Make(kB, "b");
  a.team = kA;
  b.owner = kC;
  b.team = kB;
  EXPECT_EQ(MergeProfiles(a, b, {})->owner, std::nullopt) << "the pool is an answer";
  EXPECT_EQ(MergeProfiles(a, b, {"owner"})->owner, kC);
  EXPECT_EQ(MergeProfiles(a, b, {"owner"})->team, kB);
  a.team.reset();
  EXPECT_EQ(MergeProfiles(a, b, {})->team, kB);
}

TEST(Merge, NobodyBecomesTheirOwnParent) {
  Customer a = Make(kA, "a"), b = Make(kB, "b");
  a.parent = kB;
  b.parent = kC;
  EXPECT_EQ(MergeProfiles(a, b, {})->parent, kC);
  b.parent = kA;
  EXPECT_EQ(MergeProfiles(a, b, {})->parent, std::nullopt);
  a.parent.reset();
  EXPECT_EQ(MergeProfiles(a, b, {"parent"})->parent, std::nullopt);
}

TEST(Merge, TooManyExternalIdsAreRefusedAndTooManyTagsCut) {
  Customer a = Make(kA, "a"), b = Make(kB, "b");
  for (int i = 0; i < 50; ++i) {
    a.tags.push_back("a" + std::to_string(i));
    b.tags.push_back("b" + std::to_string(i));
  }
  for (int i = 0; i < 11; ++i) {
    a.external_ids.push_back({"a", std::to_string(i)});
    b.external_ids.push_back({"b", std::to_string(i)});
  }
  EXPECT_EQ(servicekit::GetReason(MergeProfiles(a, b, {}).status()), "TOO_MANY_EXTERNAL_IDS");
  b.external_ids.resize(9);
  EXPECT_EQ(MergeProfiles(a, b, {})->tags.size(), 50u);
  EXPECT_EQ(MergeProfiles(a, b, {})->external_ids.size(), 20u);
}

TEST(Merge, OnlyFieldsThatCanBeChosenAreTaken) {
  EXPECT_TRUE(CheckTakenFields("f", {"display_name", "owner", "tags"}).ok());
  for (const char* name : {"external_ids", "team", "name", "nonsense"}) {
    EXPECT_FALSE(CheckTakenFields("f", {name}).ok()) << name;
  }
}

TEST(Merge, AttributesComeTogetherAndGoApartOneByOne) {
  Customer a = Make(kA, "a"), b = Make(kB, "b");
  a.attributes = {{"size", Choice{"A"}}, {"note", std::string("a")}};
  b.attributes = {{"size", Choice{"B"}}, {"listed", true}, {"since", absl::CivilDay(2020, 1, 1)}};
  const Customer merged = *MergeProfiles(a, b, {});
  const AttributeValues expected = {{"size", Choice{"A"}},
                                    {"note", std::string("a")},
                                    {"listed", true},
                                    {"since", absl::CivilDay(2020, 1, 1)}};
  EXPECT_EQ(merged.attributes, expected);
  EXPECT_EQ(MergeProfiles(a, b, {"attributes"})->attributes, b.attributes);

  Customer now = merged;
  now.attributes["note"] = std::string("changed since");
  now.attributes["listed"] = false;
  FieldNames kept;
  const AttributeValues split = {
      {"size", Choice{"A"}}, {"note", std::string("changed since")}, {"listed", false}};
  EXPECT_EQ(SplitProfile(a, merged, now, &kept).attributes, split);
  EXPECT_THAT(kept, ElementsAre("attributes"));
}

TEST(Split, WhatWasChangedSinceStaysAndIsTold) {
  Customer a = Make(kA, "한빛"), b = Make(kB, "한빛전자");
  b.industry = "software";
  a.tags = {"vip"};
  b.tags = {"new"};
  const Customer after = *MergeProfiles(a, b, {});
  FieldNames kept;
  EXPECT_TRUE(ChangedFields(a, SplitProfile(a, after, after, &kept)).empty());
  EXPECT_THAT(kept, IsEmpty());

  Customer now = after;
  now.industry = "hardware";
  now.source = "trade fair";
  now.tags = {"vip", "new", "later"};
  const Customer split = SplitProfile(a, after, now, &kept);
  EXPECT_EQ(split.industry, "hardware");
  EXPECT_EQ(split.source, "trade fair");
  EXPECT_THAT(split.tags, ElementsAre("vip", "later"));
  EXPECT_THAT(kept, ElementsAre("industry", "tags"));
}

class MergeProperty : public ::testing::Test {
 protected:
  std::string Word() { return std::string(1, static_cast<char>('a' + random_() % 6)); }
  Customer Random(Id id) {
    Customer customer = Make(id, Word());
    if (random_() % 2 == 0) customer.industry = Word();
    if (random_() % 2 == 0) customer.employee_count = static_cast<int64_t>(random_() % 4);
    if (random_() % 2 == 0) customer.owner = kC;
    if (customer.owner || random_() % 2 == 0) customer.team = kC;
    for (size_t i = random_() % 4; i > 0; --i) {
      const std::string tag = Word();
      if (std::find(customer.tags.begin(), customer.tags.end(), tag) == customer.tags.end()) {
        customer.tags.push_back(tag);
      }
      customer.external_ids.push_back({id.ToString(), std::to_string(i)});
      if (random_() % 2 == 0) customer.attributes[Word()] = Word();
    }
    return customer;
  }
  std::mt19937_64 random_{3};
};

TEST_F(MergeProperty, MergeThenSplitIsTheIdentity) {
  for (int round = 0; round < 2000; ++round) {
    const Customer a = Random(kA), b = Random(kB);
    std::vector<std::string> taken;
    for (const char* field : {"display_name", "industry", "owner", "tags"}) {
      if (random_() % 3 == 0) taken.emplace_back(field);
    }
    const Customer after = *MergeProfiles(a, b, taken);
    FieldNames kept;
    EXPECT_TRUE(ChangedFields(a, SplitProfile(a, after, after, &kept)).empty());
    EXPECT_TRUE(kept.empty());
  }
}

// Changes in between: what was changed stays changed, everything else is as before.
TEST_F(MergeProperty, SplitKeepsExactlyWhatWasChangedSince) {
  for (int round = 0; round < 2000; ++round) {
    const Customer a = Random(kA), b = Random(kB), change = Random(kA);
    const Customer after = *MergeProfiles(a, b, {});
    FieldNames fields;
    for (const char* field : {"display_name", "industry", "employee_count"}) {
      if (random_() % 2 == 0) fields.push_back(field);
    }
    const Customer now = Merge(after, change, fields);
    FieldNames kept;
    const Customer split = SplitProfile(a, after, now, &kept);
    const FieldNames changed = ChangedFields(after, now);
    ForEachField<Customer>([&](const auto& field) {
      const bool was_changed = std::find(changed.begin(), changed.end(), field.name) != changed.end();
      const Customer& expected = was_changed ? now : a;
      EXPECT_TRUE(split.*field.member == expected.*field.member) << field.name;
    });
  }
}

}  // namespace
}  // namespace clientele::customer
