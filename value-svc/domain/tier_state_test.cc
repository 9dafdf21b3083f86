#include "value-svc/domain/tier_state.h"

#include <random>

#include <gtest/gtest.h>

#include "value-svc/domain/score_difference.h"

namespace clientele::value {
namespace {

using Random = std::mt19937_64;

int64_t Pick(Random& random, int64_t lowest, int64_t highest) {
  return std::uniform_int_distribution<int64_t>(lowest, highest)(random);
}

// TOP from 90 points on, BIG from 75, MEDIUM from 50.
const Boundaries kBoundaries = ThresholdBoundaries({90'000'000, 75'000'000, 50'000'000});
const Hysteresis kDefault = {.margin_micros = 1'000'000, .confirmations = 2};

TierState Next(const TierState& before, int64_t score_micros, bool active = true) {
  return NextTier(before, kBoundaries, kDefault, active, {score_micros, Id()});
}

TEST(NextTier, AThresholdItselfIsInItsTier) {
  EXPECT_EQ(Next({}, 90'000'000).tier, Tier::kTop);
  EXPECT_EQ(Next({}, 89'999'999).tier, Tier::kBig);
  EXPECT_EQ(Next({}, 0).tier, Tier::kSmall);
}

TEST(NextTier, AChangeIsConfirmedTwiceAndPassesByAPercentile) {
  const TierState big = {Tier::kBig};
  EXPECT_EQ(Next(big, 90'500'000), big);  // Past the boundary, but not by a point.
  const TierState once = Next(big, 91'000'000);
  EXPECT_EQ(once, (TierState{Tier::kBig, Tier::kTop, 1}));
  EXPECT_EQ(Next(once, 91'000'000), (TierState{Tier::kTop}));
  // What is not confirmed begins anew.
  EXPECT_EQ(Next(once, 80'000'000), big);
  // The other direction does not confirm.
  EXPECT_EQ(Next(once, 60'000'000), (TierState{Tier::kBig, Tier::kMedium, 1}));
  const TierState falling = Next(big, 73'900'000);
  EXPECT_EQ(falling, (TierState{Tier::kBig, Tier::kMedium, 1}));
  EXPECT_EQ(Next(big, 74'500'000), big);
  // Confirmed by falling further still: it goes where it is then.
  EXPECT_EQ(Next(falling, 20'000'000), (TierState{Tier::kSmall}));
}

TEST(NextTier, InactivityIsNeitherDelayedNorRemembered) {
  const TierState inactive = Next({Tier::kTop, Tier::kBig, 1}, 95'000'000, false);
  EXPECT_EQ(inactive, (TierState{Tier::kInactive}));
  EXPECT_EQ(Next(inactive, 95'000'000), (TierState{Tier::kTop}));
}

TEST(NextTier, WithoutHysteresisItIsTheCut) {
  Random random(1);
  for (int i = 0; i < 20'000; ++i) {
    const TierState before = {static_cast<Tier>(Pick(random, 0, 5))};
    const Rank rank = {Pick(random, 0, 100'000'000), Id()};
    const bool active = Pick(random, 0, 3) > 0;
    ASSERT_EQ(NextTier(before, kBoundaries, Hysteresis(), active, rank).tier,
              TierOf(kBoundaries, active, rank));
  }
}

TEST(NextTier, TheSameScoreForLongEnoughEndsWhereItNoLongerMoves) {
  Random random(2);
  for (int i = 0; i < 20'000; ++i) {
    const Hysteresis hysteresis = {Pick(random, 0, 5'000'000), Pick(random, 1, 5)};
    TierState state = {static_cast<Tier>(Pick(random, 0, 5))};
    const Rank rank = {Pick(random, 0, 100'000'000), Id()};
    for (int64_t run = 0; run < hysteresis.confirmations + 1; ++run) {
      state = NextTier(state, kBoundaries, hysteresis, true, rank);
    }
    ASSERT_EQ(NextTier(state, kBoundaries, hysteresis, true, rank), state);
    ASSERT_EQ(state.pending, Tier::kNone);
  }
}

PerFactor<int64_t> RandomFactors(Random& random) {
  PerFactor<int64_t> factors;
  for (Factor factor : kFactors) factors[factor] = Pick(random, 0, kFullScoreMicros);
  return factors;
}

PerFactor<int64_t> RandomWeights(Random& random) {
  PerFactor<int64_t> weights;
  int64_t left = 1'000'000;
  for (Factor factor : kFactors) {
    weights[factor] = factor == Factor::kDemonstrationEffect ? left : Pick(random, 0, left);
    left -= weights[factor];
  }
  return weights;
}

TEST(SplitDifference, SumsExactlyForEachFactorAndInAll) {
  Random random(3);
  for (int i = 0; i < 100'000; ++i) {
    const auto first = RandomWeights(random), second = RandomWeights(random);
    const auto before = RandomFactors(random), moved = RandomFactors(random), after = RandomFactors(random);
    const ScoreDifference split = SplitDifference(first, before, moved, second, after);
    const Contributions from = Contribute(first, before), to = Contribute(second, after);
    ASSERT_EQ(split.sum(), to.score_micros - from.score_micros);
    int64_t behaviour = 0, weights = 0, cutoffs = 0;
    for (Factor factor : kFactors) {
      ASSERT_EQ(split.Of(factor), to.contribution_micros[factor] - from.contribution_micros[factor]);
      behaviour += split.behaviour[factor];
      weights += split.weights[factor];
      cutoffs += split.cutoffs[factor];
    }
    ASSERT_EQ(behaviour, split.behaviour_sum);
    ASSERT_EQ(weights, split.weights_sum);
    ASSERT_EQ(cutoffs, split.cutoffs_sum);
  }
}

TEST(SplitDifference, WhatDidNotChangeHasNoPart) {
  Random random(4);
  const auto weights = RandomWeights(random), before = RandomFactors(random), after = RandomFactors(random);
  const ScoreDifference behaviour_only = SplitDifference(weights, before, after, weights, after);
  EXPECT_EQ(behaviour_only.weights_sum, 0);
  EXPECT_EQ(behaviour_only.cutoffs_sum, 0);
  const ScoreDifference weights_only =
      SplitDifference(weights, before, before, RandomWeights(random), before);
  EXPECT_EQ(weights_only.behaviour_sum, 0);
  EXPECT_EQ(weights_only.cutoffs_sum, 0);
}

TEST(NormalizeMicros, AllMethodsRiseAndStayInRange) {
  Random random(5);
  for (int round = 0; round < 200; ++round) {
    std::vector<int64_t> values;
    for (int64_t i = 0; i < Pick(random, 1, 60); ++i)
      values.push_back(Pick(random, -1'000'000'000, 9'000'000'000));
    const auto reference = ReferenceDistribution::FromValues(values);
    for (Normalization method : {Normalization::kPercentile, Normalization::kZScore, Normalization::kMinMax,
                                 Normalization::kLogarithmic, Normalization::kWinsorized}) {
      int64_t before = 0;
      for (int64_t value = -2'000'000'000; value < 10'000'000'000; value += 97'000'000) {
        const int64_t score = reference.NormalizeMicros(method, value);
        ASSERT_GE(score, before);
        ASSERT_LE(score, kFullScoreMicros);
        before = score;
      }
    }
  }
}

TEST(NormalizeMicros, FollowsTheFormulas) {
  const auto reference = ReferenceDistribution::FromValues({0, 10'000'000, 20'000'000, 90'000'000});
  EXPECT_EQ(reference.NormalizeMicros(Normalization::kMinMax, 45'000'000), 50'000'000);
  EXPECT_EQ(reference.NormalizeMicros(Normalization::kMinMax, 95'000'000), kFullScoreMicros);
  EXPECT_EQ(reference.NormalizeMicros(Normalization::kZScore, 30'000'000), 50'000'000);  // The mean.
  EXPECT_EQ(reference.NormalizeMicros(Normalization::kLogarithmic, 0), 0);
  EXPECT_EQ(reference.NormalizeMicros(Normalization::kLogarithmic, 90'000'000), kFullScoreMicros);
  EXPECT_GT(reference.NormalizeMicros(Normalization::kLogarithmic, 10'000'000), 50'000'000);
  const auto same = ReferenceDistribution::FromValues({7, 7, 7});
  for (Normalization method : {Normalization::kZScore, Normalization::kMinMax, Normalization::kLogarithmic,
                               Normalization::kWinsorized, Normalization::kPercentile}) {
    EXPECT_EQ(same.NormalizeMicros(method, 7), kMiddleScoreMicros);
    EXPECT_EQ(same.NormalizeMicros(method, 6), 0);
    EXPECT_EQ(same.NormalizeMicros(method, 8), kFullScoreMicros);
  }
  std::vector<int64_t> hundred;
  for (int64_t i = 1; i <= 100; ++i) hundred.push_back(i);
  const auto even = ReferenceDistribution::FromValues(hundred);
  EXPECT_EQ(even.NormalizeMicros(Normalization::kWinsorized, 5), 0);
  EXPECT_EQ(even.NormalizeMicros(Normalization::kWinsorized, 50), 50'000'000);
  EXPECT_EQ(even.NormalizeMicros(Normalization::kWinsorized, 95), kFullScoreMicros);
}

}  // namespace
}  // namespace clientele::value
