#include "clientele/lifecycle/v1/lifecycle_feed.pb.h"
#include "lifecycle-svc/rpc/lifecycle_fixture.h"
#include "servicekit/types/error.h"

namespace clientele::lifecycle {
namespace {

using servicekit::GetFieldViolations;
using type::v1::ImportResult;

std::string LimitName(Id customer) { return NameOf("customers", customer) + "/creditLimit"; }

class CreditLimitsTest : public LifecycleFixture {
 protected:
  // `amount` is null to lift it.
  static v1::UpdateCreditLimitRequest Limiting(Id customer, const char* amount) {
    v1::UpdateCreditLimitRequest request;
    request.mutable_credit_limit()->set_name(LimitName(customer));
    if (amount != nullptr) *request.mutable_credit_limit()->mutable_amount() = Dollars(amount);
    return request;
  }
  absl::StatusOr<v1::CreditLimit> Limit(Id customer, std::string_view token = "administrator") {
    v1::GetCreditLimitRequest request;
    request.set_name(LimitName(customer));
    return GetCreditLimit(request, token);
  }
  // Whole dollars; 0 without a limit.
  int64_t DollarsOf(Id customer) {
    const auto limit = Limit(customer);
    EXPECT_TRUE(limit.ok()) << limit.status();
    return limit.ok() ? limit->amount().units() : -1;
  }
  KnownCustomer AddKnown(std::optional<Id> owner = std::nullopt, std::optional<Id> team = std::nullopt) {
    const KnownCustomer customer = AddCustomer(owner, team);
    EXPECT_TRUE(HearOne(Changed(customer)).ok());
    return customer;
  }
};

TEST_F(CreditLimitsTest, IsSetChangedAndLifted) {
  const Id customer = AddKnown().id;
  const auto none = Limit(customer);
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_FALSE(none->has_amount());
  EXPECT_EQ(none->etag(), "");

  const auto set = UpdateCreditLimit(Limiting(customer, "1000.5"));
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->amount().units(), 1000);
  EXPECT_EQ(set->amount().nanos(), 500'000'000);
  EXPECT_EQ(*servicekit::FromProto("", set->start_time()), now());
  EXPECT_EQ(Limit(customer)->ShortDebugString(), set->ShortDebugString());

  clock_.Advance(absl::Hours(1));
  const auto same = UpdateCreditLimit(Limiting(customer, "1000.5"));
  EXPECT_EQ(same->ShortDebugString(), set->ShortDebugString()) << "nothing changed";

  v1::UpdateCreditLimitRequest more = Limiting(customer, "2000");
  more.mutable_credit_limit()->set_etag(set->etag());
  more.set_request_id("6f1f8a1e-8a55-4f0e-9e0a-0d7c5d0b7a03");
  const auto raised = UpdateCreditLimit(more);
  ASSERT_TRUE(raised.ok()) << raised.status();
  EXPECT_EQ(UpdateCreditLimit(more)->ShortDebugString(), raised->ShortDebugString()) << "once";
  more.clear_request_id();
  EXPECT_TRUE(absl::IsAborted(UpdateCreditLimit(more).status())) << "the etag is stale";

  const auto lifted = UpdateCreditLimit(Limiting(customer, nullptr));
  ASSERT_TRUE(lifted.ok()) << lifted.status();
  EXPECT_FALSE(lifted->has_amount());
  EXPECT_FALSE(Limit(customer)->has_amount());
  EXPECT_EQ(std::ranges::count(FeedTypes(), "CreditLimitChanged"), 3);
}

TEST_F(CreditLimitsTest, WrongOnesAreRefusedWithTheirFields) {
  const Id customer = AddKnown().id;
  const auto field = [&](const v1::UpdateCreditLimitRequest& request) {
    const auto violations = GetFieldViolations(UpdateCreditLimit(request).status());
    return violations.empty() ? std::string() : violations.front().field;
  };
  v1::UpdateCreditLimitRequest request = Limiting(customer, "0");
  EXPECT_EQ(field(request), "credit_limit.amount");
  *request.mutable_credit_limit()->mutable_amount() = In("EUR", "5");
  EXPECT_EQ(field(request), "credit_limit.amount.currency_code");
  request = Limiting(customer, "5");
  *request.mutable_credit_limit()->mutable_start_time() = servicekit::ToProto(now() + absl::Hours(1));
  EXPECT_EQ(field(request), "credit_limit.start_time");
  request.mutable_credit_limit()->set_name(NameOf("customers", customer));
  EXPECT_EQ(field(request), "credit_limit.name");
  EXPECT_TRUE(absl::IsNotFound(UpdateCreditLimit(Limiting(Id::New(now()), "5")).status()));
  EXPECT_TRUE(absl::IsNotFound(Limit(Id::New(now())).status()));
}

TEST_F(CreditLimitsTest, ManagersSetThoseOfTheirTeamsAndOthersSeeTheirOwn) {
  const Id team = Id::New(now()), other_team = Id::New(now() + absl::Milliseconds(1));
  ASSERT_TRUE(HearOne(TeamUnder(team, std::nullopt)).ok());
  ASSERT_TRUE(HearOne(TeamUnder(other_team, std::nullopt)).ok());
  const Id owner = Id::New(now() + absl::Milliseconds(2));
  const Id customer = AddKnown(owner, team).id, foreign = AddKnown(std::nullopt, other_team).id;
  const std::string manager = TokenOf(servicekit::Role::kManager, std::nullopt, {team});
  const std::string seller = TokenOf(servicekit::Role::kRepresentative, owner, {team});

  EXPECT_TRUE(UpdateCreditLimit(Limiting(customer, "500"), manager).ok());
  EXPECT_TRUE(absl::IsNotFound(UpdateCreditLimit(Limiting(foreign, "500"), manager).status()));
  EXPECT_TRUE(absl::IsPermissionDenied(UpdateCreditLimit(Limiting(customer, "900"), seller).status()));
  EXPECT_TRUE(absl::IsPermissionDenied(UpdateCreditLimit(Limiting(customer, "900"), "analyst").status()));
  EXPECT_EQ(Limit(customer, seller)->amount().units(), 500);
  EXPECT_TRUE(absl::IsNotFound(Limit(foreign, seller).status()));
  EXPECT_TRUE(Limit(foreign, "analyst").ok());
}

TEST_F(CreditLimitsTest, AMergeTakesNothingAwayAndASplitGivesAllBack) {
  const Id a = AddKnown().id, b = AddKnown().id;
  ASSERT_TRUE(UpdateCreditLimit(Limiting(b, "700")).ok());
  const Id merge = Id::New(now());
  ASSERT_TRUE(HearOne(Merged(merge, a, b)).ok());
  EXPECT_EQ(DollarsOf(a), 700) << "of the one that was merged into it";
  EXPECT_EQ(DollarsOf(b), 700);
  EXPECT_EQ(Limit(b)->name(), LimitName(a));

  ASSERT_TRUE(UpdateCreditLimit(Limiting(b, "900")).ok());
  EXPECT_EQ(DollarsOf(a), 900) << "under an alias's name, too, it is the survivor's";
  ASSERT_TRUE(HearOne(Split(merge, a, b)).ok());
  EXPECT_EQ(DollarsOf(a), 900);
  EXPECT_EQ(DollarsOf(b), 700);
}

TEST_F(CreditLimitsTest, AreImported) {
  const Id customer = AddKnown().id;
  v1::ImportRecordsRequest request;
  v1::CreditLimitRecord& record = *request.add_records()->mutable_credit_limit();
  record.mutable_customer()->set_name(NameOf("customers", customer));
  *record.mutable_credit_limit()->mutable_amount() = Dollars("300");
  *record.mutable_credit_limit()->mutable_start_time() = servicekit::ToProto(now() - absl::Hours(48));
  request.add_records()->mutable_credit_limit()->mutable_customer()->set_name(NameOf("customers", customer));
  const auto first = Import(request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->results(0).outcome(), ImportResult::CREATED);
  EXPECT_EQ(first->results(0).name(), LimitName(customer));
  EXPECT_EQ(first->results(1).outcome(), ImportResult::REJECTED) << "since when is not said";
  EXPECT_EQ(Import(request)->results(0).outcome(), ImportResult::UNCHANGED);
  *record.mutable_credit_limit()->mutable_amount() = Dollars("400");
  EXPECT_EQ(Import(request)->results(0).outcome(), ImportResult::UPDATED);
  EXPECT_EQ(DollarsOf(customer), 400);
  EXPECT_EQ(Import(request, "representative")->results(0).outcome(), ImportResult::REJECTED);
}

}  // namespace
}  // namespace clientele::lifecycle
