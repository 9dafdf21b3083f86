#include "value-svc/domain/factor_weights.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "servicekit/types/error.h"

namespace clientele::value {
namespace {

// As these importances would have it, each pair compared once.
std::vector<FactorComparison> Compare(const std::array<double, kFactorCount>& importance) {
  std::vector<FactorComparison> comparisons;
  for (size_t i = 0; i < kFactorCount; ++i) {
    for (size_t j = i + 1; j < kFactorCount; ++j)
      comparisons.push_back({kFactors[i], kFactors[j], importance[i] / importance[j]});
  }
  return comparisons;
}

int64_t Sum(const ScoringModel& model) {
  int64_t sum = 0;
  for (Factor factor : kFactors) sum += model.weight_micros[factor];
  return sum;
}

TEST(WeighByComparisons, ConsistentOnesGiveTheImportances) {
  ScoringModel model = DefaultScoringModel();
  model.comparisons = Compare({4, 2, 1, 2, 1});
  ASSERT_TRUE(WeighByComparisons(model).ok());
  EXPECT_EQ(model.weight_micros[Factor::kSalesContribution], 400'000);
  EXPECT_EQ(model.weight_micros[Factor::kCredit], 100'000);
  EXPECT_EQ(model.consistency_ratio_micros, 0);
  EXPECT_TRUE(CheckScoringModel(model).ok());
}

TEST(WeighByComparisons, WeightsSumExactly) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 500; ++round) {
    std::array<double, kFactorCount> importance;
    for (double& one : importance) one = 1 + static_cast<double>(random() % 80) / 10;
    ScoringModel model = DefaultScoringModel();
    model.comparisons = Compare(importance);
    ASSERT_TRUE(WeighByComparisons(model).ok());
    ASSERT_EQ(Sum(model), 1'000'000);
  }
}

TEST(WeighByComparisons, ContradictionsAreRefusedWithTheWorstPair) {
  ScoringModel model = DefaultScoringModel();
  const auto weights = model.weight_micros;
  model.comparisons = Compare({4, 2, 1, 2, 1});
  model.comparisons[1].ratio = 1.0 / 9;  // SALES_CONTRIBUTION over CREDIT: all others say 4.
  const absl::Status refused = WeighByComparisons(model);
  EXPECT_TRUE(absl::IsInvalidArgument(refused));
  EXPECT_EQ(servicekit::GetReason(refused), "COMPARISONS_INCONSISTENT");
  ASSERT_EQ(servicekit::GetFieldViolations(refused).size(), 1u);
  EXPECT_THAT(servicekit::GetFieldViolations(refused)[0].description,
              testing::HasSubstr("SALES_CONTRIBUTION over CREDIT"));
  EXPECT_EQ(model.weight_micros, weights);
}

TEST(WeighByComparisons, EveryPairMustBeThereOnce) {
  ScoringModel model = DefaultScoringModel();
  model.comparisons = Compare({4, 2, 1, 2, 1});
  model.comparisons.pop_back();
  EXPECT_TRUE(absl::IsInvalidArgument(WeighByComparisons(model)));
  model.comparisons = Compare({4, 2, 1, 2, 1});
  model.comparisons[0].ratio = 20;
  EXPECT_TRUE(absl::IsInvalidArgument(WeighByComparisons(model)));
}

}  // namespace
}  // namespace clientele::value
