#include <random>

#include <gtest/gtest.h>

#include "lifecycle-svc/domain/opportunity.h"
#include "lifecycle-svc/domain/order.h"
#include "lifecycle-svc/domain/product.h"
#include "lifecycle-svc/domain/referral.h"
#include "servicekit/types/error.h"

namespace clientele::lifecycle {
namespace {

Decimal D(const char* text) { return *Decimal::Parse(text); }

TEST(DeliveryModel, FollowsFromTheMatrix) {
  DeliveryMatrix matrix;
  EXPECT_EQ(matrix.At(Level::kHigh, Level::kLow), DeliveryModel::kProfessional);
  EXPECT_EQ(matrix.At(Level::kMiddle, Level::kMiddle), DeliveryModel::kGeneral);
  EXPECT_EQ(matrix.At(Level::kLow, Level::kHigh), DeliveryModel::kProcess);
  EXPECT_EQ(matrix.At(Level::kHigh, Level::kHigh), DeliveryModel::kGeneral);
  matrix.Set(Level::kHigh, Level::kHigh, DeliveryModel::kProcess);
  Product product;
  product.value_level = product.standardization_level = Level::kHigh;
  EXPECT_EQ(DeliveryModelOf(product, matrix), DeliveryModel::kProcess);
}

TEST(DeliveryModel, AnOverrideWinsAndIsExplainedNextToTheMatrix) {
  Product product;
  product.value_level = Level::kLow;
  product.standardization_level = Level::kHigh;
  EXPECT_EQ(
      ExplainDeliveryModel(product, {}),
      "PROCESS because value is low and standardization is high: the excellence of the process sells and "
      "delivers it.");
  product.delivery_model_override = DeliveryModel::kProfessional;
  product.override_reason = "pilot";
  EXPECT_EQ(DeliveryModelOf(product, {}), DeliveryModel::kProfessional);
  EXPECT_EQ(
      ExplainDeliveryModel(product, {}),
      "PROFESSIONAL was chosen by hand (pilot); value is low and standardization is high, which alone gives "
      "PROCESS.");
}

TEST(Opportunity, WinningAndLosingSetWhatFollows) {
  Opportunity opportunity;
  Opportunity lost = opportunity;
  Win(opportunity, Id::New(absl::UnixEpoch()), {"USD", D("5")}, absl::UnixEpoch());
  EXPECT_EQ(opportunity.probability_percent, 100);
  EXPECT_EQ(opportunity.forecast_category, ForecastCategory::kClosed);
  EXPECT_TRUE(absl::IsFailedPrecondition(CheckOpen(opportunity)));
  Lose(lost, {LostReason::kPrice, "", ""}, absl::UnixEpoch());
  EXPECT_EQ(lost.probability_percent, 0);
  EXPECT_EQ(lost.forecast_category, ForecastCategory::kOmitted);
}

TEST(Opportunity, TheWinnerBecomesOneOfTheCompetitorsOnce) {
  Opportunity opportunity;
  opportunity.competitors = {{"Acme", "cheap"}};
  Opportunity other = opportunity;
  Lose(opportunity, {LostReason::kCompetitor, "", "Acme"}, absl::UnixEpoch());
  EXPECT_EQ(opportunity.competitors.size(), 1u);
  EXPECT_EQ(opportunity.lost_to, "Acme");
  Lose(other, {LostReason::kCompetitor, "", "Other"}, absl::UnixEpoch());
  ASSERT_EQ(other.competitors.size(), 2u);
  EXPECT_EQ(other.competitors[1].display_name, "Other");
}

OpportunityLine Line(std::optional<Id> product, int64_t quantity, const char* price,
                     const char* currency = "USD") {
  return {product, "", quantity, Money{currency, D(price)}};
}

TEST(Opportunity, TheAmountIsThatOfTheLines) {
  const Id small = Id::New(absl::UnixEpoch()), large = Id::New(absl::UnixEpoch());
  Opportunity opportunity;
  opportunity.lines = {Line(small, 3, "1.5"), Line(large, 2, "10.000001"), Line(std::nullopt, 1, "50")};
  ASSERT_TRUE(SumLines(opportunity).ok());
  EXPECT_EQ(opportunity.amount, (Money{"USD", D("74.500002")}));
  EXPECT_EQ(opportunity.product, large);
  opportunity.product = small;
  ASSERT_TRUE(SumLines(opportunity).ok());
  EXPECT_EQ(opportunity.product, small) << "one of the lines' is kept";
  opportunity.amount = Money{"USD", D("74.5")};
  EXPECT_EQ(servicekit::GetFieldViolations(SumLines(opportunity))[0].field, "amount");
  opportunity.amount.reset();
  opportunity.lines[1] = Line(large, 2, "10", "EUR");
  EXPECT_EQ(servicekit::GetFieldViolations(SumLines(opportunity))[0].field,
            "lines[1].unit_price.currency_code");
  opportunity.lines = {Line(large, kMaxQuantity, "99999999999999")};
  EXPECT_EQ(servicekit::GetFieldViolations(SumLines(opportunity))[0].field, "lines");
}

TEST(Opportunity, ADraftTakesItsDefaultsFromItsStep) {
  SalesSteps steps;
  steps.Set(SalesStep::kProposal, {35, ForecastCategory::kPipeline, {}, 2});
  Opportunity opportunity;
  opportunity.step = SalesStep::kProposal;
  opportunity.probability_percent = kUnsaidProbability;
  opportunity.forecast_category = ForecastCategory::kCommit;
  TakeDefaults(opportunity, steps);
  EXPECT_EQ(opportunity.probability_percent, 35);
  EXPECT_EQ(opportunity.forecast_category, ForecastCategory::kCommit);
  EXPECT_EQ(SalesSteps().At(SalesStep::kNegotiation).probability_percent, 80);
  EXPECT_EQ(SalesSteps().At(SalesStep::kWon).probability_percent, 100);
}

Order TwoLines(const char* rate) {
  Order order;
  order.currency = "EUR";
  order.rate = D(rate);
  order.lines = {{std::nullopt, "", 3, D("10.01"), D("1.5")}, {std::nullopt, "", 1, D("0.99"), D("0.25")}};
  EXPECT_TRUE(Price(order).ok());
  return order;
}

TEST(Order, TotalsAreExact) {
  const Order order = TwoLines("1.1");
  EXPECT_EQ(order.total, D("11"));
  EXPECT_EQ(order.base_total, D("12.1"));
  EXPECT_EQ(order.base_cost, D("5.225"));
}

TEST(Order, WhatAnAmountCannotHoldIsRefused) {
  Order order;
  order.rate = D("1");
  order.lines = {{std::nullopt, "", 1, D("99999999999999"), {}}, {std::nullopt, "", 1, D("1"), {}}};
  EXPECT_TRUE(absl::IsInvalidArgument(Price(order)));
  order.lines = {{std::nullopt, "", kMaxQuantity, D("1"), D("99999999999999")}};
  EXPECT_TRUE(absl::IsInvalidArgument(Price(order)));
  order.lines = {{std::nullopt, "", 1, D("99999999999999"), {}}};
  order.rate = kMaxRate;
  EXPECT_TRUE(absl::IsInvalidArgument(Price(order)));
}

TEST(Order, IsNeverPaidMoreThanItsTotal) {
  Order order = TwoLines("1");
  Payment payment;
  payment.amount = D("11.000001");
  EXPECT_TRUE(absl::IsFailedPrecondition(Pay(order, payment)));
  EXPECT_EQ(order.paid, Decimal());
  payment.amount = D("11");
  EXPECT_TRUE(Pay(order, payment).ok());
  EXPECT_TRUE(order.is_paid());
}

TEST(OrderProperty, BaseAmountsOfPaymentsSumToTheBaseTotal) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    Order order = TwoLines("1.123457");
    Decimal sum;
    while (!order.is_paid()) {
      Payment payment;
      const Decimal part = Decimal::FromMicros(1 + static_cast<int64_t>(random() % 3'000'000));
      payment.amount = std::min(part, order.total - order.paid);
      ASSERT_TRUE(Pay(order, payment).ok());
      sum += payment.base_amount;
    }
    ASSERT_EQ(sum, order.base_total);
  }
}

// Payments, returns, refunds and a cancellation in any order: what is held in the base currency is always
// what is held times the rate, and what comes in less what goes out.
TEST(OrderProperty, RefundsGiveBackExactlyWhatIsNotOwed) {
  std::mt19937 random(5);
  int refunds = 0, refused = 0;
  for (int round = 0; round < 200; ++round) {
    Order order = TwoLines("1.123457");
    Decimal in, out, base_in, base_out;
    for (int i = 0; i < 30; ++i) {
      const Decimal some = Decimal::FromMicros(1 + static_cast<int64_t>(random() % 6'000'000));
      if (random() % 3 == 0 && !order.is_cancelled()) {
        OrderReturn back;
        back.lines = {{static_cast<int>(random() % 2), 1, {}}};
        (void)TakeBack(order, back);
      } else if (random() % 2 == 0) {
        Payment payment;
        payment.amount = some;
        if (!Pay(order, payment).ok()) continue;
        in += payment.amount;
        base_in += payment.base_amount;
      } else {
        Refund refund;
        refund.amount = some;
        const Decimal due = order.refund_due();
        const bool given = GiveBack(order, refund).ok();
        ASSERT_EQ(given, some <= due);
        ++(given ? refunds : refused);
        if (!given) continue;
        out += refund.amount;
        base_out += refund.base_amount;
      }
      if (random() % 40 == 0) (void)Cancel(order, "x", order.order_time);
      ASSERT_EQ(order.held(), in - out);
      ASSERT_EQ(base_in - base_out, order.held() * order.rate);
      ASSERT_EQ(order.base_paid - order.base_refunded, base_in - base_out);
      if (!order.is_cancelled()) {
        ASSERT_LE(order.held() - order.refund_due(), order.net_total());
      }
    }
  }
  EXPECT_GT(refunds, 20);
  EXPECT_GT(refused, 20);
}

TEST(Referral, SharesSumToAtMostAHundred) {
  Referral referral;
  referral.influence_percent = 40;
  EXPECT_TRUE(CheckShares(referral, 60).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(CheckShares(referral, 61)));
}

TEST(Referral, CyclesAreRefusedHoweverLong) {
  std::vector<Id> customers;
  for (int i = 0; i < 5; ++i) customers.push_back(Id::New(absl::UnixEpoch()));
  const auto refers = [&](int from, int to) {
    Referral referral;
    referral.referrer = customers[from];
    referral.referred = customers[to];
    return referral;
  };
  ReferralGraph graph;
  for (int i = 0; i < 4; ++i) graph[customers[i]].insert(customers[i + 1]);
  EXPECT_TRUE(CheckNoCycle(refers(0, 4), graph).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(CheckNoCycle(refers(4, 0), graph)));
  EXPECT_TRUE(absl::IsFailedPrecondition(CheckNoCycle(refers(2, 1), graph)));
  EXPECT_TRUE(absl::IsFailedPrecondition(CheckNoCycle(refers(3, 3), graph)));
}

TEST(Conversion, IsRoundedOnceAndNeverOutOfRange) {
  EXPECT_EQ(Convert(D("8"), D("1.25"), D("1")), D("10"));
  EXPECT_EQ(Convert(D("8"), D("1.25"), D("0.0008")), D("12500"));
  EXPECT_EQ(Convert(D("1"), D("1"), D("3")), D("0.333333"));
  EXPECT_EQ(Convert(D("2"), D("1"), D("3")), D("0.666667"));
  EXPECT_EQ(Convert(D("99999999999999"), kMaxRate, D("1")), std::nullopt);
  EXPECT_EQ(Convert(D("99999999"), D("1"), D("0.000001")), std::nullopt);
}

}  // namespace
}  // namespace clientele::lifecycle
