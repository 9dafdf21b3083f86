#include "value-svc/domain/estimation/beta_binomial.h"

#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace clientele::value {
namespace {

TEST(BetaBinomial, FindsTheStrengthThatMadeTheData) {
  std::mt19937_64 random(1);
  std::vector<Trials> groups;
  for (int i = 0; i < 4000; ++i) {
    const double u = std::gamma_distribution<double>(3, 1)(random),
                 v = std::gamma_distribution<double>(5, 1)(random);
    const int64_t trials = 1 + static_cast<int64_t>(random() % 40);
    groups.push_back({std::binomial_distribution<int64_t>(trials, u / (u + v))(random), trials});
  }
  const auto fit = FitBetaBinomial(groups);
  ASSERT_TRUE(fit.ok());
  EXPECT_NEAR(fit->mean, 3.0 / 8, 0.01);
  EXPECT_NEAR(fit->strength, 8, 0.6);
}

TEST(BetaBinomial, GroupsThatDifferByChanceOnlyGetTheMean) {
  std::vector<Trials> groups(50, Trials{3, 10});
  const auto fit = FitBetaBinomial(groups);
  ASSERT_TRUE(fit.ok());
  EXPECT_GT(fit->strength, 1e4);
  EXPECT_NEAR(fit->Rate({10, 10}), 0.3, 0.001);
}

TEST(BetaBinomial, ARateLiesBetweenTheGroupsOwnAndTheMean) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 50; ++round) {
    std::vector<Trials> groups;
    for (int i = 0; i < 30; ++i) {
      const int64_t trials = static_cast<int64_t>(random() % 20);
      groups.push_back(
          {trials == 0 ? 0 : static_cast<int64_t>(random() % static_cast<uint64_t>(trials + 1)), trials});
    }
    const auto fit = FitBetaBinomial(groups);
    ASSERT_TRUE(fit.ok());
    for (const Trials& group : groups) {
      const double own = group.trials == 0
                             ? fit->mean
                             : static_cast<double>(group.successes) / static_cast<double>(group.trials);
      EXPECT_GE(fit->Rate(group), std::min(own, fit->mean) - 1e-12);
      EXPECT_LE(fit->Rate(group), std::max(own, fit->mean) + 1e-12);
    }
  }
}

TEST(BetaBinomial, AllOrNothingIsTheMeanItself) {
  EXPECT_EQ(FitBetaBinomial({{0, 5}, {0, 3}})->mean, 0);
  EXPECT_EQ(FitBetaBinomial({{5, 5}})->mean, 1);
  EXPECT_TRUE(absl::IsInvalidArgument(FitBetaBinomial({{0, 0}}).status()));
}

}  // namespace
}  // namespace clientele::value
