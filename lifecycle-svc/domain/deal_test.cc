#include <random>

#include <gtest/gtest.h>

#include "lifecycle-svc/domain/opportunity.h"
#include "lifecycle-svc/domain/order.h"
#include "lifecycle-svc/domain/product.h"
#include "lifecycle-svc/domain/referral.h"

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
  Lose(lost, LostReason::kPrice, "", absl::UnixEpoch());
  EXPECT_EQ(lost.probability_percent, 0);
  EXPECT_EQ(lost.forecast_category, ForecastCategory::kOmitted);
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

}  // namespace
}  // namespace clientele::lifecycle
