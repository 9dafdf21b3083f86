#include "lifecycle-svc/domain/order.h"

#include <gtest/gtest.h>

#include <random>

#include "servicekit/types/error.h"

namespace clientele::lifecycle {
namespace {

const absl::Time kPlaced = absl::FromUnixSeconds(1'700'000'000);

Decimal D(const char* text) { return *Decimal::Parse(text); }

Order Placed(std::vector<OrderLine> lines, const char* rate = "1") {
  Order order;
  order.id = Id::New(kPlaced);
  order.currency = "EUR";
  order.rate = D(rate);
  order.order_time = kPlaced;
  order.lines = std::move(lines);
  EXPECT_TRUE(Price(order).ok());
  return order;
}

OrderReturn Back(int line, int64_t quantity) {
  OrderReturn order_return;
  order_return.lines = {{line, quantity, {}}};
  order_return.return_time = kPlaced + absl::Hours(1);
  return order_return;
}

TEST(OrderReturn, ThreeThirdsOfALineAreTheLine) {
  Order order = Placed({{std::nullopt, "", 3, D("10"), D("2")}});
  Decimal sum;
  for (int i = 0; i < 3; ++i) {
    OrderReturn back = Back(0, 1);
    ASSERT_TRUE(TakeBack(order, back).ok());
    sum += back.amount;
    EXPECT_EQ(back.base_cost, D("2"));
  }
  EXPECT_EQ(sum, D("10"));
  EXPECT_EQ(order.net_total(), Decimal());
  EXPECT_EQ(order.base_returned, order.base_total);
  OrderReturn more = Back(0, 1);
  EXPECT_TRUE(absl::IsFailedPrecondition(TakeBack(order, more)));
}

TEST(OrderReturn, ARefusedOneChangesNothing) {
  Order order = Placed({{std::nullopt, "", 3, D("10"), {}}, {std::nullopt, "", 1, D("5"), {}}});
  const Order before = order;
  OrderReturn back = Back(0, 1);
  back.lines.push_back({1, 2, {}});
  EXPECT_TRUE(absl::IsFailedPrecondition(TakeBack(order, back)));
  back.lines[1] = {2, 1, {}};
  EXPECT_EQ(servicekit::GetFieldViolations(TakeBack(order, back))[0].field, "lines[1].line");
  back = Back(0, 1);
  back.return_time = kPlaced - absl::Seconds(1);
  EXPECT_EQ(servicekit::GetFieldViolations(TakeBack(order, back))[0].field, "return_time");
  EXPECT_EQ(order, before);
}

TEST(OrderReturn, DiscardedGoodsBringNoCostBack) {
  Order order = Placed({{std::nullopt, "", 2, D("10"), D("3")}});
  OrderReturn back = Back(0, 1);
  back.discarded = true;
  ASSERT_TRUE(TakeBack(order, back).ok());
  EXPECT_EQ(back.base_cost, Decimal());
  EXPECT_EQ(back.base_amount, D("5"));
}

TEST(OrderReturn, WhatWasPaidTooMuchIsToBeRefunded) {
  Order order = Placed({{std::nullopt, "", 2, D("10"), {}}});
  Payment payment;
  payment.amount = D("8");
  ASSERT_TRUE(Pay(order, payment).ok());
  OrderReturn back = Back(0, 1);
  ASSERT_TRUE(TakeBack(order, back).ok());
  EXPECT_EQ(order.refund_due(), D("3"));
  EXPECT_TRUE(order.is_paid());
  payment.amount = D("0.000001");
  EXPECT_TRUE(absl::IsFailedPrecondition(Pay(order, payment)));
}

TEST(OrderCancellation, EndsPaymentsAndReturns) {
  Order order = Placed({{std::nullopt, "", 2, D("10"), {}}});
  Payment payment;
  payment.amount = D("4");
  ASSERT_TRUE(Pay(order, payment).ok());
  EXPECT_EQ(servicekit::GetFieldViolations(Cancel(order, "", kPlaced - absl::Seconds(1)))[0].field,
            "cancel_time");
  ASSERT_TRUE(Cancel(order, "changed their mind", kPlaced).ok());
  EXPECT_EQ(order.refund_due(), D("4"));
  EXPECT_FALSE(order.is_paid());
  EXPECT_TRUE(absl::IsFailedPrecondition(Pay(order, payment)));
  OrderReturn back = Back(0, 1);
  EXPECT_TRUE(absl::IsFailedPrecondition(TakeBack(order, back)));
  EXPECT_TRUE(absl::IsFailedPrecondition(Cancel(order, "again", kPlaced)));
}

TEST(OrderCancellation, IsNotForOrdersOfWhichGoodsCameBack) {
  Order order = Placed({{std::nullopt, "", 2, D("10"), {}}});
  OrderReturn back = Back(0, 1);
  ASSERT_TRUE(TakeBack(order, back).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(Cancel(order, "", kPlaced)));
}

TEST(Instalments, MustRiseAndSumToTheTotal) {
  const absl::CivilDay day(2026, 1, 31);
  Order order = Placed({{std::nullopt, "", 1, D("10"), {}}});
  order.instalments = {{day, D("4")}, {day + 30, D("5")}};
  EXPECT_EQ(servicekit::GetFieldViolations(CheckInstalments(order))[0].field, "instalments");
  order.instalments[1].amount = D("6");
  EXPECT_TRUE(CheckInstalments(order).ok());
  EXPECT_EQ(order.due_date, day + 30);
  order.instalments[1].due_date = day;
  EXPECT_EQ(servicekit::GetFieldViolations(CheckInstalments(order))[0].field, "instalments[1].due_date");
}

TEST(Instalments, AreSettledInOrder) {
  const absl::CivilDay day(2026, 1, 31);
  Order order = Placed({{std::nullopt, "", 10, D("10"), {}}});
  order.instalments = {{day, D("4")}, {day + 30, D("3")}, {day + 60, D("3")}};
  ASSERT_TRUE(CheckInstalments(order).ok());
  EXPECT_EQ(NextDueDate(order), day);
  Payment payment;
  payment.amount = D("4");
  ASSERT_TRUE(Pay(order, payment).ok());
  EXPECT_EQ(NextDueDate(order), day + 30);
  OrderReturn back = Back(0, 4);
  ASSERT_TRUE(TakeBack(order, back).ok());
  EXPECT_EQ(NextDueDate(order), day + 30);
  payment.amount = D("2");
  ASSERT_TRUE(Pay(order, payment).ok());
  EXPECT_EQ(NextDueDate(order), std::nullopt);
}

// Whatever happens to orders in whatever order, the parts sum to the whole, to the micro-unit.
TEST(OrderProperty, SumsAreExact) {
  std::mt19937_64 random(11);
  const auto pick = [&](int64_t n) { return static_cast<int64_t>(random() % static_cast<uint64_t>(n)); };
  for (int round = 0; round < 2000; ++round) {
    std::vector<OrderLine> lines(1 + pick(4));
    for (OrderLine& line : lines) {
      line.quantity = 1 + pick(7);
      line.amount = Decimal::FromMicros(pick(50'000'000));
      line.unit_cost = Decimal::FromMicros(pick(3'000'000));
    }
    Order order = Placed(lines, "1.123457");
    order.rate = Decimal::FromMicros(1 + pick(3'000'000));
    ASSERT_TRUE(Price(order).ok());
    Decimal paid, base_paid, returned, base_returned, base_cost;
    bool discarded = false;
    for (int step = 0; step < 12; ++step) {
      switch (pick(8)) {
        case 0:
        case 1:
        case 2: {
          Payment payment;
          payment.amount = Decimal::FromMicros(1 + pick(20'000'000));
          if (pick(3) == 0) payment.amount = order.net_total() - order.paid;
          if (payment.amount <= Decimal() || !Pay(order, payment).ok()) break;
          ASSERT_GE(payment.base_amount, Decimal());
          paid += payment.amount;
          base_paid += payment.base_amount;
          if (order.paid == order.net_total()) {
            ASSERT_EQ(base_paid, order.base_total - order.base_returned);
          }
          break;
        }
        case 3:
          if (pick(4) == 0 && Cancel(order, "", kPlaced).ok()) {
            ASSERT_EQ(order.refund_due(), paid);
          }
          break;
        default: {
          OrderReturn back =
              Back(static_cast<int>(pick(static_cast<int64_t>(order.lines.size()))), 1 + pick(4));
          back.discarded = pick(5) == 0;
          if (!TakeBack(order, back).ok()) break;
          discarded |= back.discarded;
          ASSERT_GE(back.base_amount, Decimal());
          ASSERT_GE(back.base_cost, Decimal());
          returned += back.amount;
          base_returned += back.base_amount;
          base_cost += back.base_cost;
          break;
        }
      }
      ASSERT_EQ(order.paid, paid);
      ASSERT_EQ(order.base_paid, base_paid);
      ASSERT_EQ(order.returned, returned);
      ASSERT_EQ(order.base_returned, base_returned);
      ASSERT_EQ(order.base_returned_cost, base_cost);
      ASSERT_GE(order.net_total(), Decimal());
      Decimal by_line;
      bool all = true;
      for (const OrderLine& line : order.lines) {
        by_line += line.returned_amount;
        all &= line.returned_quantity == line.quantity;
      }
      ASSERT_EQ(by_line, returned);
      if (all) {
        ASSERT_EQ(returned, order.total);
        ASSERT_EQ(base_returned, order.base_total);
        if (!discarded) {
          ASSERT_EQ(base_cost, order.base_cost);
        }
      }
    }
  }
}

}  // namespace
}  // namespace clientele::lifecycle
