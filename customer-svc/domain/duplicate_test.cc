#include "customer-svc/domain/duplicate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "servicekit/types/fold.h"

namespace clientele::customer {
namespace {

bool ShareAKey(const std::string& a, const std::string& b) {
  const auto keys = MatchKeysOf(Customer{.display_name = a}),
             others = MatchKeysOf(Customer{.display_name = b});
  return std::any_of(keys.begin(), keys.end(), [&](const MatchKey& key) {
    return std::find(others.begin(), others.end(), key) != others.end();
  });
}

TEST(MatchKey, LegalFormsDoNotMatter) {
  for (const char* name : {"한빛전자", "(주)한빛전자", "㈜ 한빛전자", "한빛전자(주)", "주식회사 한빛전자",
                           "한빛전자주식회사", "한빛 전자 유한회사", "株式会社한빛전자"}) {
    EXPECT_EQ(NormalizeName(name), "한빛전자") << name;
  }
  for (const char* name : {"Acme", "ACME Inc.", "Acme, Inc", "acme co., ltd.", "ACME GmbH & Co. KG",
                           "Acmé S.A.", "Acme Corporation", "Ａｃｍｅ LLC"}) {
    EXPECT_EQ(NormalizeName(name), "acme") << name;
  }
  EXPECT_NE(NormalizeName("주"), "") << "a name of nothing but a form is its own";
  EXPECT_EQ(NormalizeName("Limited"), "limited");
  EXPECT_EQ(NormalizeName("주 아무개"), "주아무개") << "a single letter is a form in parentheses only";
}

TEST(MatchKey, NumbersAndAddressesCompareByWhatTheyMean) {
  EXPECT_EQ(NormalizeRegistrationNumber("123-45-67890"), NormalizeRegistrationNumber("1234567890"));
  EXPECT_EQ(NormalizeEmail("Kim@Hanbit.KR"), "kim@hanbit.kr");
  for (const char* phone :
       {"010-1234-5678", "+82 10 1234 5678", "(010) 12345678", "01012345678 ext. 9", "01012345678 내선 9"}) {
    EXPECT_EQ(NormalizePhone(phone), "12345678") << phone;
  }
  EXPECT_EQ(NormalizePhone("02-123-4567"), NormalizePhone("+82 2 123 4567"));
  EXPECT_EQ(NormalizePhone("119"), "");
}

// Whatever single letter is inserted, left out or exchanged: the two names are compared.
TEST(MatchKey, OneWrongLetterIsAlwaysFound) {
  std::mt19937_64 random(7);
  const std::u32string letters = U"가나다라마바사아자차카타파하abcdefgh";
  const auto letter = [&] { return letters[random() % letters.size()]; };
  for (int round = 0; round < 5000; ++round) {
    std::vector<char32_t> name(4 + random() % 12);
    for (char32_t& point : name) point = letter();
    std::vector<char32_t> other = name;
    const auto at = static_cast<std::ptrdiff_t>(random() % name.size());
    switch (random() % 3) {
      case 0:
        other[static_cast<size_t>(at)] = letter();
        break;
      case 1:
        other.insert(other.begin() + at, letter());
        break;
      case 2:
        other.erase(other.begin() + at);
        break;
    }
    if (other.size() < 4) continue;
    const std::string a = servicekit::FromCodePoints(name), b = servicekit::FromCodePoints(other);
    EXPECT_TRUE(ShareAKey(a, b)) << a << " and " << b;
  }
}

TEST(Duplicate, SimilarityCountsLetters) {
  EXPECT_EQ(NameSimilarity("한빛전자", "한빛전자"), 1);
  EXPECT_DOUBLE_EQ(NameSimilarity("한빛전자", "한빛전지"), 0.75);
  EXPECT_EQ(NameSimilarity("", ""), 1);
  EXPECT_EQ(NameSimilarity("abc", ""), 0);
}

TEST(Duplicate, EvidenceAddsUpAndContradictionsTakeAway) {
  const Customer a{.display_name = "㈜한빛전자", .type = CustomerType::kOrganization};
  Customer b{.display_name = "한빛전자", .type = CustomerType::kOrganization};
  const double name = ScoreMatch(a, b, {MatchKind::kName}).score;
  const double with_phone = ScoreMatch(a, b, {MatchKind::kName, MatchKind::kPhone}).score;
  EXPECT_GT(with_phone, name);
  EXPECT_LT(with_phone, 1);
  b.type = CustomerType::kPerson;
  const Match other = ScoreMatch(a, b, {MatchKind::kName});
  EXPECT_LT(other.score, name);
  EXPECT_EQ(other.reasons.back().kind, MatchReason::Kind::kOtherType);
}

TEST(Duplicate, OtherRegistrationNumbersSpeakAgainst) {
  const Customer a{.display_name = "한빛", .type = CustomerType::kOrganization, .registration_number = "1"};
  const Customer b{.display_name = "한빛", .type = CustomerType::kOrganization, .registration_number = "2"};
  EXPECT_LT(ScoreMatch(a, b, {MatchKind::kName}).score, 0.5);
}

TEST(Duplicate, PeopleOfTheSameNameNeedMore) {
  const Customer a{.display_name = "김철수", .type = CustomerType::kPerson};
  EXPECT_LT(ScoreMatch(a, a, {MatchKind::kName}).score, 0.5);
  EXPECT_GT(ScoreMatch(a, a, {MatchKind::kName, MatchKind::kPhone}).score, 0.6);
}

// The order of the two does not matter.
TEST(Duplicate, ScoreIsSymmetric) {
  std::mt19937_64 random(11);
  const char* names[] = {"한빛전자", "한빛전지", "Acme", "Acme Inc.", "Acne"};
  for (int round = 0; round < 500; ++round) {
    const auto make = [&] {
      Customer customer{.display_name = names[random() % 5],
                        .type = random() % 2 == 0 ? CustomerType::kOrganization : CustomerType::kPerson};
      if (random() % 2 == 0) customer.registration_number = std::to_string(random() % 2);
      return customer;
    };
    const Customer a = make(), b = make();
    absl::flat_hash_set<MatchKind> shared;
    if (random() % 2 == 0) shared.insert(MatchKind::kEmail);
    EXPECT_EQ(ScoreMatch(a, b, shared).score, ScoreMatch(b, a, shared).score);
    EXPECT_GE(ScoreMatch(a, b, shared).score, 0);
    EXPECT_LE(ScoreMatch(a, b, shared).score, 1);
  }
}

}  // namespace
}  // namespace clientele::customer
