#include "value-svc/domain/migration.h"

#include <numeric>
#include <random>

#include <gtest/gtest.h>

namespace clientele::value {
namespace {

PerFactor<int64_t> Contributions(int64_t sales, int64_t credit) {
  PerFactor<int64_t> contributions;
  contributions[Factor::kSalesContribution] = sales;
  contributions[Factor::kCredit] = credit;
  return contributions;
}

TEST(MigrationDriver, IsTheFactorThatMovedFurthestInTheDirectionOfTheMove) {
  const auto before = Contributions(5, 5), after = Contributions(9, -8);
  EXPECT_EQ(MigrationDriver(Tier::kSmall, Tier::kBig, before, after), Factor::kSalesContribution);
  EXPECT_EQ(MigrationDriver(Tier::kBig, Tier::kInactive, before, after), Factor::kCredit);
  EXPECT_EQ(MigrationDriver(Tier::kBig, Tier::kTop, after, Contributions(1, -9)), std::nullopt);
  EXPECT_EQ(MigrationDriver(Tier::kBig, Tier::kBig, before, after), std::nullopt);
  EXPECT_EQ(MigrationDriver(Tier::kNone, Tier::kBig, before, after), std::nullopt);
  // Ties by the order of the enum.
  EXPECT_EQ(MigrationDriver(Tier::kSmall, Tier::kBig, Contributions(0, 0), Contributions(3, 3)),
            Factor::kSalesContribution);
}

TEST(SharesMicros, SumToOneExactly) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 20'000; ++round) {
    std::vector<int64_t> counts(1 + random() % 7);
    for (int64_t& count : counts) count = random() % 3 ? static_cast<int64_t>(random() % 1'000'000) : 0;
    const std::vector<int64_t> shares = SharesMicros(counts);
    const int64_t sum = std::accumulate(counts.begin(), counts.end(), int64_t{0});
    ASSERT_EQ(std::accumulate(shares.begin(), shares.end(), int64_t{0}), sum == 0 ? 0 : 1'000'000);
    for (size_t i = 0; i < counts.size(); ++i) {
      ASSERT_GE(shares[i], 0);
      if (sum > 0) {
        ASSERT_NEAR(static_cast<double>(shares[i]),
                    static_cast<double>(counts[i]) / static_cast<double>(sum) * 1e6, 1);
      }
    }
  }
}

}  // namespace
}  // namespace clientele::value
