#include "lifecycle-svc/rpc/lifecycle_fixture.h"
#include "servicekit/types/error.h"

namespace clientele::lifecycle {
namespace {

using type::v1::ImportResult;

class ImportTest : public LifecycleFixture {
 protected:
  static void Set(type::v1::ExternalId* id, const std::string& text) {
    id->set_system("crm");
    id->set_id(text);
  }
  static void Set(type::v1::Reference* reference, const std::string& text) {
    Set(reference->mutable_external_id(), text);
  }

  // Adds records for a product, and deals of each kind for the customer.
  void AddDeals(v1::ImportRecordsRequest& request, const std::string& customer, const std::string& prefix) {
    {
      v1::Product& product = *Next(request).mutable_product()->mutable_product();
      Set(product.mutable_external_id(), "GTX Pro");
      product.set_display_name("GTX Pro");
      *product.mutable_list_price() = Dollars("4821");
      *product.mutable_unit_cost() = Dollars("2000");
    }
    for (const auto step : {v1::Opportunity::PROSPECTING, v1::Opportunity::WON, v1::Opportunity::LOST}) {
      v1::OpportunityRecord& deal = *Next(request).mutable_opportunity();
      Set(deal.mutable_opportunity()->mutable_external_id(), prefix + v1::Opportunity::Step_Name(step));
      Set(deal.mutable_customer(), customer);
      Set(deal.mutable_product(), "GTX Pro");
      deal.mutable_opportunity()->set_step(step);
      *deal.mutable_opportunity()->mutable_open_time() = servicekit::ToProto(now() - absl::Hours(72));
      if (step == v1::Opportunity::PROSPECTING) continue;
      *deal.mutable_close_time() = servicekit::ToProto(now() - absl::Hours(48));
      if (step == v1::Opportunity::WON) *deal.mutable_opportunity()->mutable_amount() = Dollars("4514");
      if (step == v1::Opportunity::LOST) deal.set_lost_reason(v1::Opportunity::NO_DECISION);
    }
    {
      v1::PaymentRecord& payment = *Next(request).mutable_payment();
      Set(payment.mutable_payment()->mutable_external_id(), prefix + "payment");
      Set(payment.mutable_opportunity(), prefix + "WON");
      *payment.mutable_payment()->mutable_amount() = Dollars("4514");
      *payment.mutable_payment()->mutable_pay_time() = servicekit::ToProto(now() - absl::Hours(24));
    }
    {
      v1::OrderRecord& order = *Next(request).mutable_order();
      Set(order.mutable_order()->mutable_external_id(), prefix + "order");
      Set(order.mutable_customer(), customer);
      v1::OrderLine& line = *order.mutable_order()->add_lines();
      line.set_quantity(2);
      *line.mutable_amount() = Dollars("29.33");
      Set(order.add_products(), "GTX Pro");
      *order.mutable_order()->mutable_order_time() = servicekit::ToProto(now() - absl::Hours(20));
    }
    {
      v1::TransitionRecord& transition = *Next(request).mutable_transition();
      Set(transition.mutable_external_id(), prefix + "move");
      Set(transition.mutable_customer(), customer);
      transition.set_stage(type::v1::DORMANT);
      transition.set_reason("휴면");
      *transition.mutable_event_time() = servicekit::ToProto(now() - absl::Hours(1));
    }
  }
  v1::ImportRecord& Next(v1::ImportRecordsRequest& request) {
    v1::ImportRecord& record = *request.add_records();
    record.set_row(request.records_size());
    return record;
  }
  static std::vector<ImportResult::Outcome> OutcomesOf(const v1::ImportRecordsResponse& response) {
    std::vector<ImportResult::Outcome> outcomes;
    for (const ImportResult& result : response.results()) outcomes.push_back(result.outcome());
    return outcomes;
  }
};

TEST_F(ImportTest, ImportingAgainChangesNothingAndSaysSo) {
  const std::string customer = AddCustomer().id.ToString();
  v1::ImportRecordsRequest request;
  AddDeals(request, customer, "a-");
  const auto first = Import(request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_THAT(OutcomesOf(*first), ::testing::Each(ImportResult::CREATED)) << first->DebugString();
  const std::vector<const char*> tables = {"opportunities", "opportunity_steps", "orders", "payments",
                                           "moves",         "history",           "feed"};
  std::vector<int64_t> counts;
  for (const char* table : tables) counts.push_back(Database().Count(table));

  const auto second = Import(request);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_THAT(OutcomesOf(*second), ::testing::Each(ImportResult::UNCHANGED)) << second->DebugString();
  for (size_t i = 0; i < tables.size(); ++i) EXPECT_EQ(Database().Count(tables[i]), counts[i]) << tables[i];
  for (int i = 0; i < first->results_size(); ++i)
    EXPECT_EQ(first->results(i).name(), second->results(i).name());

  const auto summary = SummarizeOrders({});
  EXPECT_EQ(summary->order_count(), 2);
  EXPECT_EQ(summary->base_total().units(), 4543);
  EXPECT_EQ(summary->base_paid().units(), 4514);
  EXPECT_EQ(summary->base_cost().units(), 6000);
  v1::QueryFunnelRequest funnel;
  const auto rows = QueryFunnel(funnel);
  EXPECT_EQ(rows->dormant_count(), 1);
  EXPECT_EQ(rows->stages(4).reached_count(), 1) << "two orders are a repurchase";
}

TEST_F(ImportTest, AWrongRecordNeverSpoilsTheRest) {
  const std::string customer = AddCustomer().id.ToString();
  v1::ImportRecordsRequest request;
  AddDeals(request, customer, "a-");
  const int good = request.records_size();
  Set(Next(request).mutable_opportunity()->mutable_customer(), customer);  // No external id.
  v1::OpportunityRecord& unknown = *Next(request).mutable_opportunity();
  Set(unknown.mutable_opportunity()->mutable_external_id(), "x1");
  Set(unknown.mutable_customer(), "nobody");
  v1::OpportunityRecord& unpriced = *Next(request).mutable_opportunity();
  Set(unpriced.mutable_opportunity()->mutable_external_id(), "x2");
  Set(unpriced.mutable_customer(), customer);
  unpriced.mutable_opportunity()->set_step(v1::Opportunity::WON);
  *unpriced.mutable_opportunity()->mutable_amount() = In("EUR", "5");
  *unpriced.mutable_close_time() = servicekit::ToProto(now());
  v1::PaymentRecord& overpaid = *Next(request).mutable_payment();
  Set(overpaid.mutable_payment()->mutable_external_id(), "x3");
  Set(overpaid.mutable_order(), "a-order");
  *overpaid.mutable_payment()->mutable_amount() = Dollars("1000000");
  Next(request);  // No record at all.

  const auto response = Import(request);
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->results_size(), request.records_size());
  for (int i = 0; i < response->results_size(); ++i) {
    const ImportResult& result = response->results(i);
    EXPECT_EQ(result.row(), i + 1);
    EXPECT_EQ(result.outcome(), i < good ? ImportResult::CREATED : ImportResult::REJECTED)
        << result.DebugString();
    EXPECT_EQ(result.has_error(), i >= good);
  }
  EXPECT_EQ(response->results(good + 1).error().code(), 3);
  EXPECT_EQ(response->results(good + 2).error().code(), 9) << "no exchange rate";
  EXPECT_EQ(Database().Count("opportunities"), 3) << "a refused record does nothing, not even half of it";
}

TEST_F(ImportTest, WhatTheDatabaseRefusesEndsUpAlone) {
  const std::string customer = AddCustomer().id.ToString();
  v1::ImportRecordsRequest request;
  for (int i = 0; i < 9; ++i) {
    v1::OrderRecord& order = *Next(request).mutable_order();
    Set(order.mutable_order()->mutable_external_id(), servicekit::StrCat("order-", i));
    Set(order.mutable_customer(), customer);
    v1::OrderLine& line = *order.mutable_order()->add_lines();
    line.set_quantity(1);
    line.set_description(i == 4 ? "poison" : "");
    *line.mutable_amount() = Dollars("0");
  }
  Database().Execute(
      "CREATE TRIGGER refuse BEFORE INSERT ON order_lines FOR EACH ROW IF NEW.description = 'poison' THEN "
      "SIGNAL "
      "SQLSTATE '45000' SET MESSAGE_TEXT = 'injected'; END IF");
  const auto response = Import(request);
  Database().Execute("DROP TRIGGER refuse");
  ASSERT_TRUE(response.ok()) << response.status();
  for (int i = 0; i < 9; ++i) {
    EXPECT_EQ(response->results(i).outcome(), i == 4 ? ImportResult::REJECTED : ImportResult::CREATED);
  }
  EXPECT_EQ(Import(request)->results(4).outcome(), ImportResult::CREATED) << "it may be sent again";
}

TEST_F(ImportTest, AnOpenDealMovesOnAndAClosedOneStays) {
  const std::string customer = AddCustomer().id.ToString();
  v1::ImportRecordsRequest request;
  v1::OpportunityRecord& deal = *Next(request).mutable_opportunity();
  Set(deal.mutable_opportunity()->mutable_external_id(), "deal");
  Set(deal.mutable_customer(), customer);
  *deal.mutable_opportunity()->mutable_amount() = Dollars("10");
  ASSERT_EQ(Import(request)->results(0).outcome(), ImportResult::CREATED);
  // Its opening becomes known later, and lies in the past: the journey follows.
  deal.mutable_opportunity()->set_step(v1::Opportunity::QUALIFICATION);
  *deal.mutable_opportunity()->mutable_open_time() = servicekit::ToProto(now() - absl::Hours(200));
  auto response = Import(request);
  ASSERT_EQ(response->results(0).outcome(), ImportResult::UPDATED) << response->DebugString();
  const auto listed = ListJourneys({});
  ASSERT_EQ(listed->journeys_size(), 1);
  EXPECT_EQ(listed->journeys(0).stage_time().seconds(), absl::ToUnixSeconds(now() - absl::Hours(200)));

  deal.mutable_opportunity()->set_step(v1::Opportunity::WON);
  *deal.mutable_close_time() = servicekit::ToProto(now() - absl::Hours(100));
  ASSERT_EQ(Import(request)->results(0).outcome(), ImportResult::UPDATED);
  ASSERT_EQ(Import(request)->results(0).outcome(), ImportResult::UNCHANGED);
  *deal.mutable_opportunity()->mutable_amount() = Dollars("11");
  response = Import(request);
  EXPECT_EQ(response->results(0).outcome(), ImportResult::REJECTED);
  EXPECT_EQ(SummarizeOrders({})->base_total().units(), 10);
}

TEST_F(ImportTest, ExternalIdsAreTakenLiterally) {
  const std::string customer = AddCustomer().id.ToString();
  v1::ImportRecordsRequest request;
  for (const char* id : {"e", "E", "é", "e\u0301", " e", "e "}) {
    v1::OpportunityRecord& deal = *Next(request).mutable_opportunity();
    Set(deal.mutable_opportunity()->mutable_external_id(), id);
    Set(deal.mutable_customer(), customer);
  }
  const auto first = Import(request);
  ASSERT_TRUE(first.ok()) << first.status();
  // MySQL takes `e ` for `e`, so that one is refused.
  EXPECT_EQ(first->results(5).outcome(), ImportResult::REJECTED);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(first->results(i).outcome(), ImportResult::CREATED) << i;
  const auto second = Import(request);
  ASSERT_TRUE(second.ok()) << second.status();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(second->results(i).outcome(), ImportResult::UNCHANGED) << i;
  EXPECT_EQ(Database().Count("opportunities"), 5);
}

TEST_F(ImportTest, AMessageAsksCustomerSvcOnce) {
  v1::ImportRecordsRequest request;
  for (int i = 0; i < 300; ++i)
    AddDeals(request, AddCustomer().id.ToString(), servicekit::StrCat(i % 100, "-"));
  request.mutable_records()->DeleteSubrange(700, request.records_size() - 700);
  const auto response = Import(request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(directory_.questions, 1);
  EXPECT_TRUE(absl::IsInvalidArgument(Import({}).status()));
  EXPECT_TRUE(absl::IsPermissionDenied(Import(request, "analyst").status()));
}

// Whoever may make a move only when all that its stage asks for is known must not import it instead.
TEST_F(ImportTest, MovesThatAStageAsksForAreImportedByAdministrators) {
  const Id me = Id::New(now()), team = Id::New(now());
  const std::string customer = AddCustomer(me, team).id.ToString();
  servicekit::Principal principal;
  principal.subject = NameOf("representatives", me);
  principal.role = servicekit::Role::kRepresentative;
  principal.representative = me;
  principal.teams = {team};
  v1::ImportRecordsRequest request;
  for (const auto stage : {type::v1::ORDER, type::v1::LOST}) {
    v1::TransitionRecord& transition = *Next(request).mutable_transition();
    Set(transition.mutable_external_id(), type::v1::Stage_Name(stage));
    Set(transition.mutable_customer(), customer);
    transition.set_stage(stage);
    transition.set_reason("as it was");
    *transition.mutable_event_time() =
        servicekit::ToProto(now() - absl::Hours(stage == type::v1::ORDER ? 2 : 1));
  }
  const auto refused = Import(request, servicekit::TestToken(principal));
  ASSERT_TRUE(refused.ok()) << refused.status();
  EXPECT_EQ(refused->results(0).outcome(), ImportResult::REJECTED);
  EXPECT_EQ(refused->results(0).error().code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(refused->results(1).outcome(), ImportResult::CREATED) << "out of the lifecycle needs nothing";
  const auto taken = Import(request);
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_THAT(OutcomesOf(*taken), ::testing::ElementsAre(ImportResult::CREATED, ImportResult::UNCHANGED));
}

// Within one message, too, whatever is stored before.
TEST_F(ImportTest, ReferralsOfOneMessageShareAndFormNoCycleWithThoseBefore) {
  std::vector<std::string> customers;
  v1::ImportRecordsRequest request;
  for (int i = 0; i < 4; ++i) {
    customers.push_back(AddCustomer().id.ToString());
    v1::OpportunityRecord& deal = *Next(request).mutable_opportunity();
    Set(deal.mutable_opportunity()->mutable_external_id(), servicekit::StrCat("deal ", i));
    Set(deal.mutable_customer(), customers.back());
    *deal.mutable_opportunity()->mutable_amount() = Dollars("1");
  }
  ASSERT_TRUE(Import(request).ok());
  int number = 0;
  const auto refer = [&](v1::ImportRecordsRequest& message, int referrer, int referred, int percent) {
    v1::ReferralRecord& record = *Next(message).mutable_referral();
    Set(record.mutable_referral()->mutable_external_id(), servicekit::StrCat("referral ", ++number));
    Set(record.mutable_referrer(), customers[referrer]);
    Set(record.mutable_opportunity(), servicekit::StrCat("deal ", referred));
    record.mutable_referral()->set_influence_percent(percent);
  };
  v1::ImportRecordsRequest before, message;
  refer(before, 1, 2, 50);
  ASSERT_THAT(OutcomesOf(*Import(before)), ::testing::ElementsAre(ImportResult::CREATED));
  refer(message, 0, 1, 60);
  refer(message, 3, 1, 50);  // 110 percent of one deal.
  refer(message, 3, 1, 40);
  refer(message, 2, 3, 10);  // 3 → 1 → 2 → 3, over the one before.
  refer(message, 2, 0, 10);  // 0 → 1 → 2 → 0.
  refer(message, 0, 3, 10);
  refer(message, 3, 2, 50);
  refer(message, 0, 2, 1);  // 101 percent.
  const auto imported = Import(message);
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_THAT(OutcomesOf(*imported),
              ::testing::ElementsAre(ImportResult::CREATED, ImportResult::REJECTED, ImportResult::CREATED,
                                     ImportResult::REJECTED, ImportResult::REJECTED, ImportResult::CREATED,
                                     ImportResult::CREATED, ImportResult::REJECTED));
}

}  // namespace
}  // namespace clientele::lifecycle
