#include "lifecycle-svc/domain/forecast.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace clientele::lifecycle {
namespace {

TEST(WinCurve, CountsByHand) {
  // Of four deals one is won on day 1, one lost on day 2, one won on day 3, one still open on day 2.
  const std::vector<AgeCount> counts = {{1, 1, 0, 0}, {2, 0, 1, 1}, {3, 1, 0, 0}};
  const WinCurve curve(counts);
  EXPECT_DOUBLE_EQ(curve.WonWithin(0, 1), 0.25);
  // After day 1 three are left, of which one is lost; the one that is left after day 2 is won.
  EXPECT_DOUBLE_EQ(curve.WonWithin(1, 2), 2.0 / 3);
  EXPECT_DOUBLE_EQ(curve.WonWithin(2, 1), 1);
  EXPECT_DOUBLE_EQ(curve.WonWithin(2, 0), 0);
  EXPECT_DOUBLE_EQ(curve.WonWithin(3, 90), 0) << "nobody was ever open after that";
  EXPECT_DOUBLE_EQ(curve.WonWithin(400, 90), 0);
  EXPECT_DOUBLE_EQ(WinCurve(std::vector<AgeCount>()).WonWithin(1, 90), 0);
}

// Without open deals it is what counting says: of those that closed later than at this age, how many were won
// in time.
TEST(WinCurveProperty, WithoutOpenDealsItIsTheShare) {
  std::mt19937 random(17);
  for (int round = 0; round < 200; ++round) {
    std::vector<AgeCount> counts;
    for (int age = 0; age < 30; ++age) {
      counts.push_back({age, static_cast<int64_t>(random() % 5), static_cast<int64_t>(random() % 4), 0});
    }
    const WinCurve curve(counts);
    for (int i = 0; i < 20; ++i) {
      const int age = static_cast<int>(random() % 30), horizon = static_cast<int>(random() % 40);
      int64_t later = 0, won = 0;
      for (const AgeCount& count : counts) {
        if (count.age_days <= age) continue;
        later += count.won + count.lost;
        if (count.age_days <= age + horizon) won += count.won;
      }
      const double share = later == 0 ? 0 : static_cast<double>(won) / static_cast<double>(later);
      ASSERT_NEAR(curve.WonWithin(age, horizon), share, 1e-9);
    }
  }
}

TEST(WinCurveProperty, IsAChanceThatGrowsWithTheHorizon) {
  std::mt19937 random(19);
  for (int round = 0; round < 200; ++round) {
    std::vector<AgeCount> counts;
    for (int i = 0; i < 20; ++i) {
      counts.push_back({static_cast<int>(random() % 60), static_cast<int64_t>(random() % 9),
                        static_cast<int64_t>(random() % 9), static_cast<int64_t>(random() % 9)});
    }
    const WinCurve curve(counts);
    for (int age = 0; age < 70; age += 7) {
      double before = 0;
      for (int horizon = 0; horizon < 90; horizon += 9) {
        const double chance = curve.WonWithin(age, horizon);
        ASSERT_GE(chance, before - 1e-12);
        ASSERT_LE(chance, 1);
        before = chance;
      }
    }
  }
}

TEST(Forecast, SumsItsDeals) {
  const std::vector<AgeCount> counts = {{1, 1, 1, 0}, {5, 1, 1, 0}};
  const WinCurve curve(counts);
  const std::vector<OpenDeals> deals = {
      {0, 2, 300, 50'000, 60}, {2, 1, 100, 10'000, 80}, {9, 1, 1000, 1'000'000, 100}};
  const Forecast forecast = ForecastOf(curve, deals, 4);
  EXPECT_EQ(forecast.count, 4);
  EXPECT_DOUBLE_EQ(forecast.static_amount, 240);
  EXPECT_DOUBLE_EQ(forecast.conditional_amount, 300 * 0.25 + 100 * 0.5);
  EXPECT_DOUBLE_EQ(forecast.conditional_count, 1);
  EXPECT_DOUBLE_EQ(forecast.variance, 50'000 * 0.1875 + 10'000 * 0.25);
}

TEST(Forecast, PastErrorsWidenTheInterval) {
  Forecast narrow;
  narrow.amount = 1000;
  narrow.conditional_amount = 500;
  narrow.variance = 100;
  Forecast wide = narrow;
  SetInterval(narrow, {});
  EXPECT_NEAR(narrow.low, 500 - 12.8155, 1e-3);
  const std::vector<Outcome> past = {{100, 120}, {100, 80}};
  SetInterval(wide, past);
  EXPECT_NEAR(wide.high, 500 + 1.2815515655 * std::sqrt(100 + 500.0 * 500 * 0.04), 1e-6);
  Forecast off = wide;
  const std::vector<Outcome> far_off = {{100, 1000}};
  SetInterval(off, far_off);
  EXPECT_EQ(off.low, 0);
  EXPECT_EQ(off.high, 1000) << "no more than all of it";
}

// What is won lies in the interval in about 80 of 100 cases, when the chances are right.
TEST(ForecastProperty, TheIntervalHoldsWhatItSays) {
  std::mt19937 random(23);
  std::uniform_real_distribution<double> chance(0, 1);
  std::vector<AgeCount> counts;
  for (int age = 1; age <= 60; ++age) counts.push_back({age, 12, 8, 0});
  const WinCurve curve(counts);
  int within = 0;
  constexpr int kRounds = 2000;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<OpenDeals> deals;
    double won = 0;
    for (int i = 0; i < 200; ++i) {
      const int age = static_cast<int>(random() % 50);
      const double amount = 100 + static_cast<double>(random() % 900);
      deals.push_back({age, 1, amount, amount * amount, 0});
      if (chance(random) < curve.WonWithin(age, 10)) won += amount;
    }
    Forecast forecast = ForecastOf(curve, deals, 10);
    SetInterval(forecast, {});
    within += won >= forecast.low && won <= forecast.high;
  }
  EXPECT_NEAR(static_cast<double>(within) / kRounds, 0.8, 0.03);
}

}  // namespace
}  // namespace clientele::lifecycle
