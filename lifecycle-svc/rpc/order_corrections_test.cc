#include <random>
#include <thread>

#include "lifecycle-svc/rpc/lifecycle_fixture.h"
#include "servicekit/types/error.h"

namespace clientele::lifecycle {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using type::v1::Stage;

class OrderCorrectionsTest : public LifecycleFixture {
 protected:
  Stage StageOf(const std::string& customer) {
    v1::GetJourneyRequest request;
    request.set_name(customer + "/journey");
    return GetJourney(request)->stage();
  }
  v1::CreateOrderRequest ThreePieces(const std::string& customer, const char* amount = "10") {
    v1::CreateOrderRequest request = OrderFor(customer, amount);
    request.mutable_order()->mutable_lines(0)->set_quantity(3);
    *request.mutable_order()->mutable_lines(0)->mutable_unit_cost() = Dollars("1");
    return request;
  }
  v1::CreateOrderReturnRequest Back(const std::string& order, int64_t quantity, int line = 1) {
    v1::CreateOrderReturnRequest request;
    request.set_parent(order);
    v1::OrderReturn::Line& returned = *request.mutable_order_return()->add_lines();
    returned.set_line(line);
    returned.set_quantity(quantity);
    return request;
  }
  v1::CancelOrderRequest Cancelling(const std::string& order) {
    v1::CancelOrderRequest request;
    request.set_name(order);
    request.set_reason("ordered twice");
    return request;
  }
  v1::CreatePaymentRequest Paying(const std::string& order, const char* amount) {
    v1::CreatePaymentRequest request;
    request.set_parent(order);
    *request.mutable_payment()->mutable_amount() = Dollars(amount);
    return request;
  }
  v1::CreateRefundRequest Refunding(const std::string& order, const char* amount) {
    v1::CreateRefundRequest request;
    request.set_parent(order);
    *request.mutable_refund()->mutable_amount() = Dollars(amount);
    return request;
  }
  v1::Order Found(const std::string& name) {
    v1::GetOrderRequest get;
    get.set_name(name);
    return *GetOrder(get);
  }
  static Decimal AmountOf(const google::type::Money& money) {
    return servicekit::FromProto("", money)->amount;
  }
};

TEST_F(OrderCorrectionsTest, ACancelledOrderIsTakenOutOfTheJourney) {
  const std::string customer = AddCustomerName();
  const auto opportunity = CreateOpportunity(OpportunityFor(customer));
  ASSERT_TRUE(opportunity.ok());
  clock_.Advance(absl::Hours(1));
  const auto first = CreateOrder(OrderFor(customer, "10"));
  clock_.Advance(absl::Hours(1));
  const auto second = CreateOrder(OrderFor(customer, "20"));
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(StageOf(customer), type::v1::REPURCHASE);
  v1::CancelOrderRequest cancel = Cancelling(first->name());
  cancel.set_etag(first->etag());
  const auto cancelled = CancelOrder(cancel);
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_EQ(cancelled->state(), v1::Order::CANCELLED);
  EXPECT_EQ(cancelled->cancel_reason(), "ordered twice");
  EXPECT_EQ(StageOf(customer), type::v1::ORDER) << "the second order is the first that counts";
  ASSERT_TRUE(CancelOrder(Cancelling(second->name())).ok());
  EXPECT_EQ(StageOf(customer), type::v1::OPPORTUNITY);
  v1::ListTransitionsRequest list;
  list.set_parent(customer);
  EXPECT_EQ(ListTransitions(list)->transitions_size(), 2) << "entered, and the opportunity";
  EXPECT_TRUE(absl::IsAborted(CancelOrder(cancel).status())) << "the etag is stale";
  EXPECT_TRUE(absl::IsFailedPrecondition(CancelOrder(Cancelling(first->name())).status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(CreatePayment(Paying(first->name(), "1")).status()));
  cancel.clear_reason();
  EXPECT_TRUE(absl::IsInvalidArgument(CancelOrder(cancel).status()));
  const auto sums = SummarizeOrders({});
  EXPECT_EQ(sums->order_count(), 0);
  EXPECT_EQ(sums->cancelled_count(), 2);
  EXPECT_EQ(AmountOf(sums->base_cancelled()), *Decimal::Parse("30"));
  EXPECT_EQ(sums->totals_size(), 0);
  v1::ListOrdersRequest filtered;
  filtered.set_filter("state = CANCELLED");
  EXPECT_EQ(ListOrders(filtered)->orders_size(), 2);
}

TEST_F(OrderCorrectionsTest, WhatWasPaidForACancelledOrderIsGivenBackInParts) {
  const auto order = CreateOrder(OrderFor(AddCustomerName(), "100"));
  ASSERT_TRUE(order.ok()) << order.status();
  ASSERT_TRUE(CreatePayment(Paying(order->name(), "70")).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(CreateRefund(Refunding(order->name(), "1")).status()))
      << "nothing is to be given back yet";
  clock_.Advance(absl::Hours(1));
  ASSERT_TRUE(CancelOrder(Cancelling(order->name())).ok());
  EXPECT_EQ(AmountOf(Found(order->name()).refund_due()), *Decimal::Parse("70"));
  v1::CreateRefundRequest request = Refunding(order->name(), "30");
  request.set_request_id("6fa459ea-ee8a-4ca4-894e-db77e1603500");
  request.mutable_refund()->set_note("이체");
  const auto first = CreateRefund(request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(CreateRefund(request)->name(), first->name()) << "the same request once more";
  EXPECT_EQ(AmountOf(Found(order->name()).refund_due()), *Decimal::Parse("40"));
  EXPECT_TRUE(absl::IsFailedPrecondition(CreateRefund(Refunding(order->name(), "40.01")).status()));
  clock_.Advance(absl::Hours(1));
  ASSERT_TRUE(CreateRefund(Refunding(order->name(), "40")).ok());
  const v1::Order after = Found(order->name());
  EXPECT_EQ(AmountOf(after.refund_due()), Decimal());
  EXPECT_EQ(AmountOf(after.refunded()), *Decimal::Parse("70"));
  EXPECT_EQ(AmountOf(after.paid()), *Decimal::Parse("70"));
  v1::ListRefundsRequest list;
  list.set_parent(order->name());
  list.set_page_size(1);
  const auto page = ListRefunds(list);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->refunds_size(), 1);
  EXPECT_EQ(page->refunds(0).note(), "이체");
  list.set_page_token(page->next_page_token());
  EXPECT_EQ(AmountOf(ListRefunds(list)->refunds(0).base_amount()), *Decimal::Parse("40"));
  const auto sums = SummarizeOrders({});
  EXPECT_EQ(AmountOf(sums->base_refunded()), *Decimal::Parse("70"));
  EXPECT_EQ(AmountOf(sums->base_cancelled_paid()), *Decimal::Parse("70"));
  EXPECT_THAT(FeedTypes(), ElementsAre("OrderPlaced", "JourneyChanged", "PaymentReceived", "OrderCancelled",
                                       "JourneyChanged", "PaymentRefunded", "PaymentRefunded"));
  request = Refunding(order->name(), "0");
  request.mutable_refund()->set_note(std::string(1001, 'x'));
  std::vector<std::string> fields;
  for (const auto& wrong : servicekit::GetFieldViolations(CreateRefund(request).status()))
    fields.push_back(wrong.field);
  EXPECT_THAT(fields, ::testing::UnorderedElementsAre("refund.amount", "refund.note"));
  EXPECT_TRUE(absl::IsNotFound(CreateRefund(Refunding(NameOf("orders", Id::New(now())), "1")).status()));
  EXPECT_TRUE(absl::IsPermissionDenied(CreateRefund(Refunding(order->name(), "1"), "analyst").status()));
}

TEST_F(OrderCorrectionsTest, AfterARefundOfAReturnTheOrderIsStillPaid) {
  const auto order = CreateOrder(ThreePieces(AddCustomerName(), "30"));
  ASSERT_TRUE(order.ok()) << order.status();
  ASSERT_TRUE(CreatePayment(Paying(order->name(), "30")).ok());
  ASSERT_TRUE(CreateOrderReturn(Back(order->name(), 1)).ok());
  ASSERT_TRUE(CreateRefund(Refunding(order->name(), "10")).ok());
  EXPECT_EQ(Found(order->name()).state(), v1::Order::PAID);
  EXPECT_TRUE(absl::IsFailedPrecondition(CreatePayment(Paying(order->name(), "0.01")).status()));
  ASSERT_TRUE(CreateOrderReturn(Back(order->name(), 2)).ok());
  EXPECT_EQ(AmountOf(Found(order->name()).refund_due()), *Decimal::Parse("20"));
}

TEST_F(OrderCorrectionsTest, ConcurrentRefundsNeverGiveBackMoreThanIsDue) {
  const auto order = CreateOrder(OrderFor(AddCustomerName(), "100"));
  ASSERT_TRUE(CreatePayment(Paying(order->name(), "100")).ok());
  ASSERT_TRUE(CancelOrder(Cancelling(order->name())).ok());
  std::vector<std::thread> threads;
  std::atomic<int> given = 0, refused = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const auto refund = CreateRefund(Refunding(order->name(), "30"));
      given += refund.ok();
      refused += absl::IsFailedPrecondition(refund.status());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(given, 3);
  EXPECT_EQ(refused, 5);
  EXPECT_EQ(AmountOf(Found(order->name()).refund_due()), *Decimal::Parse("10"));
}

TEST_F(OrderCorrectionsTest, AnOrderThatChangedNothingIsCancelledWithoutAMove) {
  const std::string customer = AddCustomerName();
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(CreateOrder(OrderFor(customer)).ok());
    clock_.Advance(absl::Hours(1));
  }
  const auto third = CreateOrder(OrderFor(customer));
  ASSERT_TRUE(third.ok());
  ASSERT_TRUE(CancelOrder(Cancelling(third->name())).ok());
  EXPECT_EQ(StageOf(customer), type::v1::REPURCHASE);
  EXPECT_THAT(FeedTypes(), ElementsAre("OrderPlaced", "JourneyChanged", "OrderPlaced", "JourneyChanged",
                                       "OrderPlaced", "OrderCancelled"));
}

TEST_F(OrderCorrectionsTest, GoodsComeBackPieceByPieceToTheMicroUnit) {
  const auto order = CreateOrder(ThreePieces(AddCustomerName()));
  ASSERT_TRUE(order.ok());
  ASSERT_TRUE(CreatePayment(Paying(order->name(), "10")).ok());
  const auto first = CreateOrderReturn(Back(order->name(), 1));
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(AmountOf(first->amount()), *Decimal::Parse("3.333333"));
  EXPECT_EQ(AmountOf(first->base_cost()), *Decimal::Parse("1"));
  clock_.Advance(absl::Hours(1));
  v1::CreateOrderReturnRequest rest = Back(order->name(), 2);
  rest.mutable_order_return()->set_discarded(true);
  rest.mutable_order_return()->set_reason("파손");
  const auto second = CreateOrderReturn(rest);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(AmountOf(second->amount()), *Decimal::Parse("6.666667"));
  EXPECT_EQ(AmountOf(second->base_cost()), Decimal());
  const auto refused = CreateOrderReturn(rest);
  EXPECT_TRUE(absl::IsFailedPrecondition(refused.status()));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("only 0 pieces"));

  v1::GetOrderRequest get;
  get.set_name(order->name());
  const auto after = GetOrder(get);
  EXPECT_EQ(after->lines(0).returned_quantity(), 3);
  EXPECT_EQ(AmountOf(after->refund_due()), *Decimal::Parse("10"));
  EXPECT_EQ(AmountOf(after->base_returned_cost()), *Decimal::Parse("1"));
  EXPECT_TRUE(absl::IsFailedPrecondition(CancelOrder(Cancelling(order->name())).status()));
  v1::ListOrderReturnsRequest list;
  list.set_parent(order->name());
  list.set_page_size(1);
  const auto page = ListOrderReturns(list);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->order_returns(0).name(), first->name());
  list.set_page_token(page->next_page_token());
  EXPECT_EQ(ListOrderReturns(list)->order_returns(0).reason(), "파손");
  EXPECT_THAT(FeedTypes(), ElementsAre("OrderPlaced", "JourneyChanged", "PaymentReceived", "OrderReturned",
                                       "OrderReturned"));
}

TEST_F(OrderCorrectionsTest, WhatIsWrongWithAReturnIsTold) {
  const auto order = CreateOrder(ThreePieces(AddCustomerName()));
  ASSERT_TRUE(order.ok());
  const auto field = [&](const v1::CreateOrderReturnRequest& request) {
    const auto violations = servicekit::GetFieldViolations(CreateOrderReturn(request).status());
    return violations.empty() ? std::string() : violations.front().field;
  };
  EXPECT_EQ(field(Back(order->name(), 1, 2)), "order_return.lines[0].line");
  EXPECT_EQ(field(Back(order->name(), 0)), "order_return.lines[0].quantity");
  v1::CreateOrderReturnRequest request = Back(order->name(), 1);
  *request.mutable_order_return()->add_lines() = request.order_return().lines(0);
  EXPECT_EQ(field(request), "order_return.lines[1].line");
  request = Back(order->name(), 1);
  *request.mutable_order_return()->mutable_return_time() = servicekit::ToProto(now() - absl::Hours(1));
  EXPECT_EQ(field(request), "order_return.return_time");
  EXPECT_TRUE(absl::IsNotFound(CreateOrderReturn(Back(NameOf("orders", Id::New(now())), 1)).status()));
}

TEST_F(OrderCorrectionsTest, InstalmentsAreKeptAndDueInTurn) {
  const absl::CivilDay day(2030, 1, 31);
  v1::CreateOrderRequest request = OrderFor(AddCustomerName(), "10");
  for (int i = 0; i < 2; ++i) {
    v1::Order::Instalment& instalment = *request.mutable_order()->add_instalments();
    *instalment.mutable_due_date() = servicekit::ToProto(day + 30 * i);
    *instalment.mutable_amount() = Dollars("4");
  }
  const auto refused = CreateOrder(request);
  ASSERT_EQ(servicekit::GetFieldViolations(refused.status()).size(), 1u) << refused.status();
  EXPECT_EQ(servicekit::GetFieldViolations(refused.status())[0].field, "order.instalments");
  *request.mutable_order()->mutable_instalments(1)->mutable_amount() = Dollars("6");
  const auto order = CreateOrder(request);
  ASSERT_TRUE(order.ok()) << order.status();
  EXPECT_EQ(order->next_due_date().day(), 31);
  EXPECT_EQ(order->due_date().month(), 3);
  ASSERT_TRUE(CreatePayment(Paying(order->name(), "5")).ok());
  v1::GetOrderRequest get;
  get.set_name(order->name());
  const auto after = GetOrder(get);
  EXPECT_EQ(after->instalments_size(), 2);
  EXPECT_EQ(after->next_due_date().month(), 3);
  v1::ListOrdersRequest due;
  due.set_filter("due_date < 2030-03-03 AND currency = \"USD\"");
  EXPECT_EQ(ListOrders(due)->orders_size(), 1) << ListOrders(due).status();
  due.set_filter("due_date < 2030-03-02");
  EXPECT_EQ(ListOrders(due)->orders_size(), 0);
}

TEST_F(OrderCorrectionsTest, ConcurrentReturnsNeverTakeBackMoreThanWasBought) {
  const auto order = CreateOrder(ThreePieces(AddCustomerName()));
  ASSERT_TRUE(order.ok());
  std::vector<std::thread> threads;
  std::atomic<int> taken = 0;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      if (CreateOrderReturn(Back(order->name(), 1)).ok()) ++taken;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, 3);
  EXPECT_EQ(AmountOf(SummarizeOrders({})->base_net_total()), Decimal());
}

// What the tables hold after anything that may happen to orders is what the answers said.
TEST_F(OrderCorrectionsTest, SumsAreThoseOfWhatWasAnswered) {
  std::mt19937 random(5);
  const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  v1::SetExchangeRateRequest rate;
  rate.mutable_exchange_rate()->set_currency_code("EUR");
  *rate.mutable_exchange_rate()->mutable_start_date() = servicekit::ToProto(absl::CivilDay(2000, 1, 1));
  rate.mutable_exchange_rate()->set_rate("1.123457");
  ASSERT_TRUE(SetExchangeRate(rate).ok());
  const std::string customer = AddCustomerName();
  std::vector<v1::Order> orders;
  Decimal returned, returned_cost;
  for (int i = 0; i < 12; ++i) {
    v1::CreateOrderRequest request = ThreePieces(customer, "10.01");
    if (pick(2) == 0) {
      *request.mutable_order()->mutable_lines(0)->mutable_amount() = In("EUR", "99.999999");
      *request.mutable_order()->mutable_lines(0)->mutable_unit_cost() = In("EUR", "3.333333");
    }
    const auto order = CreateOrder(request);
    ASSERT_TRUE(order.ok()) << order.status();
    orders.push_back(*order);
  }
  for (int i = 0; i < 60; ++i) {
    const v1::Order& order = orders[static_cast<size_t>(pick(12))];
    switch (pick(6)) {
      case 0:
        (void)CancelOrder(Cancelling(order.name()));
        break;
      case 1:
      case 2: {
        v1::CreatePaymentRequest payment = Paying(order.name(), "1.234567");
        payment.mutable_payment()->mutable_amount()->set_currency_code(order.total().currency_code());
        (void)CreatePayment(payment);
        break;
      }
      default:
        if (const auto back = CreateOrderReturn(Back(order.name(), 1)); back.ok()) {
          returned += AmountOf(back->base_amount());
          returned_cost += AmountOf(back->base_cost());
        }
        break;
    }
  }
  Decimal total, cancelled;
  int count = 0;
  const auto listed = ListOrders({});
  ASSERT_EQ(listed->orders_size(), 12);
  for (const v1::Order& order : listed->orders()) {
    if (order.state() == v1::Order::CANCELLED) {
      cancelled += AmountOf(order.base_total());
      continue;
    }
    ++count;
    total += AmountOf(order.base_total());
  }
  const auto sums = SummarizeOrders({});
  EXPECT_EQ(sums->order_count(), count);
  EXPECT_EQ(AmountOf(sums->base_total()), total);
  EXPECT_EQ(AmountOf(sums->base_cancelled()), cancelled);
  EXPECT_EQ(AmountOf(sums->base_returned()), returned);
  EXPECT_EQ(AmountOf(sums->base_returned_cost()), returned_cost);
  EXPECT_EQ(AmountOf(sums->base_net_total()), total - returned);
  int64_t payments = 0;
  EXPECT_TRUE(servicekit::RunQuery(Database().pool(), absl::Now() + absl::Seconds(10), [&](Transaction& tx) {
                return tx.Query(
                    Sql("SELECT CAST(COALESCE(SUM(base_amount), 0) * 1000000 AS SIGNED) FROM payments"),
                    [&](const servicekit::Row& row) {
                      payments = row.Int64(0);
                      return absl::OkStatus();
                    });
              }).ok());
  EXPECT_EQ(AmountOf(sums->base_paid()) + AmountOf(sums->base_cancelled_paid()),
            Decimal::FromMicros(payments));
}

TEST_F(OrderCorrectionsTest, CancellationsAndReturnsAreImportedOnce) {
  const KnownCustomer customer = AddCustomer();
  v1::ImportRecordsRequest request;
  for (const char* id : {"o1", "o2"}) {
    v1::OrderRecord& record = *request.add_records()->mutable_order();
    *record.mutable_order() = ThreePieces("").order();
    record.mutable_order()->mutable_external_id()->set_system("erp");
    record.mutable_order()->mutable_external_id()->set_id(id);
    *record.mutable_order()->mutable_order_time() = servicekit::ToProto(now() - absl::Hours(5));
    record.mutable_customer()->set_name(NameOf("customers", customer.id));
  }
  const auto order = [](const char* id) {
    type::v1::Reference reference;
    reference.mutable_external_id()->set_system("erp");
    reference.mutable_external_id()->set_id(id);
    return reference;
  };
  v1::OrderCancellationRecord& cancellation = *request.add_records()->mutable_order_cancellation();
  *cancellation.mutable_order() = order("o1");
  *cancellation.mutable_cancel_time() = servicekit::ToProto(now() - absl::Hours(4));
  cancellation.set_reason("budget cut");
  v1::OrderReturnRecord& back = *request.add_records()->mutable_order_return();
  *back.mutable_order() = order("o2");
  *back.mutable_order_return() = Back("", 2).order_return();
  back.mutable_order_return()->mutable_external_id()->set_system("erp");
  back.mutable_order_return()->mutable_external_id()->set_id("r1");
  const auto first = Import(request);
  ASSERT_TRUE(first.ok()) << first.status();
  using type::v1::ImportResult;
  const auto outcomes = [](const v1::ImportRecordsResponse& response) {
    std::vector<ImportResult::Outcome> found;
    for (const ImportResult& result : response.results()) found.push_back(result.outcome());
    return found;
  };
  EXPECT_THAT(outcomes(*first), ElementsAre(ImportResult::CREATED, ImportResult::CREATED,
                                            ImportResult::UPDATED, ImportResult::CREATED))
      << first->ShortDebugString();
  EXPECT_EQ(StageOf(NameOf("customers", customer.id)), type::v1::ORDER);
  const auto sums = SummarizeOrders({});
  EXPECT_EQ(sums->cancelled_count(), 1);
  EXPECT_EQ(AmountOf(sums->base_returned()), *Decimal::Parse("6.666667"));
  const auto again = Import(request);
  EXPECT_THAT(outcomes(*again), ::testing::Each(ImportResult::UNCHANGED)) << again->ShortDebugString();
  request.mutable_records(2)->mutable_order_cancellation()->set_reason("another");
  request.mutable_records(3)->mutable_order_return()->mutable_order_return()->mutable_lines(0)->set_quantity(
      1);
  const auto differs = Import(request);
  EXPECT_EQ(differs->results(2).outcome(), ImportResult::REJECTED);
  EXPECT_EQ(differs->results(3).outcome(), ImportResult::REJECTED);
}

TEST_F(OrderCorrectionsTest, AReferralThatIsTakenBackFreesItsShareAndItsPlaceInTheGraph) {
  const std::string a = AddCustomerName(), b = AddCustomerName();
  const auto to_b = CreateOpportunity(OpportunityFor(b)), to_a = CreateOpportunity(OpportunityFor(a));
  ASSERT_TRUE(to_a.ok() && to_b.ok());
  v1::CreateReferralRequest create;
  create.mutable_referral()->set_referrer(a);
  create.mutable_referral()->set_opportunity(to_b->name());
  create.mutable_referral()->set_influence_percent(70);
  const auto referral = CreateReferral(create);
  ASSERT_TRUE(referral.ok()) << referral.status();
  v1::CreateReferralRequest reverse;
  reverse.mutable_referral()->set_referrer(b);
  reverse.mutable_referral()->set_opportunity(to_a->name());
  reverse.mutable_referral()->set_influence_percent(10);
  EXPECT_TRUE(absl::IsFailedPrecondition(CreateReferral(reverse).status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(CreateReferral(create).status()));
  v1::CancelReferralRequest cancel;
  cancel.set_name(referral->name());
  cancel.set_reason("they did not know each other");
  const auto cancelled = CancelReferral(cancel);
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_TRUE(cancelled->has_cancel_time());
  EXPECT_TRUE(absl::IsFailedPrecondition(CancelReferral(cancel).status()));
  EXPECT_TRUE(CreateReferral(reverse).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(CreateReferral(create).status())) << "now that is the cycle";
  v1::ListReferralsRequest list;
  list.set_filter(servicekit::StrCat("referrer = \"", a, "\""));
  EXPECT_EQ(ListReferrals(list)->referrals_size(), 1);
  list.set_filter("NOT cancel_time:*");
  ASSERT_EQ(ListReferrals(list)->referrals_size(), 1);
  EXPECT_EQ(ListReferrals(list)->referrals(0).referrer(), b);
  v1::GetReferralRequest get;
  get.set_name(referral->name());
  EXPECT_EQ(GetReferral(get)->cancel_reason(), "they did not know each other");
}

// Value counts what they cost, whatever was asked for them.
TEST_F(OrderCorrectionsTest, GoodsThatWereFreeComeBackWithTheirCost) {
  const auto order = CreateOrder(ThreePieces(AddCustomerName(), "0"));
  ASSERT_TRUE(order.ok()) << order.status();
  EXPECT_EQ(order->base_cost().units(), 3);
  const auto returned = CreateOrderReturn(Back(order->name(), 2));
  ASSERT_TRUE(returned.ok()) << returned.status();
  EXPECT_EQ(returned->base_cost().units(), 2);
  EXPECT_THAT(FeedTypes(), ::testing::Contains("OrderReturned"));
}

}  // namespace
}  // namespace clientele::lifecycle
