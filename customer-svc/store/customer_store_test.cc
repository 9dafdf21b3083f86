#include "customer-svc/store/customer_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "customer-svc/store/child_store.h"
#include "customer-svc/store/history_store.h"
#include "customer-svc/store/team_store.h"
#include "servicekit/testing/scratch_database.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

using servicekit::Decimal;
using servicekit::Id;
using servicekit::Money;
using servicekit::Principal;
using servicekit::Role;
using servicekit::Sql;
using servicekit::Transaction;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

const absl::Time kNow = absl::FromUnixMicros(1'700'000'000'123'456);
const Principal kAdministrator{.subject = "admin", .role = Role::kAdministrator};

class StoreTest : public ::testing::Test {
 protected:
  void SetUp() override { Database().Clear(); }

  static servicekit::ScratchDatabase& Database() {
    static servicekit::ScratchDatabase database({"customer-svc/migrations"});
    return database;
  }
  // The body's value from a committed transaction.
  template <typename Body>
  auto Do(Body body) {
    return RunInTransaction(Database().pool(), absl::Now() + absl::Seconds(20), body);
  }
  Customer Make(const std::string& name) {
    return {.id = Id::New(kNow),
            .display_name = name,
            .type = CustomerType::kOrganization,
            .version = 1,
            .create_time = kNow,
            .update_time = kNow};
  }
  Customer Full() {
    Customer customer = Make("주식회사 한빛 🌞 '); DROP TABLE customers; --");
    customer.registration_number = "110-81-12345 ";
    customer.industry = "소매";
    customer.employee_count = std::numeric_limits<int64_t>::max();
    customer.annual_revenue = Money{"KRW", *Decimal::Parse("99999999999999.999999")};
    customer.founded_year = 1996;
    customer.source = "trade fair";
    customer.addresses = {{"office", "KR", "04524", "서울", "세종대로 110\n\"2층\""}, {}};
    customer.contact_points = {{ContactPointKind::kEmail, "a@b.kr", "main"},
                               {ContactPointKind::kPhone, "+82 2", ""}};
    customer.parent = Id::New(kNow);
    customer.tags = {"vip", "새 고객", "a\\b"};
    customer.external_ids = {{"crm", "42"}, {"crm", "42 "}, {"erp", std::string("a\0b", 3)}};
    customer.owner = Id::New(kNow);
    customer.team = Id::New(kNow);
    return customer;
  }
  absl::Status Insert(const std::vector<Customer>& customers) {
    return Do([&](Transaction& tx) { return customers_.Insert(tx, customers); });
  }
  absl::StatusOr<Customer> Get(Id id, const Principal& reader = kAdministrator) {
    return Do([&](Transaction& tx) { return customers_.Get(tx, reader, id); });
  }

  CustomerStore customers_;
  TeamStore teams_;
};

TEST_F(StoreTest, EveryFieldRoundTrips) {
  const Customer customer = Full();
  ASSERT_TRUE(Insert({customer}).ok());
  const auto read = Get(customer.id);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(ChangedFields(*read, customer), IsEmpty());
  EXPECT_EQ(read->create_time, kNow);
  EXPECT_EQ(read->version, 1);
}

TEST_F(StoreTest, UpdateReplacesRowAndExternalIds) {
  const Customer before = Full();
  ASSERT_TRUE(Insert({before}).ok());
  Customer after = Make("new");
  after.id = before.id;
  after.version = 2;
  after.external_ids = {{"erp", "7"}, {"crm", "42"}};
  ASSERT_TRUE(Do([&](Transaction& tx) { return customers_.Update(tx, before, after); }).ok());
  EXPECT_THAT(ChangedFields(*Get(before.id), after), IsEmpty());
  const auto found = Do([&](Transaction& tx) {
    return customers_.FindByExternalIds(tx, {{"erp", "7"}, {"crm", "42"}, {"crm", "42 "}, {"none", "1"}});
  });
  ASSERT_TRUE(found.ok());
  EXPECT_THAT(*found, UnorderedElementsAre(std::pair(ExternalId{"erp", "7"}, before.id),
                                           std::pair(ExternalId{"crm", "42"}, before.id)));
}

TEST_F(StoreTest, KeysBelongToOneCustomerOnly) {
  Customer first = Make("first"), second = Make("second");
  first.external_ids = {{"crm", "1"}};
  first.registration_number = "A";
  ASSERT_TRUE(Insert({first}).ok());
  second.external_ids = {{"crm", "1"}};
  EXPECT_EQ(servicekit::GetReason(Insert({second})), "EXTERNAL_ID_TAKEN");
  second.external_ids = {{"crm", "1 "}};
  second.registration_number = "A";
  EXPECT_EQ(servicekit::GetReason(Insert({second})), "REGISTRATION_NUMBER_TAKEN");
  second.registration_number = "a";
  EXPECT_TRUE(Insert({second}).ok());
  const auto found = Do([&](Transaction& tx) {
    return customers_.FindByRegistrationNumbers(tx, {"A", "a", "b"});
  });
  ASSERT_TRUE(found.ok());
  EXPECT_THAT(*found, UnorderedElementsAre(std::pair("A", first.id), std::pair("a", second.id)));
}

TEST_F(StoreTest, WhatMayNotBeReadIsNotThere) {
  Customer customer = Make("hidden");
  customer.owner = Id::New(kNow);
  customer.team = Id::New(kNow);
  ASSERT_TRUE(Insert({customer}).ok());
  const Principal owner{.subject = "a", .role = Role::kRepresentative, .representative = customer.owner};
  const Principal stranger{.subject = "b",
                           .role = Role::kRepresentative,
                           .representative = Id::New(kNow),
                           .teams = {*customer.team}};
  EXPECT_TRUE(Get(customer.id, owner).ok());
  EXPECT_TRUE(absl::IsNotFound(Get(customer.id, stranger).status()));
  EXPECT_TRUE(absl::IsNotFound(
      Do([&](Transaction& tx) { return customers_.Lock(tx, stranger, customer.id).status(); })));
  const auto batch = Do([&](Transaction& tx) { return customers_.BatchGet(tx, stranger, {customer.id}); });
  ASSERT_TRUE(batch.ok());
  EXPECT_THAT(*batch, IsEmpty());
}

TEST_F(StoreTest, AncestorsAreFollowedToTheTopAndRoundACircle) {
  Customer a = Make("a"), b = Make("b"), c = Make("c");
  b.parent = a.id;
  c.parent = b.id;
  ASSERT_TRUE(Insert({a, b, c}).ok());
  const auto ancestors = [&](Id id) {
    return *Do([&](Transaction& tx) { return customers_.LockAncestors(tx, id); });
  };
  EXPECT_THAT(ancestors(c.id), ElementsAre(c.id, b.id, a.id));
  EXPECT_THAT(ancestors(Id::New(kNow)), IsEmpty());
  Customer circle = a;
  circle.parent = c.id;
  ASSERT_TRUE(Do([&](Transaction& tx) { return customers_.Update(tx, a, circle); }).ok());
  EXPECT_THAT(ancestors(c.id), SizeIs(3));
}

template <typename Child>
class ChildStoreTest : public StoreTest {
 public:
  static Child Full(Id customer);
  ChildStore<Child> store_;
};
template <>
Contact ChildStoreTest<Contact>::Full(Id customer) {
  return {.id = Id::New(kNow),
          .customer = customer,
          .display_name = "김 🌞",
          .job_title = "대표",
          .buying_role = BuyingRole::kSponsor,
          .contact_points = {{ContactPointKind::kMessenger, "kakao", "work"}},
          .external_id = ExternalId{"crm", "c1"},
          .version = 3,
          .create_time = kNow,
          .update_time = kNow};
}
template <>
Need ChildStoreTest<Need>::Full(Id customer) {
  return {.id = Id::New(kNow),
          .customer = customer,
          .description = "지게차 3대",
          .product_interest = "forklift",
          .quantity = 3,
          .budget = Money{"KRW", *Decimal::Parse("0.000001")},
          .decision_date = absl::CivilDay(2026, 2, 28),
          .urgency = Urgency::kHigh,
          .state = NeedState::kMet,
          .external_id = ExternalId{"crm", "n1"},
          .version = 3,
          .create_time = kNow,
          .update_time = kNow};
}
template <>
Interaction ChildStoreTest<Interaction>::Full(Id customer) {
  return {.id = Id::New(kNow),
          .customer = customer,
          .channel = Channel::kVisit,
          .direction = Direction::kOutbound,
          .event_time = kNow - absl::Hours(1),
          .subject = "방문",
          .outcome = "좋음 🌞",
          .state = InteractionState::kPlanned,
          .representative = Id::New(kNow),
          .external_id = ExternalId{"crm", "i1"},
          .version = 3,
          .create_time = kNow,
          .update_time = kNow};
}
using Kinds = ::testing::Types<Contact, Need, Interaction>;
TYPED_TEST_SUITE(ChildStoreTest, Kinds);

TYPED_TEST(ChildStoreTest, RoundTripsBelowItsCustomerOnly) {
  const Customer customer = this->Make("x"), other = this->Make("y");
  ASSERT_TRUE(this->Insert({customer, other}).ok());
  TypeParam child = this->Full(customer.id);
  ASSERT_TRUE(this->Do([&](Transaction& tx) { return this->store_.Insert(tx, {child}); }).ok());
  const auto get = [&](Id parent) {
    return this->Do([&](Transaction& tx) { return this->store_.Get(tx, kAdministrator, parent, child.id); });
  };
  ASSERT_TRUE(get(customer.id).ok()) << get(customer.id).status();
  EXPECT_THAT(ChangedFields(*get(customer.id), child), IsEmpty());
  EXPECT_EQ(get(customer.id)->version, 3);
  EXPECT_TRUE(absl::IsNotFound(get(other.id).status()));

  TypeParam empty;
  empty.id = child.id;
  empty.customer = child.customer;
  empty.version = 4;
  empty.create_time = empty.update_time = kNow;
  if constexpr (std::is_same_v<TypeParam, Interaction>) empty.event_time = kNow;
  ASSERT_TRUE(this->Do([&](Transaction& tx) { return this->store_.Update(tx, empty); }).ok());
  EXPECT_THAT(ChangedFields(*get(customer.id), empty), IsEmpty());
}

TYPED_TEST(ChildStoreTest, ExternalIdIsUniqueAndFinds) {
  const Customer customer = this->Make("x");
  ASSERT_TRUE(this->Insert({customer}).ok());
  TypeParam child = this->Full(customer.id);
  const auto insert = [&] {
    child.id = Id::New(kNow);
    return this->Do([&](Transaction& tx) { return this->store_.Insert(tx, {child}); });
  };
  ASSERT_TRUE(insert().ok());
  EXPECT_EQ(servicekit::GetReason(insert()), "EXTERNAL_ID_TAKEN");
  const ExternalId id = *child.external_id;
  child.external_id.reset();
  EXPECT_TRUE(insert().ok());
  EXPECT_TRUE(insert().ok());
  const auto found = this->Do([&](Transaction& tx) {
    return this->store_.LockByExternalIds(tx, {id, {"crm", "?"}});
  });
  ASSERT_TRUE(found.ok());
  EXPECT_THAT(*found, SizeIs(1));
  EXPECT_TRUE(found->contains(id));
}

TEST_F(StoreTest, TreeHoldsEachTeamBelowAllAboveIt) {
  const Team top{.id = Id::New(kNow), .display_name = "top", .create_time = kNow};
  const Team middle{.id = Id::New(kNow), .display_name = "middle", .parent = top.id, .create_time = kNow};
  const Team leaf{.id = Id::New(kNow), .display_name = "leaf", .parent = middle.id, .create_time = kNow};
  ASSERT_TRUE(Do([&](Transaction& tx) { return teams_.InsertTeams(tx, {top, middle, leaf}); }).ok());
  const auto below = [&](Id id) { return *Do([&](Transaction& tx) { return teams_.TeamsBelow(tx, {id}); }); };
  EXPECT_THAT(below(top.id), UnorderedElementsAre(top.id, middle.id, leaf.id));
  EXPECT_THAT(below(middle.id), UnorderedElementsAre(middle.id, leaf.id));
  EXPECT_THAT(below(leaf.id), UnorderedElementsAre(leaf.id));
}

TEST_F(StoreTest, HistoryTellsEachFieldBeforeAndAfter) {
  Customer before = Full();
  Customer after = before;
  after.display_name = "\"quoted\" 한글";
  after.tags.clear();
  after.employee_count = 5;
  EXPECT_EQ(ChangesToJson(before, before), "");
  HistoryStore history;
  ASSERT_TRUE(Do([&](Transaction& tx) {
                return history.Append(tx, {"admin", "UpdateCustomer", kNow},
                                      {{before.id, "customers/x", ChangesToJson(before, after)},
                                       {before.id, "customers/x", ChangesToJson(Customer{}, before)}});
              }).ok());
  const auto rows = Do([&](Transaction& tx) {
    return tx.QueryAll(
        Sql("SELECT JSON_EXTRACT(changes, '$[*].field'), JSON_VALUE(changes, '$[0].new'),"
            "       JSON_VALUE(changes, '$[2].old[1]') FROM history WHERE customer_id = ? ORDER BY id",
            {before.id}),
        [](const servicekit::Row& row) {
          return servicekit::StrCat(row.Text(0), "|", row.Text(1), "|", row.OptionalText(2).value_or("-"));
        });
  });
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_THAT(rows->at(0), "[\"display_name\", \"employee_count\", \"tags\"]|\"quoted\" 한글|새 고객");
}

}  // namespace
}  // namespace clientele::customer
