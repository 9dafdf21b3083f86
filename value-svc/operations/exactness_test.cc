// Sums that are to hold to the last millionth, over random facts, models and days.
#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include "value-svc/domain/pyramid.h"
#include "value-svc/operations/score_as_of.h"
#include "value-svc/operations/scoring_fixture.h"

namespace clientele::value {
namespace {

class ExactnessTest : public ScoringTest {
 protected:
  int64_t Below(int64_t limit) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(limit)); }

  // Odd amounts in odd millionths, so that nothing is round by chance.
  std::vector<Id> PopulateOddly(int count) {
    FeedScript script;
    const std::vector<Id> customers = Populate(count, script);
    std::vector<Id> opportunities;
    for (int i = 0; i < count; ++i) {
      const Id customer = customers[static_cast<size_t>(Below(count))];
      const FeedScript::Order order = {.customer = customer,
                                       .units = 1 + Below(9'973),
                                       .time = kNow - absl::Minutes(1 + Below(60 * 24 * 700)),
                                       .cost_units = Below(4'999)};
      const Id id = script.AddOrder(order);
      if (Below(4) == 0) script.AddReturn(order, id, order.units / 3, 1, order.time + kDay * Below(40));
      if (Below(9) == 0) script.AddCancellation(order, id, order.time + kDay * Below(40));
      opportunities.push_back(Id::New(kNow));
      script.AddOpportunity(opportunities.back(), customer, 1 + Below(9'973), static_cast<int>(1 + Below(6)),
                            static_cast<int>(Below(101)), kNow - absl::Minutes(Below(60 * 24 * 500)));
      if (Below(3) == 0) {
        script.AddReferral(customers[static_cast<size_t>(Below(count))], opportunities.back(),
                           static_cast<int>(1 + Below(99)), kNow - kDay * Below(300));
      }
    }
    ApplyLifecycle(script.Batch());
    return customers;
  }

  ScoringModel RandomModel() {
    ScoringModel model = DefaultScoringModel();
    model.id = Id::New(kNow);
    model.base_currency = "USD";
    model.as_of = model.publish_time = kNow;
    model.horizon_days = 30 + Below(700);
    int64_t left = 1'000'000;
    for (Factor factor : kFactors) {
      const int64_t weight = factor == Factor::kDemonstrationEffect ? left : Below(left + 1);
      model.weight_micros[factor] = weight;
      left -= weight;
      model.normalization[factor] = static_cast<Normalization>(1 + Below(5));
    }
    const int64_t top = 1 + Below(200'000), big = top + 1 + Below(200'000), medium = big + 1 + Below(300'000);
    model.tier_share_micros = {top, big, medium, 1'000'000};
    return model;
  }
  ScoringRun PublishRandomModel(absl::Time as_of) {
    ScoringModel model = RandomModel();
    EXPECT_TRUE(RunInTransaction(database_.pool(), Soon(), [&](Transaction& tx) {
                  return stores_.models.InsertDraft(tx, model);
                }).ok());
    return RunToEnd({.purpose = RunPurpose::kPublish, .draft = model.id, .as_of = as_of});
  }
  PyramidSums Pyramid(const State& state) {
    return Snapshot([&](Transaction& tx) { return stores_.states.Pyramid(tx, administrator_, state, {}); });
  }

  std::mt19937_64 random_{17};
};

TEST_F(ExactnessTest, ScoresAndTiersOfAnyModelAddUp) {
  PopulateOddly(60);
  for (int round = 0; round < 6; ++round) {
    PublishRandomModel(kNow - kDay * Below(200));
    const auto model = Read([&](Transaction& tx) { return stores_.models.Published(tx); });
    std::vector<Score> scores = AllScores();
    PyramidSums expected;
    int64_t active = 0;
    for (const Score& score : scores) {
      int64_t sum = kMiddleScoreMicros;
      for (Factor factor : kFactors) {
        sum += score.contribution_micros[factor];
        // Each contribution is its exact value, rounded up or down.
        const absl::int128 exact =
            absl::int128{model->weight_micros[factor]} * (score.factor_micros[factor] - kMiddleScoreMicros);
        const absl::int128 off = absl::int128{score.contribution_micros[factor]} * 1'000'000 - exact;
        EXPECT_LT(off < 0 ? -off : off, 1'000'000);
      }
      EXPECT_EQ(sum, score.score_micros);
      EXPECT_GE(score.score_micros, 0);
      EXPECT_LE(score.score_micros, 100'000'000);
      active += score.tier.tier != Tier::kInactive;
      expected.Add({score.customer, score.tier.tier, score.score_micros, score.contribution_micros,
                    score.revenue, score.profit, score.value_at_risk});
    }
    // A publication cuts without hysteresis: the shares of those who are active, rounded up, highest first.
    const PyramidSums sums = Pyramid(State());
    const auto counts = CumulativeCounts(model->tier_share_micros, active);
    int64_t above = 0;
    for (size_t i = 0; i < kCutTierCount; ++i) {
      EXPECT_EQ(sums.Of(kCutTiers[i]).count, counts[i] - above) << "round " << round << ", tier " << i + 1;
      above = counts[i];
    }
    for (int tier = 1; tier <= 5; ++tier)
      EXPECT_EQ(sums.Of(static_cast<Tier>(tier)), expected.Of(static_cast<Tier>(tier)));
    Tier lowest = Tier::kTop;
    for (const Score& score : scores) {  // Highest first.
      if (score.tier.tier == Tier::kInactive) continue;
      EXPECT_GE(score.tier.tier, lowest);
      lowest = score.tier.tier;
    }
  }
}

TEST_F(ExactnessTest, MovesBetweenAnyTwoStatesAddUpToBoth) {
  PopulateOddly(60);
  std::vector<State> states = {State()};
  for (int days_ago : {400, 250, 120, 60, 0}) states.push_back(PublishRandomModel(kNow - kDay * days_ago).id);
  for (const State& from : states) {
    for (const State& to : states) {
      const auto moves =
          Snapshot([&](Transaction& tx) { return stores_.states.Moves(tx, administrator_, from, to, {}); });
      std::map<Tier, PyramidSums::Sum> before, after;
      for (const TierMove& move : moves) {
        before[move.from].count += move.count;
        before[move.from].revenue += move.from_revenue;
        before[move.from].profit += move.from_profit;
        after[move.to].count += move.count;
        after[move.to].revenue += move.to_revenue;
        after[move.to].profit += move.to_profit;
      }
      const PyramidSums first = Pyramid(from), second = Pyramid(to);
      // Nobody was merged, so whoever was there before is there after, if it is the later one.
      const bool forward = first.Whole().count <= second.Whole().count;
      for (int i = 1; i <= 5; ++i) {
        const Tier tier = static_cast<Tier>(i);
        EXPECT_EQ(after[tier].count, second.Of(tier).count);
        EXPECT_EQ(after[tier].revenue, second.Of(tier).revenue);
        EXPECT_EQ(after[tier].profit, second.Of(tier).profit);
        if (!forward) continue;
        EXPECT_EQ(before[tier].count, first.Of(tier).count);
        EXPECT_EQ(before[tier].revenue, first.Of(tier).revenue);
        EXPECT_EQ(before[tier].profit, first.Of(tier).profit);
      }
    }
  }
}

TEST_F(ExactnessTest, DifferencesOfScoresSplitToTheLastMillionth) {
  const std::vector<Id> customers = PopulateOddly(40);
  for (int days_ago : {300, 150, 0}) PublishRandomModel(kNow - kDay * days_ago);
  for (int i = 0; i < 60; ++i) {
    const Id customer = customers[static_cast<size_t>(Below(40))];
    const absl::Time to = kNow - absl::Minutes(Below(60 * 24 * 300));
    const absl::Time from = to - absl::Minutes(Below(60 * 24 * 200));
    const ComparedScores compared =
        Read([&](Transaction& tx) { return CompareScores(tx, stores_, customer, from, to); });
    const ScoreDifference& difference = compared.difference;
    EXPECT_EQ(difference.sum(), compared.to.score_micros - compared.from.score_micros);
    int64_t behaviour = 0, weights = 0, cutoffs = 0;
    for (Factor factor : kFactors) {
      behaviour += difference.behaviour[factor];
      weights += difference.weights[factor];
      cutoffs += difference.cutoffs[factor];
      EXPECT_EQ(difference.Of(factor),
                compared.to.contribution_micros[factor] - compared.from.contribution_micros[factor]);
    }
    EXPECT_EQ(behaviour, difference.behaviour_sum);
    EXPECT_EQ(weights, difference.weights_sum);
    EXPECT_EQ(cutoffs, difference.cutoffs_sum);
  }
}

// In the base currency, of an order in another one, summing to the order's amount to the last millionth.
TEST_F(ExactnessTest, InstalmentsBecomePartsOfTheOrdersAmount) {
  const Id customer = NewCustomer();
  FeedScript script;
  const absl::CivilDay day(2026, 1, 15);
  FeedScript::Order order = {.customer = customer, .units = 100, .time = kNow - 200 * kDay};
  order.instalments = {{day, 50'000}, {day + 30, 50'000}, {day + 60, 50'000}};
  const Id id = script.AddOrder(order);
  script.AddPayment(order, id, 40, absl::FromCivil(day + 10, absl::UTCTimeZone()));
  ApplyLifecycle(script.Batch());
  const auto facts =
      Read([&](Transaction& tx) { return stores_.facts.OfCustomers(tx, std::vector<Id>{customer}, kNow); });
  ASSERT_EQ(facts.size(), 2u);
  const std::vector<Due>& dues = facts[0].dues;
  ASSERT_EQ(dues.size(), 3u);
  EXPECT_EQ(dues[0], (Due{absl::FromCivil(day, absl::UTCTimeZone()), Decimal::FromMicros(33'333'333)}));
  EXPECT_EQ(dues[2].time, absl::FromCivil(day + 60, absl::UTCTimeZone()));
  EXPECT_EQ(dues[0].amount + dues[1].amount + dues[2].amount, Units(100));
  EXPECT_EQ(facts[0].due_time, dues[2].time);

  RunToEnd();
  const Score score = ScoreOf(customer);
  EXPECT_EQ(score.due_order_count, 1);
  // A third of it was 10 days late; of the rest 6.67 came in time, and all else is overdue.
  EXPECT_GT(score.days_beyond_terms_micros, 50'000'000);
}

// Those who come later are scored by the reference of before, and nobody else's score, tier or part changes.
TEST_F(ExactnessTest, AddingCustomersMovesNobody) {
  PopulateOddly(40);
  PublishRandomModel(kNow);
  std::map<Id, Score> before;
  for (const Score& score : AllScores()) before.emplace(score.customer, score);
  FeedScript script;
  std::vector<Id> newcomers;
  for (int i = 0; i < 30; ++i) {
    newcomers.push_back(NewCustomer());
    script.AddOrder(
        {.customer = newcomers.back(), .units = 1 + Below(99'991), .time = kNow - kDay * Below(300)});
  }
  ReadFeedResponse batch = script.Batch();
  for (int i = 0; i < batch.entries_size(); ++i) batch.mutable_entries(i)->set_position(1'000'000 + i);
  ApplyLifecycle(batch);
  WorkToEnd();
  const std::vector<Score> after = AllScores();
  EXPECT_EQ(after.size(), before.size() + newcomers.size());
  for (const Score& score : after) {
    const auto found = before.find(score.customer);
    if (found == before.end()) continue;
    EXPECT_EQ(score, found->second);
  }
}

}  // namespace
}  // namespace clientele::value
