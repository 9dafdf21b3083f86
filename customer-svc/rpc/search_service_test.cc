#include <random>

#include "absl/strings/str_cat.h"
#include "customer-svc/rpc/service_fixture.h"
#include "customer-svc/store/search_text.h"

namespace clientele::customer {
namespace {

using servicekit::Role;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAreArray;
using Match = v1::SearchCustomersResponse;

class SearchTest : public ServiceTest {
 protected:
  absl::StatusOr<std::vector<v1::SearchCustomersResponse::Result>> Search(
      const std::string& query, int page_size = 100, const std::string& token = "administrator") {
    std::vector<v1::SearchCustomersResponse::Result> results;
    v1::SearchCustomersRequest request;
    request.set_query(query);
    request.set_page_size(page_size);
    do {
      const auto page = Call(searches_, &Searches::SearchCustomers, request, token);
      if (!page.ok()) return page.status();
      results.insert(results.end(), page->results().begin(), page->results().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return results;
  }
  std::vector<std::string> Found(const std::string& query, int page_size = 100,
                                 const std::string& token = "administrator") {
    const auto results = Search(query, page_size, token);
    EXPECT_TRUE(results.ok()) << query << results.status();
    std::vector<std::string> names;
    for (const auto& result : *results) names.push_back(result.customer().display_name());
    return names;
  }
};

TEST_F(SearchTest, PartsOfNamesAreFoundInAnyScriptCaseAndWidth) {
  for (const char* name : {"주식회사 한빛 솔루션", "한빛제과", "HanBit Solutions Ltd.", "ＡＢＣ전자",
                           "Österreich Holz", "다른 회사"}) {
    ASSERT_TRUE(Create(Named(name)).ok());
  }
  EXPECT_THAT(Found("한빛"), ElementsAre("한빛제과", "주식회사 한빛 솔루션"));
  EXPECT_THAT(Found("빛솔루"), ElementsAre("주식회사 한빛 솔루션")) << "spaces make no difference";
  EXPECT_THAT(Found("BIT SOL"), ElementsAre("HanBit Solutions Ltd."));
  EXPECT_THAT(Found("abc"), ElementsAre("ＡＢＣ전자"));
  EXPECT_THAT(Found("österr"), ElementsAre("Österreich Holz"));
  // The same syllables, decomposed, as some systems write them.
  EXPECT_THAT(Found("\u1112\u1161\u11ab\u1107\u1175\u11be\u110c\u1166"), ElementsAre("한빛제과"));
  EXPECT_THAT(Found("빛한"), IsEmpty());
  EXPECT_THAT(Found("솔션"), IsEmpty()) << "both are in a name, but not side by side";
  EXPECT_THAT(Found("한"), ElementsAre("한빛제과")) << "one character finds what begins with it";
  EXPECT_THAT(Found("'; DROP TABLE customers; --"), IsEmpty());
  EXPECT_THAT(Found("100%_|x"), IsEmpty());
}

TEST_F(SearchTest, KeysAreFoundAsAWholeAndComeFirst) {
  v1::Customer customer = Named("한빛");
  customer.set_registration_number("110-81-12345");
  auto* id = customer.add_external_ids();
  id->set_system("erp");
  id->set_id("4711");
  auto* email = customer.add_contact_points();
  email->set_kind(v1::ContactPoint::EMAIL);
  email->set_value("Info@Hanbit.Example");
  auto* phone = customer.add_contact_points();
  phone->set_kind(v1::ContactPoint::PHONE);
  phone->set_value("+82 2-1234-5678");
  const auto created = Create(customer);
  ASSERT_TRUE(created.ok()) << created.status();
  ASSERT_TRUE(Create(Named("4711 Kölnisch Wasser")).ok());
  v1::CreateContactRequest contact;
  contact.set_parent(created->name());
  contact.mutable_contact()->set_display_name("김철수");
  auto* own = contact.mutable_contact()->add_contact_points();
  own->set_kind(v1::ContactPoint::EMAIL);
  own->set_value("kim@hanbit.example");
  const auto kim = Call(customers_, &Customers::CreateContact, contact);
  ASSERT_TRUE(kim.ok());

  const auto match = [&](const std::string& query) {
    const auto results = Search(query);
    EXPECT_TRUE(results.ok()) << results.status();
    return results->empty() ? Match::MATCH_UNSPECIFIED : results->front().match();
  };
  EXPECT_EQ(match("erp:4711"), Match::EXTERNAL_ID);
  EXPECT_THAT(Found("4711"), ElementsAre("한빛", "4711 Kölnisch Wasser"));
  EXPECT_EQ(match(" 110-81-12345 "), Match::REGISTRATION_NUMBER);
  EXPECT_EQ(match("INFO@hanbit.example"), Match::EMAIL);
  EXPECT_EQ(match("kim@hanbit.example"), Match::EMAIL);
  EXPECT_EQ(match("02-1234-5678"), Match::PHONE);
  EXPECT_EQ(match("한빛"), Match::NAME_START);
  EXPECT_EQ(match("nisch was"), Match::NAME_PART);

  v1::UpdateContactRequest change;
  *change.mutable_contact() = *kim;
  change.mutable_contact()->mutable_contact_points(0)->set_value("chulsoo@hanbit.example");
  ASSERT_TRUE(Call(customers_, &Customers::UpdateContact, change).ok());
  EXPECT_EQ(match("kim@hanbit.example"), Match::MATCH_UNSPECIFIED);
  EXPECT_EQ(match("chulsoo@hanbit.example"), Match::EMAIL);
}

// Each customer once, in the order that the contract says, whatever the page's size.
TEST_F(SearchTest, PagesOfAnySizeGiveWhatBruteForceFinds) {
  std::mt19937 random(5);
  const char* parts[] = {"한", "빛", "솔", "루", "션", "ab", "c", " ", "1"};
  std::vector<v1::Customer> all;
  for (int i = 0; i < 120; ++i) {
    std::string name;
    for (int n = 2 + static_cast<int>(random() % 6); n > 0; --n) name += parts[random() % std::size(parts)];
    if (Fold(name).empty()) name += "x";
    const auto created = Create(Named(name));
    ASSERT_TRUE(created.ok()) << created.status();
    all.push_back(*created);
    if (i % 3 == 0) {
      v1::Customer renamed;
      renamed.set_name(all[i / 2].name());
      renamed.set_display_name(name + "션");
      all[i / 2] = *Update(renamed);
    }
  }
  for (const char* query : {"한빛", "빛솔루", "c1", "션션", "AB", "b c", "루"}) {
    const std::string folded = Fold(query);
    std::vector<std::string> expected;
    for (const v1::Customer& customer : all) {
      const bool starts = customer.display_name().starts_with(query);
      const bool part =
          std::string(query) != "루" && Fold(customer.display_name()).find(folded) != std::string::npos;
      std::string lower = customer.display_name();
      if (starts || part) expected.push_back(customer.name());
    }
    std::vector<std::string> first;
    for (const int size : {100, 7, 1}) {
      const auto results = Search(query, size);
      ASSERT_TRUE(results.ok()) << results.status();
      std::vector<std::string> names;
      for (const auto& result : *results) names.push_back(result.customer().name());
      EXPECT_THAT(names, UnorderedElementsAreArray(expected)) << query << " by " << size;
      if (first.empty()) first = names;
      EXPECT_EQ(names, first) << query << " by " << size;
    }
  }
}

TEST_F(SearchTest, OnlyWhatTheCallerMaySeeIsFound) {
  const v1::Team team = CreateTeam("north");
  const std::string token =
      Token(Role::kRepresentative, CreateRepresentative(team.name()).name(), {team.name()});
  v1::Customer foreign = Named("한빛 가");
  auto* email = foreign.add_contact_points();
  email->set_kind(v1::ContactPoint::EMAIL);
  email->set_value("a@hanbit.example");
  ASSERT_TRUE(Create(foreign).ok());
  foreign.set_display_name("한빛 나");
  ASSERT_TRUE(Create(foreign, token).ok());
  EXPECT_THAT(Found("한빛", 100, token), ElementsAre("한빛 나"));
  EXPECT_THAT(Found("빛 나", 100, token), ElementsAre("한빛 나"));
  EXPECT_THAT(Found("a@hanbit.example", 100, token), ElementsAre("한빛 나"));
  EXPECT_EQ(Found("a@hanbit.example", 1).size(), 2);
}

TEST_F(SearchTest, WhatIsNoQueryIsRefused) {
  for (const char* query : {"", "   ", "--- !"}) {
    EXPECT_THAT(WrongFields(Search(query).status()), ElementsAre("query")) << query;
  }
  EXPECT_THAT(WrongFields(Search(std::string(256, 'x')).status()), ElementsAre("query"));
}

}  // namespace
}  // namespace clientele::customer
