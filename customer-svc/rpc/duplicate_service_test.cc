#include <gmock/gmock.h>

#include <random>
#include <set>

#include "absl/time/clock.h"
#include "customer-svc/operations/find_duplicates.h"
#include "customer-svc/rpc/service_fixture.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

using servicekit::Role;
using servicekit::StrCat;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class DuplicateServiceTest : public ServiceTest {
 protected:
  using Duplicates = v1::DuplicateService::Stub;

  v1::Customer Make(const std::string& name, const std::string& phone = "") {
    v1::Customer customer = Named(name);
    if (!phone.empty()) {
      customer.add_contact_points()->set_kind(v1::ContactPoint::PHONE);
      customer.mutable_contact_points(0)->set_value(phone);
    }
    const auto made = Create(customer);
    EXPECT_TRUE(made.ok()) << made.status();
    return *made;
  }
  absl::StatusOr<std::vector<std::string>> Of(const v1::Customer& customer,
                                              const std::string& token = "administrator") {
    v1::ListDuplicatesRequest request;
    request.set_parent(customer.name());
    const auto found = Call(duplicates_, &Duplicates::ListDuplicates, request, token);
    if (!found.ok()) return found.status();
    std::vector<std::string> names;
    for (const v1::Duplicate& duplicate : found->duplicates())
      names.push_back(duplicate.customer().display_name());
    return names;
  }
  std::vector<std::pair<std::string, std::string>> Pairs(int page_size,
                                                         const std::string& token = "administrator") {
    v1::ListDuplicatePairsRequest request;
    request.set_page_size(page_size);
    std::vector<std::pair<std::string, std::string>> pairs;
    do {
      const auto page = Call(duplicates_, &Duplicates::ListDuplicatePairs, request, token);
      EXPECT_TRUE(page.ok()) << page.status();
      EXPECT_LE(page->pairs_size(), page_size);
      for (const auto& pair : page->pairs()) {
        pairs.emplace_back(pair.customer().name(), pair.duplicate().customer().name());
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return pairs;
  }
};

TEST_F(DuplicateServiceTest, FoundByNamePhoneNumberAndThroughContacts) {
  const v1::Customer a = Make("㈜한빛전자", "02-123-4567");
  Make("한빛전자 주식회사");
  Make("한빛전지");
  Make("두레", "+82 2 123 4567");
  Make("아무개");
  EXPECT_THAT(*Of(a), ElementsAre("한빛전자 주식회사", "두레"));

  v1::CreateContactRequest contact;
  contact.mutable_contact()->set_display_name("홍길동");
  contact.mutable_contact()->add_contact_points()->set_kind(v1::ContactPoint::EMAIL);
  contact.mutable_contact()->mutable_contact_points(0)->set_value("Hong@hanbit.kr");
  const v1::Customer b = Make("다른 이름"), c = Make("또 다른 이름");
  contact.set_parent(b.name());
  const auto made = Call(customers_, &Customers::CreateContact, contact);
  ASSERT_TRUE(made.ok());
  contact.set_parent(c.name());
  contact.mutable_contact()->mutable_contact_points(0)->set_value("hong@hanbit.kr");
  ASSERT_TRUE(Call(customers_, &Customers::CreateContact, contact).ok());
  EXPECT_THAT(*Of(b), ElementsAre("또 다른 이름"));
  // What is corrected is forgotten.
  v1::UpdateContactRequest update;
  *update.mutable_contact() = *made;
  update.mutable_contact()->mutable_contact_points(0)->set_value("gildong@hanbit.kr");
  ASSERT_TRUE(Call(customers_, &Customers::UpdateContact, update).ok());
  EXPECT_THAT(*Of(b), IsEmpty());
}

TEST_F(DuplicateServiceTest, ReasonsAreTold) {
  const v1::Customer a = Make("Acme Inc.", "555-123-4567");
  Make("ACME", "(555) 123 4567");
  v1::ListDuplicatesRequest request;
  request.set_parent(a.name());
  const auto found = Call(duplicates_, &Duplicates::ListDuplicates, request);
  ASSERT_EQ(found->duplicates_size(), 1);
  const v1::Duplicate& duplicate = found->duplicates(0);
  EXPECT_GT(duplicate.score(), 0.8);
  ASSERT_EQ(duplicate.reasons_size(), 2);
  EXPECT_EQ(duplicate.reasons(0).kind(), v1::MatchReason::SAME_NAME);
  EXPECT_EQ(duplicate.reasons(1).kind(), v1::MatchReason::SAME_PHONE);
  request.set_min_score(0.95);
  EXPECT_EQ(Call(duplicates_, &Duplicates::ListDuplicates, request)->duplicates_size(), 0);
  request.set_min_score(2);
  EXPECT_THAT(WrongFields(Call(duplicates_, &Duplicates::ListDuplicates, request).status()),
              ElementsAre("min_score"));
}

TEST_F(DuplicateServiceTest, AskedBeforeCreation) {
  Make("한빛전자");
  v1::FindDuplicatesRequest request;
  *request.mutable_customer() = Named("(주) 한빛전자");
  EXPECT_EQ(Call(duplicates_, &Duplicates::FindDuplicates, request)->duplicates_size(), 1);
  *request.mutable_customer() = v1::Customer();
  request.mutable_customer()->set_industry("retail");
  EXPECT_THAT(WrongFields(Call(duplicates_, &Duplicates::FindDuplicates, request).status()),
              ElementsAre("customer.display_name", "customer.type"));
}

TEST_F(DuplicateServiceTest, DismissedPairsAreNotToldAgain) {
  const v1::Customer a = Make("한빛"), b = Make("(주)한빛"), c = Make("한빛(주)");
  v1::DismissDuplicateRequest request;
  request.set_name(b.name());
  request.set_other(a.name());
  ASSERT_TRUE(Call(duplicates_, &Duplicates::DismissDuplicate, request).ok());
  EXPECT_THAT(*Of(a), ElementsAre("한빛(주)"));
  EXPECT_EQ(Pairs(10).size(), 2u);
  request.set_other(b.name());
  EXPECT_THAT(WrongFields(Call(duplicates_, &Duplicates::DismissDuplicate, request).status()),
              ElementsAre("other"));
  EXPECT_TRUE(absl::IsPermissionDenied(
      Call(duplicates_, &Duplicates::DismissDuplicate, request, Token(Role::kAnalyst, "", {})).status()));
}

TEST_F(DuplicateServiceTest, OnlyWhatTheCallerSeesIsTold) {
  const v1::Team mine = CreateTeam("1"), other = CreateTeam("2");
  const auto pooled = [&](const std::string& name, const v1::Team& team) {
    v1::Customer customer = Named(name);
    customer.set_team(team.name());
    return *Create(customer);
  };
  const v1::Customer a = pooled("한빛", mine);
  pooled("(주)한빛", other);
  pooled("한빛 주식회사", mine);
  const std::string manager = Token(Role::kManager, "", {mine.name()});
  EXPECT_THAT(*Of(a, manager), ElementsAre("한빛 주식회사"));
  EXPECT_EQ(Pairs(10, manager).size(), 1u);
  EXPECT_EQ(Pairs(10).size(), 3u);
  EXPECT_TRUE(absl::IsNotFound(Of(a, Token(Role::kManager, "", {other.name()})).status()));
}

// All pairs, whatever the size of a page, are those that are found customer by customer.
TEST_F(DuplicateServiceTest, PairsAreWhatEachCustomerFinds) {
  std::mt19937_64 random(5);
  std::vector<v1::Customer> all;
  for (int i = 0; i < 70; ++i) {
    all.push_back(Make(StrCat("가나다라", random() % 9, random() % 2 == 0 ? " Inc." : ""),
                       random() % 3 == 0 ? StrCat("555 000 000", random() % 5) : ""));
  }
  std::set<std::pair<std::string, std::string>> expected;
  for (const v1::Customer& customer : all) {
    v1::ListDuplicatesRequest request;
    request.set_parent(customer.name());
    const auto found = Call(duplicates_, &Duplicates::ListDuplicates, request);
    ASSERT_TRUE(found.ok()) << found.status();
    for (const v1::Duplicate& other : found->duplicates()) {
      expected.insert(std::minmax(customer.name(), other.customer().name()));
    }
  }
  ASSERT_GT(expected.size(), 100u);
  for (const int page_size : {7, 1000}) {
    const auto pairs = Pairs(page_size);
    const std::set<std::pair<std::string, std::string>> found(pairs.begin(), pairs.end());
    EXPECT_EQ(found.size(), pairs.size()) << "no pair twice";
    EXPECT_EQ(found, expected);
  }
}

TEST_F(DuplicateServiceTest, CustomersFromBeforeThereWereKeysGetThem) {
  const v1::Customer a = Make("한빛");
  Make("(주)한빛");
  Database().Execute("DELETE FROM match_keys");
  EXPECT_THAT(*Of(a), IsEmpty());
  const auto done = FillMatchKeys(stores_, Database().pool(), absl::Now() + absl::Seconds(10));
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_TRUE(*done);
  EXPECT_THAT(*Of(a), ElementsAre("(주)한빛"));
}

}  // namespace
}  // namespace clientele::customer
