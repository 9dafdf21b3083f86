#include <algorithm>
#include <thread>

#include "lifecycle-svc/rpc/lifecycle_fixture.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/types/error.h"

namespace clientele::lifecycle {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using type::v1::Stage;

constexpr char kRequestId[] = "6fa459ea-ee8a-4ca4-894e-db77e160355e";

class DealsTest : public LifecycleFixture {
 protected:
  using TimedNames = std::vector<std::pair<int, std::string>>;

  // Of a list, read in pages of two.
  template <typename Request, typename List, typename RowsOf>
  std::vector<std::string> NamesOfAll(Request request, List list, RowsOf rows_of) {
    std::vector<std::string> names;
    request.set_page_size(2);
    do {
      const auto page = list(request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const auto& row : rows_of(*page)) names.push_back(row.name());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return names;
  }

  Stage StageOf(const std::string& customer) {
    v1::GetJourneyRequest request;
    request.set_name(customer + "/journey");
    const auto journey = GetJourney(request);
    EXPECT_TRUE(journey.ok()) << journey.status();
    return journey.ok() ? journey->stage() : type::v1::STAGE_UNSPECIFIED;
  }
};

TEST_F(DealsTest, AProductFollowsTheMatrixAndIsChangedByMask) {
  v1::CreateProductRequest create;
  create.mutable_product()->set_display_name("현지화 서비스");
  create.mutable_product()->set_value_level(v1::HIGH);
  create.mutable_product()->set_standardization_level(v1::LOW);
  *create.mutable_product()->mutable_list_price() = Dollars("12.5");
  const auto product = CreateProduct(create);
  ASSERT_TRUE(product.ok()) << product.status();
  EXPECT_EQ(product->delivery_model(), v1::PROFESSIONAL);
  EXPECT_TRUE(absl::IsPermissionDenied(CreateProduct(create, "manager").status()));

  v1::UpdateProductRequest update;
  update.mutable_product()->set_name(product->name());
  update.mutable_product()->set_delivery_model_override(v1::PROCESS);
  update.mutable_update_mask()->add_paths("delivery_model_override");
  const auto refused = UpdateProduct(update);
  ASSERT_EQ(servicekit::GetFieldViolations(refused.status()).size(), 1u) << refused.status();
  EXPECT_EQ(servicekit::GetFieldViolations(refused.status())[0].field, "product.override_reason");
  update.mutable_product()->set_override_reason("sold online");
  update.mutable_update_mask()->add_paths("override_reason");
  update.mutable_product()->set_etag(product->etag());
  const auto updated = UpdateProduct(update);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->delivery_model(), v1::PROCESS);
  EXPECT_EQ(updated->display_name(), "현지화 서비스");
  EXPECT_TRUE(absl::IsAborted(UpdateProduct(update).status()));
}

TEST_F(DealsTest, AnOrderMovesItsCustomerAndTellsTheOthers) {
  const std::string customer = AddCustomerName();
  const auto order = CreateOrder(OrderFor(customer, "19.99"));
  ASSERT_TRUE(order.ok()) << order.status();
  EXPECT_EQ(order->base_total().units(), 19);
  EXPECT_EQ(order->base_total().nanos(), 990'000'000);
  EXPECT_EQ(order->state(), v1::Order::PLACED);
  EXPECT_EQ(StageOf(customer), type::v1::ORDER);
  EXPECT_THAT(FeedTypes(), ElementsAre("OrderPlaced", "JourneyChanged"));
  EXPECT_EQ(Database().Count("history"), 2);

  clock_.Advance(absl::Hours(1));
  ASSERT_TRUE(CreateOrder(OrderFor(customer)).ok());
  EXPECT_EQ(StageOf(customer), type::v1::REPURCHASE);
  EXPECT_EQ(directory_.questions, 1) << "a customer that is known is not asked for";
  v1::ListTransitionsRequest list;
  list.set_parent(customer);
  const auto transitions = ListTransitions(list);
  ASSERT_TRUE(transitions.ok());
  ASSERT_EQ(transitions->transitions_size(), 3);
  EXPECT_EQ(transitions->transitions(1).cause(), order->name());
  EXPECT_EQ(transitions->transitions(2).direction(), v1::Transition::REPURCHASE);
}

TEST_F(DealsTest, WritesGoOnWhileCustomerSvcIsDownForCustomersThatAreKnown) {
  const std::string customer = AddCustomerName();
  ASSERT_TRUE(CreateOrder(OrderFor(customer)).ok());
  directory_.down = true;
  EXPECT_TRUE(CreateOrder(OrderFor(customer)).ok());
  EXPECT_TRUE(absl::IsUnavailable(CreateOrder(OrderFor(AddCustomerName())).status()));
}

TEST_F(DealsTest, EverythingThatIsWrongIsToldAtOnce) {
  v1::CreateOrderRequest request;
  request.mutable_order()->set_customer("customers/nobody");
  request.mutable_order()->add_lines()->set_quantity(0);
  *request.mutable_order()->mutable_lines(0)->mutable_amount() = In("usd", "1");
  *request.mutable_order()->mutable_order_time() = servicekit::ToProto(now() + absl::Hours(1));
  const auto refused = CreateOrder(request);
  std::vector<std::string> fields;
  for (const auto& violation : servicekit::GetFieldViolations(refused.status()))
    fields.push_back(violation.field);
  EXPECT_THAT(fields, ::testing::UnorderedElementsAre("order.customer", "order.lines[0].quantity",
                                                      ::testing::StartsWith("order.lines[0].amount"),
                                                      "order.order_time"))
      << refused.status();
}

TEST_F(DealsTest, ForeignMoneyNeedsARateOfItsDay) {
  const std::string customer = AddCustomerName();
  v1::CreateOrderRequest request = OrderFor(customer);
  *request.mutable_order()->mutable_lines(0)->mutable_amount() = In("EUR", "100");
  const auto refused = CreateOrder(request);
  EXPECT_TRUE(absl::IsFailedPrecondition(refused.status()));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("EUR"));
  EXPECT_EQ(Database().Count("journeys"), 0) << "a refused write leaves nothing behind";

  v1::SetExchangeRateRequest rate;
  rate.mutable_exchange_rate()->set_currency_code("EUR");
  *rate.mutable_exchange_rate()->mutable_start_date() =
      servicekit::ToProto(absl::ToCivilDay(now(), absl::UTCTimeZone()) - 3);
  rate.mutable_exchange_rate()->set_rate("1.25");
  ASSERT_TRUE(SetExchangeRate(rate).ok());
  const auto order = CreateOrder(request);
  ASSERT_TRUE(order.ok()) << order.status();
  EXPECT_EQ(order->base_total().units(), 125);
  EXPECT_EQ(order->base_total().currency_code(), "USD");
}

TEST_F(DealsTest, WinningPlacesTheOrderInTheSameTransaction) {
  const std::string customer = AddCustomerName();
  const auto opportunity = CreateOpportunity(OpportunityFor(customer, "500"));
  ASSERT_TRUE(opportunity.ok()) << opportunity.status();
  EXPECT_EQ(opportunity->probability_percent(), 10);
  EXPECT_EQ(StageOf(customer), type::v1::OPPORTUNITY);
  clock_.Advance(absl::Hours(48));
  v1::WinOpportunityRequest win;
  win.set_name(opportunity->name());
  win.set_etag(opportunity->etag());
  const auto won = WinOpportunity(win);
  ASSERT_TRUE(won.ok()) << won.status();
  EXPECT_EQ(won->step(), v1::Opportunity::WON);
  EXPECT_EQ(StageOf(customer), type::v1::ORDER);
  v1::GetOrderRequest get;
  get.set_name(won->order());
  const auto order = GetOrder(get);
  ASSERT_TRUE(order.ok()) << order.status();
  EXPECT_EQ(order->opportunity(), won->name());
  EXPECT_EQ(order->total().units(), 500);
  EXPECT_TRUE(absl::IsAborted(WinOpportunity(win).status())) << "the etag is stale";
  win.clear_etag();
  EXPECT_TRUE(absl::IsFailedPrecondition(WinOpportunity(win).status()));
  EXPECT_THAT(FeedTypes(), ElementsAre("OpportunityChanged", "JourneyChanged", "OpportunityChanged",
                                       "OrderPlaced", "JourneyChanged"));
}

TEST_F(DealsTest, AStepBringsItsDefaultsUnlessSaidOtherwise) {
  const auto opportunity = CreateOpportunity(OpportunityFor(AddCustomerName()));
  ASSERT_TRUE(opportunity.ok());
  v1::UpdateOpportunityRequest update;
  update.mutable_opportunity()->set_name(opportunity->name());
  update.mutable_opportunity()->set_step(v1::Opportunity::PROPOSAL);
  auto updated = UpdateOpportunity(update);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->probability_percent(), 50);
  EXPECT_EQ(updated->forecast_category(), v1::Opportunity::BEST_CASE);
  update.mutable_opportunity()->set_step(v1::Opportunity::NEGOTIATION);
  update.mutable_opportunity()->set_probability_percent(65);
  updated = UpdateOpportunity(update);
  ASSERT_TRUE(updated.ok());
  EXPECT_EQ(updated->probability_percent(), 65);
  EXPECT_EQ(updated->amount().units(), 100);
}

// Whoever replays the feed sees each step when it was taken, and not before.
TEST_F(DealsTest, EachChangeOfAnOpportunityIsToldAtItsOwnTime) {
  const absl::Time opened = clock_.Now();
  const auto opportunity = CreateOpportunity(OpportunityFor(AddCustomerName(), "500"));
  ASSERT_TRUE(opportunity.ok()) << opportunity.status();
  clock_.Advance(absl::Hours(48));
  v1::UpdateOpportunityRequest update;
  update.mutable_opportunity()->set_name(opportunity->name());
  update.mutable_opportunity()->set_step(v1::Opportunity::PROPOSAL);
  ASSERT_TRUE(UpdateOpportunity(update).ok());
  clock_.Advance(absl::Hours(24));
  v1::WinOpportunityRequest win;
  win.set_name(opportunity->name());
  *win.mutable_close_time() = servicekit::ToProto(opened + absl::Hours(60));
  ASSERT_TRUE(WinOpportunity(win).ok());
  const auto times = servicekit::RunReading(
      Database().pool(), absl::Now() + absl::Seconds(10), [&](servicekit::Transaction& tx) {
        return tx.QueryAll(
            servicekit::Sql("SELECT event_time FROM feed WHERE type LIKE '%OpportunityChanged' ORDER BY seq"),
            [](const servicekit::Row& row) { return row.Time(0); });
      });
  ASSERT_TRUE(times.ok()) << times.status();
  EXPECT_THAT(*times, ElementsAre(opened, opened + absl::Hours(48), opened + absl::Hours(60)));
}

TEST_F(DealsTest, LosingNeedsAReason) {
  const auto opportunity = CreateOpportunity(OpportunityFor(AddCustomerName()));
  ASSERT_TRUE(opportunity.ok());
  v1::LoseOpportunityRequest lose;
  lose.set_name(opportunity->name());
  EXPECT_TRUE(absl::IsInvalidArgument(LoseOpportunity(lose).status()));
  lose.set_lost_reason(v1::Opportunity::OTHER);
  EXPECT_TRUE(absl::IsInvalidArgument(LoseOpportunity(lose).status()));
  lose.set_lost_note("moved away");
  const auto lost = LoseOpportunity(lose);
  ASSERT_TRUE(lost.ok()) << lost.status();
  EXPECT_EQ(lost->lost_reason(), v1::Opportunity::OTHER);
  EXPECT_EQ(lost->forecast_category(), v1::Opportunity::OMITTED);
}

TEST_F(DealsTest, ConcurrentPaymentsNeverOverpay) {
  const auto order = CreateOrder(OrderFor(AddCustomerName(), "100"));
  ASSERT_TRUE(order.ok());
  std::vector<std::thread> threads;
  std::atomic<int> paid = 0, refused = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      v1::CreatePaymentRequest request;
      request.set_parent(order->name());
      *request.mutable_payment()->mutable_amount() = Dollars("30");
      const auto payment = CreatePayment(request);
      if (payment.ok()) ++paid;
      if (absl::IsFailedPrecondition(payment.status())) ++refused;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(paid, 3);
  EXPECT_EQ(refused, 5);
  v1::GetOrderRequest get;
  get.set_name(order->name());
  EXPECT_EQ(GetOrder(get)->paid().units(), 90);
  v1::ListPaymentsRequest list;
  list.set_parent(order->name());
  list.set_page_size(2);
  const auto first = ListPayments(list);
  ASSERT_TRUE(first.ok()) << first.status();
  list.set_page_token(first->next_page_token());
  EXPECT_EQ(first->payments_size() + ListPayments(list)->payments_size(), 3);
}

TEST_F(DealsTest, TheSameRequestIdAtTheSameTimeHasOneEffectAndOneAnswer) {
  v1::CreateOrderRequest request = OrderFor(AddCustomerName());
  request.set_request_id(kRequestId);
  std::vector<std::string> answers(6);
  std::vector<std::thread> threads;
  for (std::string& answer : answers) {
    threads.emplace_back([&] {
      const auto order = CreateOrder(request);
      answer = order.ok() ? order->name() : std::string(order.status().message());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(answers, ::testing::Each(answers[0]));
  EXPECT_EQ(Database().Count("orders"), 1);
  request.mutable_order()->mutable_lines(0)->set_quantity(2);
  EXPECT_TRUE(absl::IsInvalidArgument(CreateOrder(request).status()));
}

TEST_F(DealsTest, AnExternalIdIsTakenOnce) {
  v1::CreateOrderRequest request = OrderFor(AddCustomerName());
  request.mutable_order()->mutable_external_id()->set_system("erp");
  request.mutable_order()->mutable_external_id()->set_id("'; DROP TABLE orders; --");
  ASSERT_TRUE(CreateOrder(request).ok());
  EXPECT_TRUE(absl::IsAlreadyExists(CreateOrder(request).status()));
}

TEST_F(DealsTest, ReferralsShareAtMostAHundredPercentAndFormNoCycle) {
  const std::string a = AddCustomerName(), b = AddCustomerName();
  const auto to_b = CreateOpportunity(OpportunityFor(b));
  const auto to_a = CreateOpportunity(OpportunityFor(a));
  ASSERT_TRUE(to_a.ok() && to_b.ok());
  v1::CreateReferralRequest request;
  request.mutable_referral()->set_referrer(a);
  request.mutable_referral()->set_opportunity(to_b->name());
  request.mutable_referral()->set_influence_percent(60);
  const auto referral = CreateReferral(request);
  ASSERT_TRUE(referral.ok()) << referral.status();
  EXPECT_EQ(referral->referred(), b);
  EXPECT_TRUE(absl::IsFailedPrecondition(CreateReferral(request).status()));
  request.mutable_referral()->set_referrer(b);
  request.mutable_referral()->set_opportunity(to_a->name());
  EXPECT_TRUE(absl::IsFailedPrecondition(CreateReferral(request).status()));
  EXPECT_EQ(ListReferrals({})->referrals_size(), 1);
}

TEST_F(DealsTest, OfConcurrentReferralsThatWouldFormACycleOneIsRefused) {
  constexpr int kCustomers = 4;
  std::vector<std::string> customers, opportunities;
  for (int i = 0; i < kCustomers; ++i) {
    customers.push_back(AddCustomerName());
    const auto opportunity = CreateOpportunity(OpportunityFor(customers.back()));
    ASSERT_TRUE(opportunity.ok());
    opportunities.push_back(opportunity->name());
  }
  std::atomic<int> made = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kCustomers; ++i) {
    threads.emplace_back([&, i] {
      v1::CreateReferralRequest request;
      request.mutable_referral()->set_referrer(customers[i]);
      request.mutable_referral()->set_opportunity(opportunities[(i + 1) % kCustomers]);
      request.mutable_referral()->set_influence_percent(10);
      if (CreateReferral(request).ok()) ++made;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, kCustomers - 1);
}

TEST_F(DealsTest, ARefusedWriteLeavesNothingBehind) {
  const std::string customer = AddCustomerName();
  Database().Execute(
      "CREATE TRIGGER refuse BEFORE INSERT ON order_lines FOR EACH ROW SIGNAL SQLSTATE '45000' SET "
      "MESSAGE_TEXT = "
      "'injected'");
  v1::CreateOrderRequest request = OrderFor(customer);
  request.set_request_id(kRequestId);
  const auto refused = CreateOrder(request);
  Database().Execute("DROP TRIGGER refuse");
  EXPECT_TRUE(absl::IsInternal(refused.status())) << refused.status();
  EXPECT_THAT(std::string(refused.status().message()), ::testing::Not(HasSubstr("injected")));
  for (const char* table : {"orders", "order_lines", "journeys", "moves", "history", "feed", "requests"}) {
    EXPECT_EQ(Database().Count(table), 0) << table;
  }
  EXPECT_TRUE(CreateOrder(request).ok()) << "it may be sent again";
}

TEST_F(DealsTest, SummariesAddUpWhatTheCallerCouldList) {
  const Id team = Id::New(now()), me = Id::New(now());
  const auto mine = AddCustomer(me, team), others = AddCustomer(Id::New(now()), team);
  ASSERT_TRUE(CreateOrder(OrderFor(NameOf("customers", mine.id), "10")).ok());
  ASSERT_TRUE(CreateOrder(OrderFor(NameOf("customers", others.id), "20")).ok());
  ASSERT_TRUE(CreateOpportunity(OpportunityFor(NameOf("customers", mine.id), "7")).ok());
  ASSERT_TRUE(CreateOpportunity(OpportunityFor(NameOf("customers", others.id), "8")).ok());
  servicekit::Principal principal;
  principal.subject = NameOf("representatives", me);
  principal.role = servicekit::Role::kRepresentative;
  principal.representative = me;
  principal.teams = {team};
  const std::string token = servicekit::TestToken(principal);
  EXPECT_EQ(SummarizeOrders({}, token)->base_total().units(), 10);
  EXPECT_EQ(SummarizeOrders({}, token)->order_count(), 1);
  EXPECT_EQ(ListOrders({}, token)->orders_size(), 1);
  EXPECT_EQ(SummarizeOrders({})->base_total().units(), 30);
  EXPECT_EQ(SummarizeOrders({})->customer_count(), 2);
  ASSERT_EQ(SummarizeOpportunities({}, token)->rows_size(), 1);
  EXPECT_EQ(SummarizeOpportunities({}, token)->rows(0).amount().units(), 7);
  EXPECT_EQ(SummarizeOpportunities({})->rows(0).opportunity_count(), 2);
  EXPECT_TRUE(absl::IsNotFound(CreateOrder(OrderFor(NameOf("customers", others.id)), token).status()));
  EXPECT_TRUE(
      absl::IsPermissionDenied(CreateOrder(OrderFor(NameOf("customers", mine.id)), "analyst").status()));
  v1::ListOrdersRequest filtered;
  filtered.set_filter(
      servicekit::StrCat("customer = \"", NameOf("customers", mine.id), "\" AND state = PLACED"));
  const auto listed = ListOrders(filtered);
  ASSERT_TRUE(listed.ok()) << listed.status();
  EXPECT_EQ(listed->orders_size(), 1);
  filtered.set_filter("colour = 1");
  EXPECT_TRUE(absl::IsInvalidArgument(ListOrders(filtered).status()));
}

TEST_F(DealsTest, AProductsCostIsConvertedIntoTheOrdersCurrency) {
  const auto rate = [&](const char* currency, const char* text) {
    v1::SetExchangeRateRequest set;
    set.mutable_exchange_rate()->set_currency_code(currency);
    *set.mutable_exchange_rate()->mutable_start_date() = servicekit::ToProto(absl::CivilDay(2000, 1, 1));
    set.mutable_exchange_rate()->set_rate(text);
    ASSERT_TRUE(SetExchangeRate(set).ok());
  };
  rate("EUR", "1.25");
  rate("KRW", "0.0008");
  const auto cost_of = [&](const char* cost_currency, const char* currency) {
    v1::CreateProductRequest create;
    create.mutable_product()->set_display_name("product");
    *create.mutable_product()->mutable_unit_cost() = In(cost_currency, "8");
    v1::CreateOrderRequest request = OrderFor(AddCustomerName());
    request.mutable_order()->mutable_lines(0)->set_product(CreateProduct(create)->name());
    *request.mutable_order()->mutable_lines(0)->mutable_amount() = In(currency, "100000");
    const auto order = CreateOrder(request);
    EXPECT_TRUE(order.ok()) << order.status();
    return order->lines(0).unit_cost().units();
  };
  EXPECT_EQ(cost_of("EUR", "USD"), 10);
  EXPECT_EQ(cost_of("EUR", "KRW"), 12500);
  EXPECT_EQ(cost_of("USD", "KRW"), 10000);
  EXPECT_EQ(cost_of("JPY", "USD"), 0) << "no rate is known";
}

// Ordered by their own time, not by when they were written down, and also where times are the same.
TEST_F(DealsTest, ListsComeInTheOrderAskedForPageByPage) {
  EnforceNothing();
  const std::string customer = AddCustomerName();
  TimedNames orders, opportunities;
  for (const int day : {3, 1, 2, 1, 3, 2, 1}) {
    const absl::Time time = now() - absl::Hours(24 * day);
    v1::CreateOrderRequest order = OrderFor(customer);
    *order.mutable_order()->mutable_order_time() = servicekit::ToProto(time);
    const auto placed = CreateOrder(order);
    ASSERT_TRUE(placed.ok()) << placed.status();
    orders.emplace_back(-day, placed->name());
    v1::CreateOpportunityRequest opportunity = OpportunityFor(customer);
    *opportunity.mutable_opportunity()->mutable_open_time() = servicekit::ToProto(time);
    const auto opened = CreateOpportunity(opportunity);
    ASSERT_TRUE(opened.ok()) << opened.status();
    opportunities.emplace_back(-day, opened->name());
  }
  const auto in_order = [](TimedNames names, const std::string& order_by) {
    const bool by_time = order_by.find("time") != std::string::npos;
    for (auto& [day, name] : names) day = by_time ? day : 0;
    std::sort(names.begin(), names.end());
    if (order_by.ends_with("desc")) std::reverse(names.begin(), names.end());
    std::vector<std::string> sorted;
    for (const auto& [day, name] : names) sorted.push_back(name);
    return sorted;
  };
  for (const char* order_by : {"", "name desc", "order_time", "order_time desc"}) {
    v1::ListOrdersRequest request;
    request.set_order_by(order_by);
    EXPECT_EQ(NamesOfAll(
                  request, [&](const auto& r) { return ListOrders(r); },
                  [](const auto& page) { return page.orders(); }),
              in_order(orders, order_by))
        << order_by;
  }
  for (const char* order_by : {"", "name desc", "open_time", "open_time desc"}) {
    v1::ListOpportunitiesRequest request;
    request.set_order_by(order_by);
    EXPECT_EQ(NamesOfAll(
                  request, [&](const auto& r) { return ListOpportunities(r); },
                  [](const auto& page) { return page.opportunities(); }),
              in_order(opportunities, order_by))
        << order_by;
  }
  std::vector<absl::Time> up, down;
  for (auto* times : {&up, &down}) {
    v1::ListTransitionsRequest request;
    request.set_parent(customer);
    request.set_page_size(1);
    request.set_order_by(times == &up ? "" : "event_time desc");
    do {
      const auto page = ListTransitions(request);
      ASSERT_TRUE(page.ok()) << page.status();
      for (const auto& move : page->transitions())
        times->push_back(*servicekit::FromProto("event_time", move.event_time()));
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
  }
  EXPECT_GE(up.size(), 2u);
  EXPECT_TRUE(std::is_sorted(up.begin(), up.end()));
  std::reverse(down.begin(), down.end());
  EXPECT_EQ(up, down);
}

TEST_F(DealsTest, WhatIsNoOrderOfAListIsRefused) {
  const auto field = [](const absl::Status& status) {
    const auto violations = servicekit::GetFieldViolations(status);
    return violations.size() == 1 ? violations[0].field : std::string(status.message());
  };
  v1::ListOrdersRequest orders;
  orders.set_order_by("total");
  EXPECT_EQ(field(ListOrders(orders).status()), "order_by");
  v1::ListOpportunitiesRequest opportunities;
  opportunities.set_order_by("open_time; DROP TABLE opportunities");
  EXPECT_EQ(field(ListOpportunities(opportunities).status()), "order_by");
  v1::ListTransitionsRequest transitions;
  transitions.set_parent(AddCustomerName());
  transitions.set_order_by("name");
  EXPECT_EQ(field(ListTransitions(transitions).status()), "order_by");
  // A token is of one order.
  const std::string customer = AddCustomerName();
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(CreateOrder(OrderFor(customer)).ok());
  orders.set_order_by("order_time");
  orders.set_page_size(1);
  const auto page = ListOrders(orders);
  ASSERT_TRUE(page.ok()) << page.status();
  orders.set_page_token(page->next_page_token());
  orders.set_order_by("order_time desc");
  EXPECT_EQ(field(ListOrders(orders).status()), "page_token");
}

}  // namespace
}  // namespace clientele::lifecycle
