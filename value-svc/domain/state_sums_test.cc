#include "value-svc/domain/state_sums.h"

#include <algorithm>
#include <map>
#include <random>
#include <tuple>

#include <gtest/gtest.h>

#include "value-svc/domain/migration.h"

namespace clientele::value {
namespace {

class RandomState {
 public:
  explicit RandomState(uint64_t seed) : random_(seed) {}

  StateRow Row() {
    StateRow row;
    row.customer = Id::New(absl::FromUnixSeconds(1'800'000'000));
    row.tier = static_cast<Tier>(1 + random_() % 5);
    row.score_micros = static_cast<int64_t>(random_() % 100'000'000);
    for (Factor factor : kFactors) row.contribution_micros[factor] = Contribution();
    if (random_() % 3 != 0) row.revenue = Amount();
    if (random_() % 3 != 0) row.profit = Amount();
    row.value_at_risk = Amount();
    return row;
  }

 private:
  // Few, so that there are ties.
  int64_t Contribution() { return static_cast<int64_t>(random_() % 7) - 3; }
  // Up to 10^20 micro-units, so that sums of 64 bits would overflow.
  Decimal Amount() {
    const absl::int128 micros = absl::int128{static_cast<int64_t>(random_() >> 2)} * 20;
    return Decimal::FromMicros(random_() % 2 ? micros : -micros);
  }
  std::mt19937_64 random_;
};

TEST(PyramidSums, EqualTheSumsOfTheRowsInAnyOrder) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    RandomState random(seed);
    std::vector<StateRow> rows;
    for (int i = 0; i < 300; ++i) rows.push_back(random.Row());
    PyramidSums sums, backwards;
    for (const StateRow& row : rows) sums.Add(row);
    for (auto row = rows.rbegin(); row != rows.rend(); ++row) backwards.Add(*row);
    PyramidSums::Sum whole;
    for (int tier = 1; tier <= 5; ++tier) {
      PyramidSums::Sum expected;
      std::vector<int64_t> scores;
      for (const StateRow& row : rows) {
        if (row.tier != static_cast<Tier>(tier)) continue;
        ++expected.count;
        expected.revenue += row.revenue;
        expected.profit += row.profit;
        expected.value_at_risk += row.value_at_risk;
        scores.push_back(row.score_micros);
      }
      expected.lowest_score_micros = *std::min_element(scores.begin(), scores.end());
      expected.highest_score_micros = *std::max_element(scores.begin(), scores.end());
      EXPECT_EQ(sums.Of(static_cast<Tier>(tier)), expected);
      EXPECT_EQ(backwards.Of(static_cast<Tier>(tier)), expected);
      whole.count += expected.count;
      whole.revenue += expected.revenue;
      whole.profit += expected.profit;
      whole.value_at_risk += expected.value_at_risk;
    }
    EXPECT_EQ(sums.Whole(), whole);
    EXPECT_EQ(whole.count, 300);
    const auto without_any = std::count_if(rows.begin(), rows.end(), [](const StateRow& row) {
      return row.revenue == Decimal() && row.profit == Decimal();
    });
    EXPECT_EQ(sums.revenue_micros().size(), rows.size() - static_cast<size_t>(without_any));
    EXPECT_EQ(sums.profit_micros().size(), sums.revenue_micros().size());
  }
}

TEST(MoveSums, RowsAndColumnsAreThePyramidsBeforeAndAfter) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    RandomState random(100 + seed);
    MoveSums sums;
    PyramidSums before, after;
    std::map<std::tuple<Tier, Tier, std::optional<Factor>>, int64_t> counts;
    for (int i = 0; i < 400; ++i) {
      const StateRow to = random.Row();
      StateRow from = random.Row();
      const bool is_new = i % 7 == 0;
      sums.Add(is_new ? nullptr : &from, to);
      after.Add(to);
      if (!is_new) before.Add(from);
      std::optional<Factor> driver;
      if (!is_new)
        driver = MigrationDriver(from.tier, to.tier, from.contribution_micros, to.contribution_micros);
      ++counts[{is_new ? Tier::kNone : from.tier, to.tier, driver}];
    }
    PyramidSums::Sum rows[6], columns[6];
    for (const TierMove& move : sums.Moves()) {
      EXPECT_EQ(move.count, (counts[{move.from, move.to, move.driver}]));
      PyramidSums::Sum& row = rows[static_cast<int>(move.from)];
      row.count += move.count;
      row.revenue += move.from_revenue;
      row.profit += move.from_profit;
      PyramidSums::Sum& column = columns[static_cast<int>(move.to)];
      column.count += move.count;
      column.revenue += move.to_revenue;
      column.profit += move.to_profit;
    }
    EXPECT_EQ(sums.Moves().size(), counts.size());
    for (int tier = 1; tier <= 5; ++tier) {
      const auto same = [](const PyramidSums::Sum& moved, const PyramidSums::Sum& sum) {
        return moved.count == sum.count && moved.revenue == sum.revenue && moved.profit == sum.profit;
      };
      EXPECT_TRUE(same(rows[tier], before.Of(static_cast<Tier>(tier)))) << tier;
      EXPECT_TRUE(same(columns[tier], after.Of(static_cast<Tier>(tier)))) << tier;
    }
    EXPECT_EQ(rows[0].revenue, Decimal()) << "who was not there before brought nothing";
  }
}

}  // namespace
}  // namespace clientele::value
