#include "customer-svc/domain/customer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

using servicekit::Decimal;
using servicekit::FieldViolation;
using servicekit::Id;
using servicekit::Money;
using servicekit::Violations;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

Customer Good() {
  return {.display_name = "주식회사 한빛 🌞",
          .type = CustomerType::kOrganization,
          .registration_number = "110-81-12345",
          .employee_count = 12,
          .annual_revenue = Money{"KRW", *Decimal::Parse("1200000000")},
          .founded_year = 1996,
          .addresses = {{.label = "office", .region_code = "KR", .lines = "세종대로 110"}},
          .contact_points = {{ContactPointKind::kEmail, "info@hanbit.example", ""}},
          .tags = {"vip", "reference"},
          .external_ids = {{"crm", "42"}}};
}

std::vector<std::string> WrongFields(const Customer& customer) {
  Violations violations;
  Check(violations, "customer.", customer);
  std::vector<std::string> fields;
  for (const FieldViolation& violation : servicekit::GetFieldViolations(violations.status())) {
    fields.push_back(violation.field);
  }
  return fields;
}

TEST(Customer, GoodOneIsAccepted) { EXPECT_THAT(WrongFields(Good()), IsEmpty()); }

TEST(Customer, EverythingWrongIsToldAtOnceByItsPath) {
  Customer customer = Good();
  customer.display_name = "   ";
  customer.type = static_cast<CustomerType>(7);
  customer.employee_count = -1;
  customer.annual_revenue = Money{"won", *Decimal::Parse("-1")};
  customer.founded_year = 999;
  customer.addresses.resize(3);
  customer.addresses[2].region_code = "Korea";
  customer.contact_points.push_back({ContactPointKind::kEmail, "a@b@c", ""});
  customer.tags.push_back("vip");
  customer.external_ids.push_back({"", "43"});
  EXPECT_THAT(WrongFields(customer),
              ElementsAre("customer.display_name", "customer.type", "customer.employee_count",
                          "customer.annual_revenue", "customer.annual_revenue", "customer.founded_year",
                          "customer.addresses[2].region_code", "customer.contact_points[1].value",
                          "customer.tags[2]", "customer.external_ids[1].system"));
}

TEST(Customer, LengthsCountCharactersNotBytes) {
  Customer customer = Good();
  customer.display_name.clear();
  for (int i = 0; i < 255; ++i) customer.display_name += "🌞";
  EXPECT_THAT(WrongFields(customer), IsEmpty());
  customer.display_name += "x";
  EXPECT_THAT(WrongFields(customer), ElementsAre("customer.display_name"));
}

TEST(Customer, RepeatedFieldsHaveTheirLimits) {
  Customer customer = Good();
  customer.tags.clear();
  for (int i = 0; i < 51; ++i) customer.tags.push_back(servicekit::StrCat("tag ", i));
  customer.addresses.assign(21, {});
  customer.external_ids.clear();
  for (int i = 0; i < 21; ++i) customer.external_ids.push_back({"crm", servicekit::StrCat(i)});
  EXPECT_THAT(WrongFields(customer),
              ElementsAre("customer.addresses", "customer.tags", "customer.external_ids"));
}

TEST(Customer, CannotBelongToItselfHoweverFarUp) {
  const Id a = Id::New(kNow), b = Id::New(kNow), c = Id::New(kNow);
  EXPECT_TRUE(CheckParents("parent", a, {b, c}).ok());
  EXPECT_FALSE(CheckParents("parent", a, {a}).ok());
  EXPECT_FALSE(CheckParents("parent", a, {b, c, a}).ok());
}

// What updates, imports and the history rest on.
TEST(Fields, MergeOfTheChangedFieldsMakesOneTheOther) {
  const Customer before = Good();
  Customer after = Good();
  after.display_name = "Hanbit";
  after.tags.clear();
  after.owner = Id::New(kNow);
  after.annual_revenue.reset();
  const FieldNames changed = ChangedFields(before, after);
  EXPECT_THAT(changed, ElementsAre("display_name", "annual_revenue", "tags", "owner"));
  EXPECT_THAT(ChangedFields(Merge(before, after, changed), after), IsEmpty());
}

TEST(Fields, OnlyWhatIsFilledIsTaken) {
  Customer update;
  update.industry = "retail";
  EXPECT_THAT(FilledFields(update), ElementsAre("industry"));
  EXPECT_THAT(ChangedFields(Good(), Merge(Good(), update, FilledFields(update))), ElementsAre("industry"));
}

}  // namespace
}  // namespace clientele::customer
