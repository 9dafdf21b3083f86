#include "value-svc/domain/action.h"

#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "value-svc/domain/spending.h"

namespace clientele::value {
namespace {

// Customers who buy as before, and by `effect` more when treated.
std::vector<ActionOutcome> Customers(size_t count, double effect, uint64_t seed,
                                     double held_out_share = 0.2) {
  std::mt19937_64 random(seed);
  std::vector<ActionOutcome> customers(count);
  for (size_t i = 0; i < count; ++i) {
    ActionOutcome& customer = customers[i];
    customer.held_out = static_cast<double>(i) < held_out_share * static_cast<double>(count);
    customer.before = std::gamma_distribution<double>(2, 50)(random);
    customer.result =
        customer.before + std::normal_distribution<double>(customer.held_out ? 0 : effect, 20)(random);
    customer.profit = 0.4 * customer.result;
    customer.score_micros = static_cast<int64_t>(random() % 100'000'000);
  }
  return customers;
}

Action AnAction() {
  Action action;
  action.cost = Decimal::FromMicros(800'000'000);
  action.treated_count = 800;
  return action;
}

TEST(MeasureEffect, FindsAGainAndWhatItEarned) {
  const ActionEffect effect = MeasureEffect(AnAction(), Customers(1000, 10, 1));
  EXPECT_EQ(effect.verdict, Verdict::kGain);
  EXPECT_NEAR(effect.adjusted.effect, 10, 4);
  // What customers bought before explains most of what they buy.
  EXPECT_GT(effect.variance_reduction, 0.8);
  EXPECT_LT(effect.adjusted.standard_error, effect.difference.standard_error);
  EXPECT_DOUBLE_EQ(effect.uplift, effect.adjusted.effect * 800);
  EXPECT_NEAR(effect.margin, 0.4, 1e-9);
  EXPECT_NEAR(*effect.incremental_return, (effect.uplift * 0.4 - 800) / 800, 1e-9);
  EXPECT_TRUE(Explain(effect, "EUR").starts_with("Gained "));
}

TEST(MeasureEffect, FindsALoss) {
  EXPECT_EQ(MeasureEffect(AnAction(), Customers(1000, -10, 2)).verdict, Verdict::kLoss);
}

TEST(MeasureEffect, SaysWhatItWouldTakeWhereItCannotTell) {
  const ActionEffect effect = MeasureEffect(AnAction(), Customers(1000, 0, 4));
  EXPECT_EQ(effect.verdict, Verdict::kInconclusive);
  EXPECT_GT(effect.required_customers, 1000);
  EXPECT_TRUE(Explain(effect, "EUR").starts_with("Inconclusive: "));
}

TEST(MeasureEffect, TrustsNoGroupsOfTheWrongSizes) {
  const ActionEffect effect = MeasureEffect(AnAction(), Customers(1000, 10, 5, 0.35));
  EXPECT_EQ(effect.verdict, Verdict::kSampleRatioMismatch);
  EXPECT_TRUE(effect.sample_ratio.mismatch());
}

TEST(MeasureEffect, APartOfTheCustomersBearsItsPartOfTheCost) {
  const ActionEffect effect = MeasureEffect(AnAction(), Customers(500, 10, 6));
  EXPECT_DOUBLE_EQ(effect.cost, 400);
}

TEST(MeasureEffect, WhoWasMergedIntoOthersLeavesTheirCostToTheRest) {
  Action action = AnAction();
  action.merged_count = 400;
  const ActionEffect effect = MeasureEffect(action, Customers(500, 10, 6));
  EXPECT_DOUBLE_EQ(effect.cost, 800);
  action.merged_count = 800;
  EXPECT_EQ(CostOf(action, 0), 0);
}

TEST(MeasureEffect, AFewCustomersAreInconclusiveWhateverTheyBought) {
  Action action = AnAction();
  action.hold_out_share_micros = 500'000;
  const ActionEffect effect = MeasureEffect(action, Customers(40, 1000, 7, 0.5));
  EXPECT_GT(effect.adjusted.low, 0);
  EXPECT_EQ(effect.verdict, Verdict::kInconclusive);
  EXPECT_EQ(effect.required_customers, 60);
  EXPECT_TRUE(Explain(effect, "EUR").starts_with("Inconclusive: 20 treated and 20 held out"));
}

TEST(SumSpending, WhatFewCustomersBoughtCountsAsNothing) {
  std::vector<MeasuredAction> actions;
  for (size_t size : {40u, 1000u}) {
    MeasuredAction measured{AnAction()};
    for (const ActionOutcome& customer : Customers(size, 1000, size, 0.5)) {
      (customer.held_out ? measured.held_out : measured.treated).Add({customer.result, customer.before});
    }
    actions.push_back(measured);
    const std::vector<Spending> rows = SumSpending(actions);
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].conclusive(), size == 1000u);
    EXPECT_NEAR(rows[0].uplift, size == 40u ? 0 : 500'000, 5'000);
  }
}

TEST(MeasureEffect, HasNothingToSayOfNobody) {
  const ActionEffect effect = MeasureEffect(AnAction(), {});
  EXPECT_EQ(effect.verdict, Verdict::kInconclusive);
  EXPECT_EQ(effect.required_customers, 0);
  EXPECT_FALSE(effect.incremental_return.has_value());
  EXPECT_EQ(Explain(effect, ""), "Inconclusive: there is no difference to see yet.");
}

TEST(SumSpending, AddsUpActionsOfOneDepartmentAndGoal) {
  std::vector<MeasuredAction> actions;
  double cost = 0, uplift = 0;
  for (uint64_t i = 0; i < 6; ++i) {
    MeasuredAction measured{AnAction()};
    measured.action.department = i % 2 == 0 ? Department::kSales : Department::kMarketing;
    measured.action.goal = Goal::kRetain;
    const std::vector<ActionOutcome> customers = Customers(1000, 10, i);
    for (const ActionOutcome& customer : customers) {
      (customer.held_out ? measured.held_out : measured.treated).Add({customer.result, customer.before});
      measured.revenue += customer.result;
      measured.profit += customer.profit;
    }
    const ActionEffect effect = MeasureEffect(measured.action, customers);
    cost += effect.cost;
    uplift += effect.uplift;
    actions.push_back(measured);
  }
  actions.push_back({AnAction()});  // Nobody of it is to be seen.
  const std::vector<Spending> rows = SumSpending(actions);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].department, Department::kMarketing);
  EXPECT_EQ(rows[0].action_count, 3);
  EXPECT_DOUBLE_EQ(rows[0].cost + rows[1].cost, cost);
  EXPECT_NEAR(rows[0].uplift + rows[1].uplift, uplift, 1e-6 * uplift);
  EXPECT_TRUE(rows[0].conclusive());
  EXPECT_GT(*rows[0].incremental_return, 0);
  EXPECT_TRUE(SumSpending({}).empty());
}

TEST(SumSpending, TellsTargetMarketsApartWhateverTheDepartment) {
  const Id korea = Id::New(absl::UnixEpoch()), japan = Id::New(absl::FromUnixSeconds(1));
  std::vector<MeasuredAction> actions;
  for (uint64_t i = 0; i < 4; ++i) {
    MeasuredAction measured{AnAction()};
    measured.action.department = i < 2 ? Department::kSales : Department::kMarketing;
    measured.target_market = i % 2 == 0 ? korea : japan;
    for (const ActionOutcome& customer : Customers(100, 10, i)) {
      (customer.held_out ? measured.held_out : measured.treated).Add({customer.result, customer.before});
    }
    actions.push_back(measured);
  }
  const std::vector<Spending> rows = SumSpending(actions);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].target_market, korea);
  EXPECT_EQ(rows[1].target_market, japan);
  for (const Spending& row : rows) {
    EXPECT_EQ(row.action_count, 2);
    EXPECT_EQ(row.department, Department::kNone);
  }
}

TEST(Reason, TellsTheFigures) {
  Standing standing;
  standing.tier = Tier::kBig;
  EXPECT_EQ(Reason(standing), "Tier BIG; never ordered.");
  standing.former_tier = Tier::kTop;
  standing.tier_days = 3;
  standing.stage = Stage::kRepurchase;
  standing.stage_days = 1;
  standing.probability_alive_micros = 314'000;
  standing.days_since_order = 75;
  standing.days_since_interaction = 40;
  EXPECT_EQ(Reason(standing),
            "Tier BIG for 3 days, fallen from TOP; stage REPURCHASE for 1 day; alive with probability 0.31; "
            "last order 75 days ago; last contact 40 days ago.");
}

}  // namespace
}  // namespace clientele::value
