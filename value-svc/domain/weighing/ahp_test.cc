#include "value-svc/domain/weighing/ahp.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include <gtest/gtest.h>

#include "servicekit/testing/shared_data.h"

namespace clientele::value {
namespace {

TEST(Ahp, TheReferencesExampleIsAccepted) {
  SHARED_DATA(path, "reference/credit_ahp_reference.json");
  std::ifstream file(path);
  const nlohmann::json example = nlohmann::json::parse(file)["ahp_example"];
  std::vector<PairwiseComparison> comparisons;
  for (size_t i = 0; i < 5; ++i) {
    for (size_t j = i + 1; j < 5; ++j) comparisons.push_back({i, j, example["A"][i][j].get<double>()});
  }
  const auto result = WeighByPairs(5, comparisons);
  ASSERT_TRUE(result.ok()) << result.status();
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(result->weights[i], example["eigen_weights"][i].get<double>(), 1e-9);
  }
  EXPECT_NEAR(result->lambda_max, example["lambda_max"].get<double>(), 1e-9);
  EXPECT_NEAR(result->consistency_index, example["CI"].get<double>(), 1e-9);
  EXPECT_NEAR(result->consistency_ratio, example["CR"].get<double>(), 1e-9);
  EXPECT_TRUE(result->consistent());
}

TEST(Ahp, ACircleIsInconsistent) {
  // Each counts nine times as much as the next.
  const auto result = WeighByPairs(3, {{0, 1, 9}, {1, 2, 9}, {2, 0, 9}});
  ASSERT_TRUE(result.ok());
  EXPECT_FALSE(result->consistent());
  EXPECT_NEAR(result->lambda_max, 10.11111111111111, 1e-9);
  EXPECT_NEAR(result->consistency_ratio, 6.130268199233717, 1e-9);
}

TEST(Ahp, NamesThePairThatSpoilsConsistencyAndWhatWouldRepairIt) {
  // Consistent with 8 : 4 : 2 : 1, but for one pair that says the opposite.
  const auto result = WeighByPairs(4, {{0, 1, 2}, {0, 2, 4}, {3, 0, 8}, {1, 2, 2}, {1, 3, 4}, {2, 3, 2}});
  ASSERT_TRUE(result.ok());
  EXPECT_FALSE(result->consistent());
  EXPECT_EQ(result->most_inconsistent.first, 3u);
  EXPECT_EQ(result->most_inconsistent.second, 0u);
  EXPECT_NEAR(result->consistent_ratio, 1.0 / 8, 1e-12);
}

TEST(Ahp, ConsistentComparisonsGiveBackTheWeights) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 200; ++round) {
    const size_t count = 1 + random() % kMostCompared;
    std::vector<double> weights(count);
    double sum = 0;
    for (double& weight : weights) sum += weight = 1 + static_cast<double>(random() % 8);
    std::vector<PairwiseComparison> comparisons;
    for (size_t i = 0; i < count; ++i) {
      for (size_t j = i + 1; j < count; ++j) comparisons.push_back({i, j, weights[i] / weights[j]});
    }
    const auto result = WeighByPairs(count, comparisons);
    ASSERT_TRUE(result.ok());
    EXPECT_NEAR(result->consistency_ratio, 0, 1e-9);
    for (size_t i = 0; i < count; ++i) EXPECT_NEAR(result->weights[i], weights[i] / sum, 1e-9);
  }
}

TEST(Ahp, RefusesWhatIsNoFullComparison) {
  EXPECT_TRUE(absl::IsInvalidArgument(WeighByPairs(3, {{0, 1, 2}, {1, 2, 2}}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(WeighByPairs(2, {{0, 1, 2}, {1, 0, 2}}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(WeighByPairs(2, {{0, 0, 2}}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(WeighByPairs(2, {{0, 1, 0}}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(WeighByPairs(11, {}).status()));
}

}  // namespace
}  // namespace clientele::value
