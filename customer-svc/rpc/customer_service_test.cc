#include <atomic>
#include <set>
#include <thread>

#include <google/protobuf/util/message_differencer.h>

#include "absl/strings/str_cat.h"
#include "customer-svc/rpc/service_fixture.h"

namespace clientele::customer {
namespace {

using google::protobuf::util::MessageDifferencer;
using servicekit::GetReason;
using servicekit::Role;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kRequestId[] = "0190a5c8-7b6e-7a3c-9f1e-5d2c3b4a5968";
constexpr char kOdd[] = "주식회사 한빛 🌞 '); DROP TABLE customers; -- \\ \" %_";

v1::Customer Full() {
  v1::Customer customer;
  customer.set_display_name(kOdd);
  customer.set_type(v1::Customer::ORGANIZATION);
  customer.set_registration_number("110-81-12345");
  customer.set_industry("소매");
  customer.set_employee_count(std::numeric_limits<int64_t>::max());
  customer.mutable_annual_revenue()->set_currency_code("KRW");
  customer.mutable_annual_revenue()->set_units(99'999'999'999'999);
  customer.mutable_annual_revenue()->set_nanos(999'999'000);
  customer.set_founded_year(1996);
  customer.set_source("전시회");
  auto* address = customer.add_addresses();
  address->set_label("office");
  address->set_region_code("KR");
  address->set_lines("세종대로 110\n2층");
  auto* point = customer.add_contact_points();
  point->set_kind(v1::ContactPoint::EMAIL);
  point->set_value("info@hanbit.example");
  customer.add_tags("vip 🌞");
  auto* id = customer.add_external_ids();
  id->set_system("crm");
  id->set_id("42");
  return customer;
}

class CustomerServiceTest : public ServiceTest {};

TEST_F(CustomerServiceTest, WhatWasCreatedIsReadBackExactly) {
  const auto created = Create(Full());
  ASSERT_TRUE(created.ok()) << created.status();
  v1::Customer expected = Full();
  expected.set_name(created->name());
  expected.set_etag(created->etag());
  *expected.mutable_create_time() = created->create_time();
  *expected.mutable_update_time() = created->update_time();
  const auto read = Get(created->name());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(MessageDifferencer::Equals(*read, expected)) << read->ShortDebugString();
  EXPECT_TRUE(MessageDifferencer::Equals(*created, expected)) << created->ShortDebugString();
}

TEST_F(CustomerServiceTest, EverythingWrongIsToldAtOnce) {
  v1::Customer customer = Full();
  customer.set_display_name(std::string(256, 'x'));
  customer.set_type(static_cast<v1::Customer::Type>(99));
  customer.set_employee_count(-1);
  customer.mutable_annual_revenue()->set_nanos(1);
  customer.mutable_addresses(0)->set_region_code("Korea");
  customer.set_owner("representatives/1; DROP TABLE customers");
  const absl::Status status = Create(customer).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(WrongFields(status), ::testing::UnorderedElementsAre("customer.annual_revenue.nanos",
                                                                   "customer.owner", "customer.display_name",
                                                                   "customer.type", "customer.employee_count",
                                                                   "customer.addresses[0].region_code"));
  EXPECT_EQ(Database().Count("requests"), 0);
}

TEST_F(CustomerServiceTest, WhatIsReferredToMustBeThere) {
  v1::Customer customer = Named("x");
  const std::string nobody = servicekit::Id::New(absl::Now()).ToString();
  customer.set_parent("customers/" + nobody);
  customer.set_owner("representatives/" + nobody);
  EXPECT_THAT(WrongFields(Create(customer).status()), ElementsAre("customer.owner", "customer.parent"));
  customer = Named("x");
  customer.set_team("teams/" + nobody);
  EXPECT_THAT(WrongFields(Create(customer).status()), ElementsAre("customer.team"));
}

TEST_F(CustomerServiceTest, KeysBelongToOneCustomer) {
  ASSERT_TRUE(Create(Full()).ok());
  v1::Customer second = Full();
  second.clear_registration_number();
  EXPECT_EQ(GetReason(Create(second).status()), "EXTERNAL_ID_TAKEN");
  second = Full();
  second.clear_external_ids();
  EXPECT_EQ(GetReason(Create(second).status()), "REGISTRATION_NUMBER_TAKEN");
  EXPECT_EQ(Database().Count("customers"), 1);
}

TEST_F(CustomerServiceTest, UnknownAndMalformedNames) {
  EXPECT_TRUE(absl::IsNotFound(Get("customers/" + servicekit::Id::New(absl::Now()).ToString()).status()));
  for (const char* name : {"", "customers/", "customers/1", "customers/01J' OR '1'='1", "teams/01HF7YAT00"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(Get(name).status())) << name;
  }
}

TEST_F(CustomerServiceTest, SameRequestIdHasOneEffectAndOneAnswer) {
  const auto first = Create(Full(), "administrator", kRequestId);
  const auto second = Create(Full(), "administrator", kRequestId);
  ASSERT_TRUE(first.ok() && second.ok()) << second.status();
  EXPECT_TRUE(MessageDifferencer::Equals(*first, *second));
  EXPECT_EQ(Database().Count("customers"), 1);
  EXPECT_EQ(Database().Count("history"), 1);
  EXPECT_EQ(Database().Count("feed"), 1);
  EXPECT_TRUE(absl::IsInvalidArgument(Create(Named("other"), "administrator", kRequestId).status()));
}

TEST_F(CustomerServiceTest, SameRequestIdAtTheSameTimeToo) {
  std::atomic<int> ok = 0;
  std::vector<std::string> names(8);
  std::vector<std::thread> threads;
  for (std::string& name : names) {
    threads.emplace_back([&] {
      const auto created = Create(Full(), "administrator", kRequestId);
      if (created.ok()) {
        ++ok;
        name = created->name();
      } else {
        ADD_FAILURE() << created.status();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ok, 8);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 1u);
  EXPECT_EQ(Database().Count("customers"), 1);
  EXPECT_EQ(Database().Count("history"), 1);
  EXPECT_EQ(Database().Count("feed"), 1);
}

TEST_F(CustomerServiceTest, UpdateSetsWhatTheMaskNames) {
  const auto created = Create(Full());
  ASSERT_TRUE(created.ok());
  v1::Customer change;
  change.set_name(created->name());
  change.set_industry("도매");
  change.set_source("not in the mask");
  const auto updated = Update(change, {"industry", "tags"});
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->industry(), "도매");
  EXPECT_EQ(updated->source(), "전시회");
  EXPECT_THAT(updated->tags(), IsEmpty());
  EXPECT_NE(updated->etag(), created->etag());
  EXPECT_TRUE(MessageDifferencer::Equals(*Get(created->name()), *updated));
  EXPECT_THAT(WrongFields(Update(change, {"no_such_field"}).status()), Contains("update_mask"));
}

TEST_F(CustomerServiceTest, UpdateThatChangesNothingLeavesNoTrace) {
  const auto created = Create(Full());
  ASSERT_TRUE(created.ok());
  const auto updated = Update(*created, {"*"});
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->etag(), created->etag());
  EXPECT_EQ(Database().Count("history"), 1);
  EXPECT_EQ(Database().Count("feed"), 1);
}

TEST_F(CustomerServiceTest, StaleEtagIsAborted) {
  const auto created = Create(Full());
  ASSERT_TRUE(created.ok());
  v1::Customer change = *created;
  change.set_industry("first");
  ASSERT_TRUE(Update(change).ok());
  change.set_industry("second");
  const absl::Status stale = Update(change).status();
  EXPECT_TRUE(absl::IsAborted(stale)) << stale;
  EXPECT_EQ(GetReason(stale), "STALE_ETAG");
  change.clear_etag();
  EXPECT_TRUE(Update(change).ok());
}

TEST_F(CustomerServiceTest, ParentsMakeNoCircle) {
  const auto a = Create(Named("a")), b = Create(Named("b")), c = Create(Named("c"));
  const auto set_parent = [&](const v1::Customer& customer, const std::string& parent) {
    v1::Customer change;
    change.set_name(customer.name());
    change.set_parent(parent);
    return Update(change, {"parent"}).status();
  };
  EXPECT_TRUE(set_parent(*b, a->name()).ok());
  EXPECT_TRUE(set_parent(*c, b->name()).ok());
  EXPECT_THAT(WrongFields(set_parent(*a, c->name())), ElementsAre("customer.parent"));
  EXPECT_THAT(WrongFields(set_parent(*a, a->name())), ElementsAre("customer.parent"));
  EXPECT_TRUE(set_parent(*b, "").ok());
  EXPECT_TRUE(set_parent(*a, c->name()).ok());
}

TEST_F(CustomerServiceTest, TwoWhoMakeEachOtherTheParentDoNotBothSucceed) {
  for (int round = 0; round < 10; ++round) {
    const auto a = Create(Named("a")), b = Create(Named("b"));
    std::atomic<int> ok = 0;
    const auto set_parent = [&](const std::string& name, const std::string& parent) {
      v1::Customer change;
      change.set_name(name);
      change.set_parent(parent);
      if (Update(change).ok()) ++ok;
    };
    std::thread other([&] { set_parent(a->name(), b->name()); });
    set_parent(b->name(), a->name());
    other.join();
    EXPECT_EQ(ok, 1);
  }
}

TEST_F(CustomerServiceTest, RefusedWriteLeavesNothingBehind) {
  const auto created = Create(Full());
  ASSERT_TRUE(created.ok());
  for (const char* table : {"history", "feed"}) {
    Database().Execute(absl::StrCat("CREATE TRIGGER refuse BEFORE INSERT ON ", table,
                                    " FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'injected'"));
    v1::Customer change;
    change.set_name(created->name());
    change.set_industry("refused");
    EXPECT_TRUE(absl::IsInternal(Update(change).status()));
    EXPECT_TRUE(absl::IsInternal(Create(Named("refused")).status()));
    Database().Execute("DROP TRIGGER refuse");
    EXPECT_EQ(Database().Count("customers"), 1);
    EXPECT_EQ(Database().Count("history"), 1);
    EXPECT_EQ(Database().Count("feed"), 1);
    EXPECT_EQ(Database().Count("requests"), 1);
    EXPECT_TRUE(MessageDifferencer::Equals(*Get(created->name()), *created));
  }
}

TEST_F(CustomerServiceTest, BatchGetKeepsTheOrderAskedForAndLeavesOutWhatIsNotThere) {
  const auto a = Create(Named("a")), b = Create(Named("b"));
  v1::BatchGetCustomersRequest request;
  request.add_names(b->name());
  request.add_names("customers/" + servicekit::Id::New(absl::Now()).ToString());
  request.add_names(a->name());
  const auto batch = Call(customers_, &Customers::BatchGetCustomers, request);
  ASSERT_TRUE(batch.ok()) << batch.status();
  ASSERT_THAT(batch->customers(), SizeIs(2));
  EXPECT_EQ(batch->customers(0).name(), b->name());
  EXPECT_EQ(batch->customers(1).name(), a->name());
}

}  // namespace
}  // namespace clientele::customer
