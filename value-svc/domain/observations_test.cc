#include "value-svc/domain/observations.h"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "value-svc/domain/figures.h"
#include "value-svc/domain/portfolio/reference_value.h"

namespace clientele::value {
namespace {

const absl::Time kAsOf = absl::FromCivil(absl::CivilDay(2017, 12, 31), absl::UTCTimeZone());
const absl::Duration kDay = absl::Hours(24);
const ObservationTerms kTerms;

Decimal Units(int64_t units) { return Decimal::FromMicros(absl::int128{units} * 1'000'000); }

// Makes facts with rising positions, as a feed would.
class Ledger {
 public:
  Id AnyId() { return FactId(absl::UnixEpoch(), Feed::kCustomer, ++last_id_); }
  Fact& Add(FactKind kind, absl::Time event_time, Decimal amount) {
    Fact& fact = facts.emplace_back();
    fact.kind = kind;
    fact.event_time = event_time;
    fact.amount = amount;
    fact.source = AnyId();
    fact.position = ++last_position_;
    fact.id = FactId(event_time, fact.feed, fact.position);
    return fact;
  }
  Fact& Order(int64_t days_ago, int64_t amount) {
    return Add(FactKind::kOrderPlaced, kAsOf - days_ago * kDay, Units(amount));
  }
  Fact& Payment(Id order, int64_t days_ago, int64_t amount) {
    Fact& fact = Add(FactKind::kPaymentReceived, kAsOf - days_ago * kDay, Units(amount));
    fact.order = order;
    return fact;
  }
  Observations Observe() const { return value::Observe(Id(), facts, referred, kAsOf, kTerms); }

  std::vector<Fact> facts;
  std::vector<ReferredOrder> referred;

 private:
  int64_t last_id_ = 0, last_position_ = 0;
};

TEST(Observe, ACancelledOrderCountsAsNeverPlacedFromThenOn) {
  Ledger ledger;
  const Id order = ledger.Order(50, 1000).source;
  ledger.Payment(order, 45, 400);
  Fact& cancelled = ledger.Add(FactKind::kOrderCancelled, kAsOf - 20 * kDay, Units(1000));
  cancelled.source = order;
  cancelled.order = order;
  EXPECT_EQ(ledger.Observe().order_count, 0);
  EXPECT_EQ(ledger.Observe().revenue, Decimal());
  EXPECT_FALSE(ledger.Observe().active);
  const Observations before = value::Observe(Id(), ledger.facts, {}, kAsOf - 30 * kDay, kTerms);
  EXPECT_EQ(before.revenue, Units(1000));
  EXPECT_TRUE(before.active);
}

TEST(Observe, ReturnsTakeAmountAndCostOffTheOrder) {
  Ledger ledger;
  Fact& order = ledger.Order(200, 1000);
  order.cost = Units(600);
  order.due_time = kAsOf - 100 * kDay;
  const Id id = order.source;
  for (int64_t days_ago : {30, 20}) {
    Fact& back = ledger.Add(FactKind::kOrderReturned, kAsOf - days_ago * kDay, Units(100));
    back.order = id;
    back.cost = Units(50);
  }
  const Observations seen = ledger.Observe();
  EXPECT_EQ(seen.order_count, 1);
  EXPECT_EQ(seen.revenue, Units(800));
  EXPECT_EQ(seen.order_cost, Units(500));
  EXPECT_EQ(seen.weighted_revenue, Units(480));     // Of the quarter in which the order lies.
  EXPECT_EQ(seen.due_micros, Units(800).micros());  // What came back is not owed.
}

TEST(Observe, OfATasksCostTheNewestTotalCounts) {
  Ledger ledger;
  const Id task = ledger.AnyId();
  for (int64_t cost : {40, 90}) {
    Fact& fact = ledger.Add(FactKind::kServiceCostLogged, kAsOf - 10 * kDay, Decimal());
    fact.source = task;
    fact.cost = Units(cost);
  }
  EXPECT_EQ(ledger.Observe().cost_to_serve, Units(90));
  EXPECT_EQ(ledger.Observe().interaction_count, 0);
}

TEST(Observe, WhatWorkAddedToATasksCostLiesAtItsOwnTime) {
  Ledger ledger;
  const Id task = ledger.AnyId();
  const auto log = [&](int64_t days_ago, int64_t total) {
    Fact& fact = ledger.Add(FactKind::kServiceCostLogged, kAsOf - days_ago * kDay, Decimal());
    fact.source = task;
    fact.cost = Units(total);
  };
  log(400, 100);
  log(10, 130);
  log(50, 170);  // Work that was logged later than what was done after it.
  // The first lies before the horizon.
  EXPECT_EQ(ledger.Observe().cost_to_serve, Units(70));
  const auto as_of = [&](int64_t days_ago) {
    return value::Observe(Id(), ledger.facts, {}, kAsOf - days_ago * kDay, kTerms).cost_to_serve;
  };
  EXPECT_EQ(as_of(30), Units(40));
  EXPECT_EQ(as_of(60), Units(100));
  // Taken back.
  log(5, 90);
  EXPECT_EQ(ledger.Observe().cost_to_serve, Units(-10));
}

TEST(Observe, KeepsWhenThingsHappenedToTheMoment) {
  Ledger ledger;
  const absl::Time ordered = kAsOf - 3 * kDay - absl::Hours(5), met = kAsOf - absl::Minutes(7);
  ledger.Add(FactKind::kOrderPlaced, ordered, Units(100));
  ledger.Add(FactKind::kInteractionHeld, met, Units(0));
  EXPECT_EQ(ledger.Observe().last_order_time, ordered);
  EXPECT_EQ(ledger.Observe().last_interaction_time, met);
  EXPECT_FALSE(Observations().last_order_time.has_value());
}

TEST(Observe, RecentQuartersWeighMore) {
  Ledger ledger;
  for (int64_t days_ago : {10, 100, 200, 300, 400}) ledger.Order(days_ago, 1000);
  const Observations seen = ledger.Observe();
  EXPECT_EQ(seen.order_count, 4);
  EXPECT_EQ(seen.revenue, Units(4000));
  EXPECT_EQ(seen.weighted_revenue, Units(1000 + 800 + 600 + 400));
  EXPECT_EQ(seen.lifetime_order_count, 5);
  EXPECT_EQ(seen.days_since_first_order, 400);
  EXPECT_EQ(seen.last_order_time, kAsOf - 10 * kDay);
  EXPECT_TRUE(seen.active);
}

TEST(Observe, WhatComesAfterTheDayDoesNotCount) {
  Ledger ledger;
  ledger.Order(-1, 1000);
  EXPECT_EQ(ledger.Observe(), Observations());
}

TEST(Observe, WithoutAnythingInTheHorizonACustomerIsInactive) {
  Ledger ledger;
  ledger.Order(366, 1000);
  EXPECT_FALSE(ledger.Observe().active);
  ledger.Payment(ledger.facts[0].source, 364, 1000);
  EXPECT_TRUE(ledger.Observe().active);
}

TEST(Observe, TheNewestFactOfAnOpportunityCounts) {
  Ledger ledger;
  Fact opened = ledger.Add(FactKind::kOpportunityChanged, kAsOf - 30 * kDay, Units(500));
  ledger.facts[0].step = OpportunityStep::kProposal;
  ledger.facts[0].probability_percent = 50;
  EXPECT_EQ(ledger.Observe().expected_pipeline, Units(250));
  Fact& lost = ledger.Add(FactKind::kOpportunityChanged, kAsOf - 10 * kDay, Units(500));
  lost.source = opened.source;
  lost.step = OpportunityStep::kLost;
  EXPECT_EQ(ledger.Observe().open_opportunity_count, 0);
  // As of a day before the loss it was open.
  EXPECT_EQ(Observe(Id(), ledger.facts, {}, kAsOf - 20 * kDay, kTerms).open_opportunity_count, 1);
}

TEST(Observe, AnOpportunityThatNobodyTouchedForAHorizonIsDead) {
  Ledger ledger;
  Fact& opened = ledger.Add(FactKind::kOpportunityChanged, kAsOf - 400 * kDay, Units(500));
  opened.step = OpportunityStep::kProposal;
  opened.probability_percent = 50;
  Observations dead;
  dead.known = true;
  EXPECT_EQ(ledger.Observe(), dead);
}

TEST(Observe, InteractionsCostUnlessTheyWereNotHeld) {
  Ledger ledger;
  ledger.Add(FactKind::kInteractionHeld, kAsOf - kDay, Units(0)).cost = Units(60);
  const Id source = ledger.facts[0].source;
  EXPECT_EQ(ledger.Observe().cost_to_serve, Units(60));
  Fact& corrected = ledger.Add(FactKind::kInteractionHeld, kAsOf - kDay, Units(0));
  corrected.source = source;
  corrected.held = false;
  EXPECT_EQ(ledger.Observe().cost_to_serve, Units(0));
}

TEST(Observe, DaysBeyondTermsCountEachPartOfAnOrderWhenItWasPaid) {
  Ledger ledger;
  Fact order = ledger.Order(100, 1000);
  ledger.facts[0].due_time = kAsOf - 70 * kDay;
  ledger.Payment(order.source, 70, 400);  // On the due day: in time.
  ledger.Payment(order.source, 50, 500);  // 20 days late.
  const Observations seen = ledger.Observe();
  // 100 is still open, 70 days after it was due.
  EXPECT_EQ(seen.due_order_count, 1);
  EXPECT_EQ(seen.due_micros, Units(1000).micros());
  EXPECT_EQ(seen.late_micro_days, Units(500 * 20 + 100 * 70).micros());
}

TEST(Observe, PaymentsFillTheInstalmentsOneAfterTheOther) {
  Ledger ledger;
  Fact& order = ledger.Order(100, 900);
  order.dues = {
      {kAsOf - 60 * kDay, Units(300)}, {kAsOf - 30 * kDay, Units(300)}, {kAsOf + 10 * kDay, Units(300)}};
  order.due_time = order.dues.back().time;
  const Id id = order.source;
  ledger.Payment(id, 60, 200);  // In time.
  ledger.Payment(id, 50, 200);  // Half of it 10 days late, half of it early.
  // Of the second 200 are open, 30 days after they were due; the third is not due yet.
  EXPECT_EQ(ledger.Observe().due_order_count, 1);
  EXPECT_EQ(ledger.Observe().due_micros, Units(600).micros());
  EXPECT_EQ(ledger.Observe().late_micro_days, Units(100 * 10 + 200 * 30).micros());
  EXPECT_EQ(ledger.Observe().open_amount, Units(500));
  EXPECT_EQ(ledger.Observe().overdue_amount, Units(200));

  // What comes back is off the last ones: 250 of the second are left, and nothing of the third.
  Fact& returned = ledger.Add(FactKind::kOrderReturned, kAsOf - 5 * kDay, Units(350));
  returned.order = id;
  EXPECT_EQ(ledger.Observe().due_micros, Units(550).micros());
  EXPECT_EQ(ledger.Observe().late_micro_days, Units(100 * 10 + 150 * 30).micros());
}

TEST(Observe, TheLastCreditLimitOfTheCustomersOwnIsInForce) {
  Ledger ledger;
  EXPECT_EQ(ledger.Observe().credit_limit, Decimal());
  const Id merged = ledger.AnyId();
  const auto set = [&](Id whose, int64_t days_ago, int64_t units) {
    Fact& fact = ledger.Add(FactKind::kCreditLimitSet, kAsOf - days_ago * kDay, Units(units));
    fact.origin = fact.source = whose;
  };
  set(merged, 5, 700);
  EXPECT_EQ(ledger.Observe().credit_limit, Units(700)) << "of one who was merged into it";
  set(Id(), 10, 1000);
  EXPECT_EQ(ledger.Observe().credit_limit, Units(1000)) << "its own";
  set(Id(), -1, 4000);  // Not yet.
  EXPECT_EQ(ledger.Observe().credit_limit, Units(1000));
  set(Id(), 20, 1200);  // Told last, though it was for earlier.
  EXPECT_EQ(ledger.Observe().credit_limit, Units(1200));
  set(merged, 1, 900);
  EXPECT_EQ(ledger.Observe().credit_limit, Units(1200));
  set(Id(), 0, 0);
  EXPECT_EQ(ledger.Observe().credit_limit, Decimal()) << "lifted";
}

TEST(Observe, OneInstalmentIsTheSameAsADueDate) {
  std::mt19937_64 random(9);
  for (int round = 0; round < 200; ++round) {
    Ledger by_date, by_instalment, in_parts;
    const absl::Time due = kAsOf - static_cast<int64_t>(random() % 90) * kDay;
    const int64_t amount = static_cast<int64_t>(3 + random() % 1000), part = amount / 3;
    for (Ledger* ledger : {&by_date, &by_instalment, &in_parts}) ledger->Order(100, amount).due_time = due;
    by_instalment.facts[0].dues = {{due, Units(amount)}};
    in_parts.facts[0].dues = {{due, Units(part)}, {due, Units(amount - part)}};
    for (uint64_t payments = random() % 4; payments > 0; --payments) {
      const int64_t days_ago = static_cast<int64_t>(random() % 95),
                    paid = static_cast<int64_t>(random() % 600);
      for (Ledger* ledger : {&by_date, &by_instalment, &in_parts}) {
        ledger->Payment(ledger->facts[0].source, days_ago, paid);
      }
    }
    const Observations expected = by_date.Observe();
    EXPECT_EQ(by_instalment.Observe(), expected);
    EXPECT_EQ(in_parts.Observe(), expected);
  }
}

TEST(Observe, WhatIsNotYetDueSaysNothingAboutCredit) {
  Ledger ledger;
  ledger.Order(10, 1000).due_time = kAsOf + 20 * kDay;
  EXPECT_EQ(ledger.Observe().due_order_count, 0);
}

TEST(Observe, ReferredOrdersCountByShareOfInfluence) {
  Ledger ledger;
  ledger.referred = {{ledger.AnyId(), kAsOf - kDay, kAsOf - 9 * kDay, Units(1000), 30},
                     {ledger.AnyId(), kAsOf - 400 * kDay, kAsOf - 410 * kDay, Units(1000), 30}};
  EXPECT_EQ(ledger.Observe().referred_value, Units(300) * Decimal::FromMicros(FadingMicros(1, 0.1)));
  EXPECT_EQ(ledger.Observe().won_referral_count, 1);
  // The longer ago, the less.
  ledger.referred[0].order_time = kAsOf - 200 * kDay;
  ledger.referred[0].referral_time = kAsOf - 210 * kDay;
  EXPECT_NEAR(ledger.Observe().referred_value.ToDouble(), 300 / std::pow(1.1, 200 / 365.25), 0.001);
}

TEST(Observe, NeitherOrderNorRepetitionOfFactsMatters) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 100; ++round) {
    Ledger ledger;
    for (int i = 0; i < 60; ++i) {
      Fact& fact = ledger.Add(static_cast<FactKind>(1 + random() % 8), kAsOf - absl::Hours(random() % 12000),
                              Decimal::FromMicros(random() % 1'000'000'000));
      fact.cost = Decimal::FromMicros(random() % 1'000'000);
      fact.step = static_cast<OpportunityStep>(random() % 7);
      fact.probability_percent = random() % 101;
      fact.held = random() % 4 != 0;
      if (random() % 2) fact.due_time = fact.event_time + 30 * kDay;
      if (random() % 3 == 0) fact.source = ledger.facts[random() % ledger.facts.size()].source;
      fact.order = ledger.facts[random() % ledger.facts.size()].source;
    }
    const Observations expected = ledger.Observe();
    for (int i = 0; i < 20; ++i) ledger.facts.push_back(Fact(ledger.facts[random() % 60]));
    std::shuffle(ledger.facts.begin(), ledger.facts.end(), random);
    ASSERT_EQ(ledger.Observe(), expected);
  }
}

TEST(PaymentScore, FollowsTheScale) {
  const auto at = [](int64_t days) { return PaymentScoreMicros(days, 1); };
  EXPECT_EQ(at(0), 80'000'000);
  EXPECT_EQ(at(15), 70'000'000);
  EXPECT_EQ(at(30), 50'000'000);
  EXPECT_EQ(at(45), 45'000'000);
  EXPECT_EQ(at(60), 40'000'000);
  EXPECT_EQ(at(90), 30'000'000);
  EXPECT_EQ(at(120), 20'000'000);
  EXPECT_EQ(at(5000), 20'000'000);
  for (int64_t day = 0; day < 150; ++day) EXPECT_GE(at(day), at(day + 1));
}

Figures FiguresOf(const Observations& observations, const PooledRates& pooled) {
  SalesPredictor predictor = PredictorOf(pooled.sales, 365);
  return ComputeFigures(observations, pooled, predictor);
}

TEST(Figures, ThinPaymentHistoryIsDrawnToThePooledMean) {
  Observations late;
  late.due_order_count = 1;
  late.due_micros = 1'000'000;
  late.late_micro_days = 120 * late.due_micros;
  PooledRates pooled;
  pooled.credit_micros = 80'000'000;
  EXPECT_EQ(FiguresOf(late, pooled).raw_micros[Factor::kCredit], 70'000'000);  // (20 + 5 × 80) ÷ 6.
  late.due_order_count = 95;
  EXPECT_EQ(FiguresOf(late, pooled).raw_micros[Factor::kCredit], 23'000'000);
  EXPECT_EQ(FiguresOf(Observations(), pooled).raw_micros[Factor::kCredit], 80'000'000);
}

TEST(Figures, PooledPaymentIsTheMeanOverDueOrders) {
  Observations prompt, late;
  prompt.due_order_count = 3;
  prompt.due_micros = 1'000'000;
  late.due_order_count = 1;
  late.due_micros = 1'000'000;
  late.late_micro_days = 120 * late.due_micros;
  EXPECT_EQ(Pool({prompt, late}, 365).credit_micros, 65'000'000);
  EXPECT_EQ(Pool({}, 365).credit_micros, kPromptPaymentMicros);
}

TEST(Observe, OrdersOfOneDayAreOnePurchase) {
  Ledger ledger;
  for (int64_t days : {100, 100, 60, 10}) ledger.Order(days, 1000);
  ledger.facts[1].event_time += absl::Minutes(5);
  const Observations seen = ledger.Observe();
  EXPECT_EQ(seen.lifetime_order_count, 4);
  EXPECT_EQ(seen.purchase_count, 3);
  EXPECT_EQ(seen.purchase_recency_days, 90);
  EXPECT_EQ(seen.purchase_age_days, 100);
  EXPECT_EQ(seen.repeat_revenue, Units(2000));
}

TEST(Figures, RepeatSalesArePooledWhereFewBoughtAgainAndFallWithSilence) {
  Observations buyer;
  buyer.lifetime_order_count = buyer.purchase_count = 2;
  buyer.purchase_age_days = 140;
  buyer.purchase_recency_days = 133;
  buyer.repeat_revenue = Units(100);
  const SalesModel pooled = Pool({buyer}, 365).sales;
  EXPECT_FALSE(pooled.fitted);
  SalesPredictor predictor = PredictorOf(pooled, 364);
  const RepeatSales recent = ExpectRepeatSales(buyer, predictor);
  EXPECT_EQ(recent.basis, SalesBasis::kPooled);
  EXPECT_EQ(recent.probability_alive_micros, 1'000'000);
  // 2 purchases in 20 weeks and the 20 that lie between all customers' purchases, over 52 weeks, at 100 each.
  EXPECT_EQ(recent.expected_purchases_micros, 2'600'000);
  EXPECT_EQ(recent.expected_spend, Units(100));
  EXPECT_EQ(recent.expected_revenue, Units(260));
  buyer.purchase_age_days = 420;
  EXPECT_LT(ExpectRepeatSales(buyer, predictor).expected_revenue, Units(100));
  EXPECT_EQ(ExpectRepeatSales(Observations(), predictor), RepeatSales());
}

TEST(Figures, RepeatSalesAreByThePublishedModelsWhereEnoughBoughtAgain) {
  std::mt19937_64 random(8);
  std::vector<Observations> customers(600);
  for (Observations& customer : customers) {
    customer.lifetime_order_count = customer.purchase_count = 1 + static_cast<int64_t>(random() % 4);
    customer.purchase_age_days = 200 + static_cast<int64_t>(random() % 300);
    if (customer.purchase_count == 1) continue;
    customer.purchase_recency_days = 1 + static_cast<int64_t>(random() % 200);
    customer.repeat_revenue = Units(50 + static_cast<int64_t>(random() % 100)) *
                              Decimal::FromMicros(1'000'000 * (customer.purchase_count - 1));
  }
  const PooledRates pooled = Pool(customers, 365);
  ASSERT_TRUE(pooled.sales.fitted);
  for (const Observations& customer : customers) {
    const RepeatSales sales = FiguresOf(customer, pooled).repeat;
    EXPECT_EQ(sales.basis, customer.purchase_count == 1 ? SalesBasis::kParetoNbd : SalesBasis::kBgNbd);
    EXPECT_GT(sales.expected_revenue, Decimal());
    EXPECT_LE(sales.probability_alive_micros, 1'000'000);
  }
  // The order in which customers come changes nothing.
  std::shuffle(customers.begin(), customers.end(), random);
  EXPECT_EQ(Pool(customers, 365).sales.bg_nbd, pooled.sales.bg_nbd);
}

TEST(Observe, KnowsTheAgesOfOpportunities) {
  Ledger ledger;
  Fact& won = ledger.Add(FactKind::kOpportunityChanged, kAsOf - 400 * kDay, Units(300));
  won.step = OpportunityStep::kWon;
  won.open_time = kAsOf - 440 * kDay;
  won.close_time = kAsOf - 401 * kDay;
  Fact& open = ledger.Add(FactKind::kOpportunityChanged, kAsOf - 5 * kDay, Units(500));
  open.step = OpportunityStep::kProposal;
  open.probability_percent = 50;
  open.open_time = kAsOf - 40 * kDay;
  Fact& undated = ledger.Add(FactKind::kOpportunityChanged, kAsOf - kDay, Units(100));
  undated.step = OpportunityStep::kProposal;
  undated.probability_percent = 20;
  const Observations seen = ledger.Observe();
  ASSERT_EQ(seen.deals.size(), 2u);
  EXPECT_EQ(seen.deals[0], (ObservedDeal{440, 401, true, false, Units(300)}));
  EXPECT_EQ(seen.deals[1], (ObservedDeal{40, std::nullopt, false, true, Units(500)}));
  EXPECT_EQ(seen.open_opportunity_count, 2);
  EXPECT_EQ(seen.expected_pipeline, Units(270));
  EXPECT_EQ(seen.undated_pipeline, Units(20));
}

TEST(Figures, OpenOpportunitiesCountByHowThoseOfTheirAgeEnded) {
  std::mt19937_64 random(9);
  std::vector<Observations> customers(400);
  for (Observations& customer : customers) {
    // A third of all that were ever closed were won, all within 100 days.
    const int64_t age = 200 + static_cast<int64_t>(random() % 150);
    customer.deals = {
        {age, age - static_cast<int64_t>(random() % 100), random() % 3 == 0, false, Units(100)}};
  }
  Observations young;
  young.deals = {{1, std::nullopt, false, true, Units(900)}};
  young.expected_pipeline = Units(720);
  Observations old = young;
  old.deals[0].open_age_days = 150;
  customers.push_back(young);
  customers.push_back(old);
  const PooledRates pooled = Pool(customers, 365);
  ASSERT_TRUE(pooled.pipeline.fitted());
  const Figures of_young = FiguresOf(young, pooled);
  EXPECT_TRUE(of_young.pipeline_by_age);
  EXPECT_NEAR(of_young.expected_pipeline.ToDouble(), 300, 60);
  EXPECT_GT(of_young.pipeline_deviation, Units(100));
  // None that old was ever closed.
  EXPECT_EQ(FiguresOf(old, pooled).expected_pipeline, Decimal());
  // Without enough to learn from, as whoever owns it thinks.
  const Figures by_probability = FiguresOf(young, Pool({young}, 365));
  EXPECT_FALSE(by_probability.pipeline_by_age);
  EXPECT_EQ(by_probability.expected_pipeline, Units(720));
}

TEST(Figures, CreditIsDrawnToTheMeanAsMuchAsCustomersAreAlike) {
  const auto with = [](int64_t due, int64_t late) {
    Observations customer;
    customer.due_order_count = due;
    customer.late_order_count = late;
    customer.due_micros = due * 1'000'000;
    customer.late_micro_days = late * 1'000'000 * 120;
    return customer;
  };
  // All alike: the mean says nearly everything. Some always late, some never: it says nearly nothing.
  const std::vector<Observations> alike(40, with(10, 5));
  std::vector<Observations> apart(20, with(10, 0));
  apart.insert(apart.end(), 20, with(10, 10));
  EXPECT_GT(Pool(alike, 365).credit_strength_micros, 1'000'000'000);
  const PooledRates pooled = Pool(apart, 365);
  EXPECT_LT(pooled.credit_strength_micros, 1'000'000);
  EXPECT_LT(FiguresOf(with(10, 10), pooled).raw_micros[Factor::kCredit], 25'000'000);
  EXPECT_EQ(Pool({with(3, 1)}, 365).credit_strength_micros, 5'000'000);
}

TEST(Observe, CreditTermsAndActivityRatesAreTheModels) {
  Ledger ledger;
  const Id order = ledger.Order(50, 100).source;
  ledger.Payment(order, 10, 100);
  Fact& call = ledger.Add(FactKind::kInteractionHeld, kAsOf - kDay, Decimal());
  call.channel = Channel::kCall;
  call.cost = Units(10);
  EXPECT_EQ(ledger.Observe().due_order_count, 0);  // It has no due date.
  EXPECT_EQ(ledger.Observe().cost_to_serve, Units(10));
  ObservationTerms terms;
  terms.default_terms_days = 30;
  terms.activity_rates[Channel::kCall] = Units(25);
  Observations seen = value::Observe(Id(), ledger.facts, {}, kAsOf, terms);
  EXPECT_EQ(seen.due_order_count, 1);
  EXPECT_EQ(seen.late_micro_days / seen.due_micros, 10);
  EXPECT_EQ(seen.cost_to_serve, Units(25));
  terms.grace_days = 4;
  seen = value::Observe(Id(), ledger.facts, {}, kAsOf, terms);
  EXPECT_EQ(seen.late_micro_days / seen.due_micros, 6);
}

TEST(FactId, IsTheSameForTheSameEntryAndRisesWithTime) {
  EXPECT_EQ(FactId(kAsOf, Feed::kLifecycle, 7), FactId(kAsOf, Feed::kLifecycle, 7));
  EXPECT_NE(FactId(kAsOf, Feed::kLifecycle, 7), FactId(kAsOf, Feed::kCustomer, 7));
  EXPECT_LT(FactId(kAsOf, Feed::kLifecycle, 8), FactId(kAsOf + kDay, Feed::kLifecycle, 7));
  EXPECT_EQ(FactId(kAsOf, Feed::kLifecycle, 7).time(), kAsOf);
}

}  // namespace
}  // namespace clientele::value
