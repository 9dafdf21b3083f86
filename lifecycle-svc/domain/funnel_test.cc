#include "lifecycle-svc/domain/funnel.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace clientele::lifecycle {
namespace {

TEST(Funnel, EachCustomerCountsOnceInWhatItReachedAndWhereItIs) {
  FunnelCounts funnel;
  funnel.Add({0, Stage::kLead, Stage::kOpportunity, Stage::kNone, true, 3});
  funnel.Add({0, Stage::kLost, Stage::kOrder, Stage::kOpportunity, false, 2});
  funnel.Add({0, Stage::kDormant, Stage::kTarget, Stage::kNone, false, 1});
  EXPECT_EQ(funnel.customers, 6);
  EXPECT_EQ(funnel.lost, 2);
  EXPECT_EQ(funnel.dormant, 1);
  EXPECT_EQ(funnel.recycled, 3);
  EXPECT_EQ(funnel.stages[0].reached, 6);
  EXPECT_EQ(funnel.stages[2].reached, 5);
  EXPECT_EQ(funnel.stages[3].reached, 2);
  EXPECT_EQ(funnel.stages[1].current, 3);
  EXPECT_EQ(funnel.stages[1].recycled, 3);
  EXPECT_EQ(funnel.stages[2].lost, 2);
  EXPECT_DOUBLE_EQ(funnel.Conversion(0), 1);
  EXPECT_DOUBLE_EQ(funnel.Conversion(3), 0.4);
  EXPECT_DOUBLE_EQ(FunnelCounts().Conversion(2), 0);
}

TEST(Funnel, CohortsAreCalendarPeriods) {
  const std::vector<FunnelCell> cells = {
      {2025 * 12 + 11, Stage::kTarget, Stage::kTarget, Stage::kNone, false, 1},
      {2026 * 12 + 0, Stage::kTarget, Stage::kTarget, Stage::kNone, false, 2},
      {2026 * 12 + 2, Stage::kTarget, Stage::kTarget, Stage::kNone, false, 4},
      {2026 * 12 + 3, Stage::kTarget, Stage::kTarget, Stage::kNone, false, 8}};
  EXPECT_EQ(CountByCohort(cells, CohortPeriod::kMonth).size(), 4u);
  const auto quarters = CountByCohort(cells, CohortPeriod::kQuarter);
  ASSERT_EQ(quarters.size(), 3u);
  EXPECT_EQ(quarters.at(2026 * 12).customers, 6);
  EXPECT_EQ(CountByCohort(cells, CohortPeriod::kYear).at(2026 * 12).customers, 14);
  EXPECT_EQ(CountByCohort(cells, CohortPeriod::kNone).at(0).customers, 15);
  EXPECT_EQ(absl::FormatTime("%Y-%m-%d", StartOfMonth(2026 * 12 + 3), absl::UTCTimeZone()), "2026-04-01");
}

TEST(Funnel, PercentilesAreNearestRank) {
  std::mt19937 random(5);
  for (int round = 0; round < 200; ++round) {
    std::vector<int64_t> values(1 + random() % 40);
    Histogram histogram;
    for (int64_t& value : values) {
      value = random() % 20;
      histogram.Add(value, 1);
    }
    std::sort(values.begin(), values.end());
    for (const int percent : {1, 50, 90, 100}) {
      const size_t rank = (values.size() * static_cast<size_t>(percent) + 99) / 100;
      ASSERT_EQ(histogram.Percentile(percent), values[rank - 1]);
    }
  }
  EXPECT_EQ(Histogram().Percentile(50), std::nullopt);
}

TEST(Funnel, VelocityIsWhatItsPartsSay) {
  VelocityRow row;
  row.open = 10;
  EXPECT_EQ(row.PerDay(), std::nullopt);
  row.won = 4;
  row.lost = 6;
  row.won_amount = *Decimal::Parse("2000.000002");
  row.cycle_seconds = 4 * 20 * 86'400;
  EXPECT_DOUBLE_EQ(row.WinRate(), 0.4);
  EXPECT_DOUBLE_EQ(row.CycleDays(), 20);
  EXPECT_EQ(row.AverageWon()->ToString(), "500.000001");  // Half away from zero.
  EXPECT_EQ(row.PerDay()->ToString(), "100");             // 10 × 500 × 0.4 ÷ 20
}

}  // namespace
}  // namespace clientele::lifecycle
