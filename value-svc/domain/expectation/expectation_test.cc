#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "value-svc/domain/expectation/sales_model.h"

namespace clientele::value {
namespace {

using Random = std::mt19937_64;

double Between(Random& random, double low, double high) {
  return std::uniform_real_distribution<double>(low, high)(random);
}

// A simulation of the model itself: dies after a purchase with probability p, buys at rate `rate`.
PurchaseHistory Simulate(Random& random, const BgNbd& model, double age) {
  const double rate = std::gamma_distribution<double>(model.r, 1 / model.alpha)(random);
  const double u = std::gamma_distribution<double>(model.a, 1)(random);
  const double v = std::gamma_distribution<double>(model.b, 1)(random);
  const double dying = u / (u + v);
  PurchaseHistory history;
  history.age = age;
  for (double time = 0;;) {
    time += std::exponential_distribution<double>(rate)(random);
    if (!(time <= age)) return history;
    ++history.repeat_count;
    history.recency = time;
    history.mean_spend = 10 + static_cast<double>(random() % 20);
    if (Between(random, 0, 1) < dying) return history;
  }
}

TEST(Summarize, PurchasesOfOneDayAreOneAndLaterOnesDoNotCount) {
  const PurchaseHistory history = Summarize({{17, 5}, {3, 10}, {3, 20}, {17, 7}, {24, 6}, {40, 100}}, 31);
  EXPECT_EQ(history.repeat_count, 2);
  EXPECT_DOUBLE_EQ(history.recency, 3);
  EXPECT_DOUBLE_EQ(history.age, 4);
  EXPECT_DOUBLE_EQ(history.mean_spend, 9);
}

TEST(Summarize, OneDayOnlyIsNoRepeat) {
  const PurchaseHistory history = Summarize({{3, 10}, {3, 20}}, 3);
  EXPECT_EQ(history, (PurchaseHistory{0, 0, 0, 0}));
}

TEST(Collapse, CountsEveryCustomerOnce) {
  const std::vector<PurchaseHistory> histories = {{1, 2, 3, 10}, {0, 0, 3, 0}, {1, 2, 3, 99}, {0, 0, 4, 0}};
  const std::vector<CountedHistory> rows = Collapse(histories);
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[2].customers, 2);
}

TEST(BgNbd, IsContinuousWhereTheClosedFormDividesByZero) {
  for (int64_t x : {0, 1, 5, 50, 300}) {
    const PurchaseHistory history{x, x == 0 ? 0.0 : 30.0, 38, 20};
    const double at = BgNbd{0.243, 4.414, 1, 2.426}.ExpectedPurchases(history, 39);
    for (double step : {1e-6, 1e-9, 1e-12}) {
      EXPECT_NEAR((BgNbd{0.243, 4.414, 1 + step, 2.426}.ExpectedPurchases(history, 39)), at,
                  at * 5 * step + 1e-13 * at);
      EXPECT_NEAR((BgNbd{0.243, 4.414, 1 - step, 2.426}.ExpectedPurchases(history, 39)), at,
                  at * 5 * step + 1e-13 * at);
    }
    EXPECT_GT(at, 0);
  }
}

TEST(BgNbd, SeriesAndQuadratureAgree) {
  Random random(1);
  for (int i = 0; i < 300; ++i) {
    const BgNbd model{Between(random, 0.05, 3), Between(random, 0.1, 20), Between(random, 0.1, 3),
                      Between(random, 0.2, 5)};
    const int64_t x = static_cast<int64_t>(random() % 301);
    const double age = Between(random, 0, 60);
    // Just short of where quadrature takes over (see kMostTerms), and just beyond.
    const auto alive = [&](double ahead) { return model.ExpectedPurchasesAlive(x, age, ahead); };
    const double mean = model.r + static_cast<double>(x);
    double low = 0, high = 1e7;
    const auto terms = [&](double ahead) {
      const double c = ahead / (model.alpha + age);
      return mean * c + 9 * std::sqrt(mean * c * (1 + c)) + 40 * (1 + c);
    };
    for (int step = 0; step < 200; ++step) {
      const double middle = (low + high) / 2;
      (terms(middle) <= 4000 ? low : high) = middle;
    }
    const double by_series = alive(low), by_quadrature = alive(high);
    EXPECT_NEAR(by_quadrature, by_series, 1e-9 * by_series) << i;
  }
}

TEST(BgNbd, StaysFiniteAndRisesWithTimeAtExtremeHistories) {
  const BgNbd model{0.243, 4.414, 0.793, 2.426};
  for (int64_t x : {0, 1, 30, 300, 5000}) {
    for (double age : {0.0, 0.1, 10.0, 1000.0}) {
      for (double share : {0.0, 0.5, 1.0}) {
        const PurchaseHistory history{x, x == 0 ? 0 : share * age, age, 10};
        const double alive = model.ProbabilityAlive(history);
        EXPECT_GE(alive, 0);
        EXPECT_LE(alive, 1);
        EXPECT_TRUE(std::isfinite(model.LogLikelihood(history)));
        double before = 0;
        for (double ahead : {0.01, 1.0, 39.0, 400.0, 1e6}) {
          const double expected = model.ExpectedPurchasesAlive(x, age, ahead);
          EXPECT_TRUE(std::isfinite(expected));
          EXPECT_GT(expected, before);
          before = expected;
        }
      }
    }
  }
}

TEST(BgNbd, StaysFiniteAtExtremeParametersAndHistories) {
  Random random(8);
  for (int i = 0; i < 3000; ++i) {
    BgNbd model{std::exp(Between(random, -4, 3)), std::exp(Between(random, -4, 5)),
                std::exp(Between(random, -4, 3)), std::exp(Between(random, -4, 3))};
    // Often next to where the closed form divides by zero, and at it.
    if (i % 3 == 0) model.a = 1 + (i % 2 ? 1 : -1) * std::exp(Between(random, -34, -2));
    if (i % 10 == 0) model.a = 1;
    const int64_t x = i % 4 == 0 ? 300 : static_cast<int64_t>(random() % 301);
    const double age = i % 5 == 0 ? 0 : Between(random, 0, 200);
    const PurchaseHistory history{x, x == 0 ? 0 : Between(random, 0, age), age, 10};
    ASSERT_TRUE(std::isfinite(model.LogLikelihood(history))) << i;
    const double alive = model.ProbabilityAlive(history);
    ASSERT_GE(alive, 0) << i;
    ASSERT_LE(alive, 1) << i;
    double before = 0;
    for (double ahead : {0.1, 39.0, 1000.0}) {
      const double expected = model.ExpectedPurchasesAlive(x, age, ahead);
      ASSERT_TRUE(std::isfinite(expected)) << i;
      // Who hardly lives any longer has bought all by then, to the last digit.
      ASSERT_GE(expected, before) << i;
      before = expected;
    }
    ASSERT_GT(before, 0) << i;
    ASSERT_LE(model.ExpectedPurchases(history, 39), model.ExpectedPurchasesAlive(x, age, 39)) << i;
  }
}

TEST(ParetoNbd, IsContinuousWhereAlphaEqualsBetaAndSIsOne) {
  for (int64_t x : {0, 1, 5, 50, 300}) {
    const PurchaseHistory history{x, x == 0 ? 0.0 : 30.0, 38, 20};
    const ParetoNbd equal{0.553, 11, 1, 11};
    // With alpha = beta the integral is elementary.
    const double power = 0.553 + static_cast<double>(x) + 1;
    const double odds = std::expm1(power * std::log((11 + 38.0) / (11 + history.recency))) / power;
    EXPECT_NEAR(equal.ProbabilityAlive(history), 1 / (1 + odds), 1e-13 / (1 + odds)) << x;
    for (double step : {1e-7, 1e-10}) {
      for (double sign : {-1.0, 1.0}) {
        const ParetoNbd near{0.553, 11 * (1 + sign * step), 1 + sign * step, 11};
        const double at = equal.ExpectedPurchases(history, 39);
        EXPECT_NEAR(near.ExpectedPurchases(history, 39), at, at * (1000 * step + 1e-12)) << x;
      }
    }
  }
}

TEST(ParetoNbd, WhoBoughtOnceIsNotTakenToBeAlive) {
  const ParetoNbd model{0.553, 10.578, 0.606, 11.669};
  double before = 1.0000001;
  for (double age : {0.0, 1.0, 10.0, 100.0, 1000.0}) {
    const double alive = model.ProbabilityAlive({0, 0, age, 0});
    EXPECT_LT(alive, before);
    before = alive;
  }
  EXPECT_EQ(model.ProbabilityAlive({0, 0, 0, 0}), 1);
  EXPECT_LT(before, 0.1);
}

TEST(ParetoNbd, StaysFiniteAtExtremeHistoriesAndParameters) {
  Random random(3);
  for (int i = 0; i < 2000; ++i) {
    const ParetoNbd model{std::exp(Between(random, -4, 3)), std::exp(Between(random, -4, 5)),
                          std::exp(Between(random, -4, 3)), std::exp(Between(random, -4, 5))};
    const int64_t x = random() % 3 == 0 ? 0 : static_cast<int64_t>(random() % 301);
    const double age = random() % 10 == 0 ? 0 : Between(random, 0, 200);
    const PurchaseHistory history{x, x == 0 ? 0 : Between(random, 0, age), age, 10};
    const double alive = model.ProbabilityAlive(history);
    ASSERT_GE(alive, 0) << i;
    ASSERT_LE(alive, 1) << i;
    ASSERT_TRUE(std::isfinite(model.LogLikelihood(history))) << i;
    const double residual = model.DiscountedResidualPurchasesAlive(x, age, 0.0027);
    ASSERT_TRUE(std::isfinite(residual) && residual > 0) << i;
    // Discounting can only lower what is to come.
    ASSERT_LT(model.DiscountedResidualPurchasesAlive(x, age, 0.01), residual) << i;
  }
}

TEST(Fits, FindTheParametersThatMadeTheData) {
  Random random(4);
  const BgNbd truth{0.5, 6, 0.8, 2.5};
  std::vector<PurchaseHistory> histories;
  for (int i = 0; i < 20000; ++i) histories.push_back(Simulate(random, truth, Between(random, 20, 60)));
  const auto fit = FitBgNbd(Collapse(histories));
  ASSERT_TRUE(fit.ok());
  EXPECT_NEAR(fit->model.r, truth.r, 0.03);
  EXPECT_NEAR(fit->model.alpha, truth.alpha, 0.5);
  EXPECT_NEAR(fit->model.a / (fit->model.a + fit->model.b), truth.a / (truth.a + truth.b), 0.03);
}

TEST(Fits, DoNotDependOnTheUnitOfTime) {
  Random random(5);
  std::vector<PurchaseHistory> weeks, days;
  for (int i = 0; i < 1000; ++i) {
    weeks.push_back(Simulate(random, {0.5, 6, 0.8, 2.5}, Between(random, 20, 60)));
    days.push_back(weeks.back());
    days.back().recency *= 7;
    days.back().age *= 7;
  }
  const auto by_week = FitBgNbd(Collapse(weeks)), by_day = FitBgNbd(Collapse(days));
  ASSERT_TRUE(by_week.ok() && by_day.ok());
  EXPECT_NEAR(by_day->model.alpha, 7 * by_week->model.alpha, 1e-3 * by_day->model.alpha);
  EXPECT_NEAR(by_day->model.b, by_week->model.b, 1e-3 * by_week->model.b);
}

TEST(Fits, RefuseWhereNobodyCameBack) {
  const std::vector<PurchaseHistory> once(200, PurchaseHistory{0, 0, 30, 0});
  EXPECT_TRUE(absl::IsInvalidArgument(FitBgNbd(Collapse(once)).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(FitParetoNbd(Collapse(once)).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(FitGammaGamma(once).status()));
}

TEST(SalesModel, IsPooledBelowAHundredRepeatBuyersAndSaysSo) {
  Random random(6);
  std::vector<PurchaseHistory> histories;
  int64_t repeat_buyers = 0;
  while (repeat_buyers < kFewestRepeatBuyers - 1) {
    histories.push_back(Simulate(random, {0.5, 6, 0.8, 2.5}, 40));
    if (histories.back().repeat_count > 0) ++repeat_buyers;
  }
  const SalesModel pooled = FitSalesModel(histories);
  EXPECT_FALSE(pooled.fitted);
  EXPECT_EQ(pooled.repeat_buyer_count, kFewestRepeatBuyers - 1);
  SalesPredictor by_pooled(pooled, 52, Discounting());
  EXPECT_EQ(by_pooled.Predict(histories[0]).sales.basis, SalesBasis::kPooled);
  EXPECT_GT(by_pooled.Predict(histories[0]).sales.expected_revenue, 0);

  histories.push_back({2, 10, 40, 20});
  const SalesModel fitted = FitSalesModel(histories);
  EXPECT_TRUE(fitted.fitted);
  SalesPredictor by_fit(fitted, 52, Discounting());
  EXPECT_EQ(by_fit.Predict({2, 10, 40, 20}).sales.basis, SalesBasis::kBgNbd);
  EXPECT_EQ(by_fit.Predict({0, 0, 40, 0}).sales.basis, SalesBasis::kParetoNbd);
}

TEST(SalesModel, WithoutAnyRepeatBuyerNothingIsExpected) {
  SalesPredictor predictor(FitSalesModel({{0, 0, 10, 0}}), 52, Discounting());
  EXPECT_EQ(predictor.Predict({0, 0, 10, 0}).sales, SalesExpectation());
  EXPECT_EQ(predictor.Predict({0, 0, 10, 0}).discounted_value, 0);
}

TEST(SalesPredictor, SilenceNeverHelps) {
  Random random(7);
  SalesModel model;
  model.fitted = true;
  model.bg_nbd = {0.243, 4.414, 0.793, 2.426};
  model.pareto_nbd = {0.553, 10.578, 0.606, 11.669};
  model.gamma_gamma = {6.25, 3.74, 15.44};
  for (bool fitted : {true, false}) {
    model.fitted = fitted;
    model.pooled = {20, 30};
    SalesPredictor predictor(model, 52, Discounting());
    for (int i = 0; i < 500; ++i) {
      const int64_t x = 1 + static_cast<int64_t>(random() % 40);
      const double age = Between(random, 10, 100), late = Between(random, 0, age);
      const double early = Between(random, 0, late);
      const SalesPredictor::Prediction recent = predictor.Predict({x, late, age, 25});
      const SalesPredictor::Prediction silent = predictor.Predict({x, early, age, 25});
      EXPECT_LE(silent.sales.probability_alive, recent.sales.probability_alive);
      EXPECT_LE(silent.discounted_value, recent.discounted_value);
    }
  }
}

}  // namespace
}  // namespace clientele::value
