#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "value-svc/domain/portfolio/concentration.h"
#include "value-svc/domain/portfolio/markov.h"
#include "value-svc/domain/portfolio/reference_value.h"

namespace clientele::value {
namespace {

Id MakeId(uint64_t number) {
  std::string bytes(Id::kSize, '\0');
  for (size_t i = 0; i < sizeof(number); ++i) bytes[Id::kSize - 1 - i] = static_cast<char>(number >> (8 * i));
  return *Id::FromBytes(bytes);
}

TEST(Gini, KnowsItsEnds) {
  EXPECT_EQ(Gini({}), 0);
  EXPECT_EQ(Gini({5, 5, 5, 5}), 0);
  EXPECT_DOUBLE_EQ(Gini({0, 0, 0, 9}), 0.75);
  EXPECT_DOUBLE_EQ(Gini({1, 2, 3, 4}), 0.25);
  EXPECT_DOUBLE_EQ(Gini({-7, 0, 0, 9}), 0.75);
}

TEST(Gini, IsHalfTheMeanDifferenceOverTheMean) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 50; ++round) {
    std::vector<int64_t> values(1 + random() % 40);
    double sum = 0, differences = 0;
    for (int64_t& value : values) value = static_cast<int64_t>(random() % 1000);
    for (int64_t a : values) {
      sum += static_cast<double>(a);
      for (int64_t b : values) differences += std::abs(static_cast<double>(a - b));
    }
    const double n = static_cast<double>(values.size());
    EXPECT_NEAR(Gini(values), sum > 0 ? differences / (2 * n * sum) : 0, 1e-12);
  }
}

TEST(WhaleCurve, RisesAboveTheWholeWhereSomeLoseMoney) {
  const WhaleCurve curve = DrawWhaleCurve({-50, 100, 50, 0}, 4);
  ASSERT_EQ(curve.points.size(), 5u);
  EXPECT_DOUBLE_EQ(curve.points[1].cumulative_share, 1);
  EXPECT_DOUBLE_EQ(curve.peak.cumulative_share, 1.5);
  EXPECT_DOUBLE_EQ(curve.peak.customer_share, 0.5);
  EXPECT_DOUBLE_EQ(curve.points.back().cumulative_share, 1);
}

TEST(WhaleCurve, EndsAtTheWholeWithSoManyPointsAsAsked) {
  std::mt19937_64 random(2);
  for (size_t size : {1u, 7u, 100u, 12345u}) {
    std::vector<int64_t> values(size, 1);
    for (int64_t& value : values) value += static_cast<int64_t>(random() % 1000);
    const WhaleCurve curve = DrawWhaleCurve(values, 100);
    EXPECT_EQ(curve.points.size(), 1 + std::min<size_t>(size, 100));
    EXPECT_DOUBLE_EQ(curve.points.back().customer_share, 1);
    EXPECT_DOUBLE_EQ(curve.points.back().cumulative_share, 1);
  }
  EXPECT_TRUE(DrawWhaleCurve({-1, 1}, 10).points.empty());
}

TEST(Markov, IsTheDiscountedSumOfPowers) {
  const std::vector<std::vector<double>> transition = {{0.8, 0.2}, {0.1, 0.9}};
  const auto expected = ExpectedValueByTier(transition, {100, 10}, 0.9, 3);
  ASSERT_TRUE(expected.ok());
  EXPECT_DOUBLE_EQ((*expected)[0], 100 + 0.9 * 82 + 0.81 * (0.8 * 82 + 0.2 * 19));
  EXPECT_DOUBLE_EQ((*expected)[1], 10 + 0.9 * 19 + 0.81 * (0.1 * 82 + 0.9 * 19));
}

TEST(Markov, RefusesWhatAreNoShares) {
  EXPECT_TRUE(absl::IsInvalidArgument(ExpectedValueByTier({{0.8, 0.1}, {0, 1}}, {1, 2}, 0.9, 3).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(ExpectedValueByTier({{1}}, {1, 2}, 0.9, 3).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(ExpectedValueByTier({{1}}, {1}, 1.1, 3).status()));
}

TEST(Markov, RowsSumToOneAndOnesWithoutMovesStay) {
  const auto rows = NormalizeRows({{1, 3}, {0, 0}});
  EXPECT_EQ(rows[0], (std::vector<double>{0.25, 0.75}));
  EXPECT_EQ(rows[1], (std::vector<double>{0, 1}));
}

TEST(ValueAtRisk, IsWhatTheProbablyDeadBring) { EXPECT_DOUBLE_EQ(ValueAtRisk({{100, 0.9}, {50, 0}}), 60); }

TEST(ReferenceValue, FadesByTheYear) {
  EXPECT_EQ(FadingMicros(0, 0.1), 1'000'000);
  EXPECT_EQ(FadingMicros(1461, 0.1), std::llround(1e6 / std::pow(1.1, 4)));
  EXPECT_GT(FadingMicros(10, 0.1), FadingMicros(11, 0.1));
  EXPECT_EQ(FadingMicros(1461, 0), 1'000'000);
}

TEST(ReferenceValue, FindsCirclesOfAnyLength) {
  std::mt19937_64 random(3);
  EXPECT_TRUE(ReferralGraph().IsCircle(MakeId(1), MakeId(1)));
  for (uint64_t length = 1; length < 30; ++length) {
    ReferralGraph graph;
    for (uint64_t i = 0; i < length; ++i) {
      graph.Add(MakeId(i), MakeId(i + 1));
      // Side branches, always away from the start.
      graph.Add(MakeId(i), MakeId(100 + random() % 50));
    }
    for (uint64_t i = 0; i < length; ++i) EXPECT_FALSE(graph.IsCircle(MakeId(i), MakeId(i + 1))) << length;
    const uint64_t back = random() % length;
    graph.Add(MakeId(length), MakeId(back));
    for (uint64_t i = 0; i < length; ++i) {
      // Who lies before the circle is not on it.
      EXPECT_EQ(graph.IsCircle(MakeId(i), MakeId(i + 1)), i >= back) << length;
    }
    EXPECT_TRUE(graph.IsCircle(MakeId(length), MakeId(back)));
  }
}

}  // namespace
}  // namespace clientele::value
