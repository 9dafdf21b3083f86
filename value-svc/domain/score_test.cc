#include "value-svc/domain/score.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "value-svc/domain/pyramid.h"

namespace clientele::value {
namespace {

using Random = std::mt19937_64;

int64_t Pick(Random& random, int64_t lowest, int64_t highest) {
  return std::uniform_int_distribution<int64_t>(lowest, highest)(random);
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

TEST(Contribute, SumsExactlyAndStaysInRangeForAnyWeightsAndFactors) {
  Random random(1);
  for (int i = 0; i < 200'000; ++i) {
    const PerFactor<int64_t> weights = RandomWeights(random);
    PerFactor<int64_t> factors;
    for (Factor factor : kFactors) {
      factors[factor] =
          Pick(random, 0, 3) == 0 ? Pick(random, 0, 1) * kFullScoreMicros : Pick(random, 0, kFullScoreMicros);
    }
    const Contributions result = Contribute(weights, factors);
    int64_t sum = kMiddleScoreMicros;
    for (Factor factor : kFactors) {
      sum += result.contribution_micros[factor];
      // Rounding moves none by a whole millionth or more.
      const absl::int128 exact = absl::int128{weights[factor]} * (factors[factor] - kMiddleScoreMicros);
      const absl::int128 difference = absl::int128{result.contribution_micros[factor]} * 1'000'000 - exact;
      ASSERT_TRUE(difference > -1'000'000 && difference <= 1'000'000);
    }
    ASSERT_EQ(sum, result.score_micros);
    ASSERT_GE(result.score_micros, 0);
    ASSERT_LE(result.score_micros, kFullScoreMicros);
  }
}

TEST(Contribute, TheMiddleOfEveryFactorIsTheBaseline) {
  PerFactor<int64_t> factors;
  for (Factor factor : kFactors) factors[factor] = kMiddleScoreMicros;
  const Contributions result = Contribute(DefaultScoringModel().weight_micros, factors);
  EXPECT_EQ(result.score_micros, 50'000'000);
  for (Factor factor : kFactors) EXPECT_EQ(result.contribution_micros[factor], 0);
}

TEST(Contribute, TheBestAndTheWorstOfEveryFactorAreTheEnds) {
  PerFactor<int64_t> best, worst;
  for (Factor factor : kFactors) best[factor] = kFullScoreMicros;
  EXPECT_EQ(Contribute(DefaultScoringModel().weight_micros, best).score_micros, kFullScoreMicros);
  EXPECT_EQ(Contribute(DefaultScoringModel().weight_micros, worst).score_micros, 0);
}

TEST(ScoringModel, TheDefaultIsValid) { EXPECT_TRUE(CheckScoringModel(DefaultScoringModel()).ok()); }

TEST(ScoringModel, WeightsThatDoNotSumToOneAreRefused) {
  ScoringModel model = DefaultScoringModel();
  model.weight_micros[Factor::kCredit] += 1;
  EXPECT_TRUE(absl::IsInvalidArgument(CheckScoringModel(model)));
}

TEST(ReferenceDistribution, TiesGetTheMiddleOfTheirRanks) {
  const auto reference = ReferenceDistribution::FromValues({10, 20, 20, 40});
  EXPECT_EQ(reference.PercentileMicros(9), 0);
  EXPECT_EQ(reference.PercentileMicros(10), 12'500'000);  // Half of one in four.
  EXPECT_EQ(reference.PercentileMicros(20), 50'000'000);
  EXPECT_EQ(reference.PercentileMicros(30), 75'000'000);
  EXPECT_EQ(reference.PercentileMicros(40), 87'500'000);
  EXPECT_EQ(reference.PercentileMicros(41), 100'000'000);
}

TEST(ReferenceDistribution, AnEmptyOnePutsEverybodyInTheMiddle) {
  EXPECT_EQ(ReferenceDistribution().PercentileMicros(-5), kMiddleScoreMicros);
}

TEST(ReferenceDistribution, EqualsCountingAndNeverFallsAsTheValueRises) {
  Random random(2);
  for (int round = 0; round < 200; ++round) {
    std::vector<int64_t> values(Pick(random, 1, 60));
    for (int64_t& value : values) value = Pick(random, -20, 20);
    const auto reference = ReferenceDistribution::FromValues(values);
    EXPECT_EQ(ReferenceDistribution::FromSteps(reference.steps()), reference);
    int64_t before = -1;
    for (int64_t value = -22; value <= 22; ++value) {
      int64_t doubled = 0;
      for (int64_t other : values) doubled += other < value ? 2 : other == value ? 1 : 0;
      const int64_t size = static_cast<int64_t>(values.size());
      EXPECT_EQ(reference.PercentileMicros(value), (doubled * kFullScoreMicros + size) / (2 * size));
      EXPECT_GE(reference.PercentileMicros(value), before);
      before = reference.PercentileMicros(value);
    }
  }
}

TEST(Pyramid, TierCountsAreTheSharesRoundedUp) {
  EXPECT_EQ(CumulativeCounts({10'000, 50'000, 200'000, 1'000'000}, 1000),
            (std::array<int64_t, kCutTierCount>{10, 50, 200, 1000}));
  EXPECT_EQ(CumulativeCounts({10'000, 50'000, 200'000, 1'000'000}, 85),
            (std::array<int64_t, kCutTierCount>{1, 5, 17, 85}));
  EXPECT_EQ(CumulativeCounts({10'000, 50'000, 200'000, 1'000'000}, 0),
            (std::array<int64_t, kCutTierCount>{0, 0, 0, 0}));
}

TEST(Pyramid, BoundariesGiveEachTierExactlyItsCountAlsoAmongTies) {
  Random random(3);
  const auto shares = DefaultScoringModel().tier_share_micros;
  for (int64_t size : {0, 1, 2, 3, 19, 20, 21, 99, 100, 101, 1234}) {
    std::vector<Rank> active;
    for (int64_t i = 0; i < size; ++i) {
      active.push_back(
          {Pick(random, 0, 5), FactId(absl::FromUnixMillis(Pick(random, 0, 9)), Feed::kCustomer, i)});
    }
    std::shuffle(active.begin(), active.end(), random);
    const auto boundaries = DrawBoundaries(shares, active);
    std::array<int64_t, 6> counts{};
    for (const Rank& rank : active) ++counts[static_cast<size_t>(TierOf(boundaries, true, rank))];
    const auto expected = CumulativeCounts(shares, size);
    int64_t above = 0;
    for (size_t i = 0; i < kCutTierCount; ++i) {
      above += counts[static_cast<size_t>(kCutTiers[i])];
      EXPECT_EQ(above, expected[i]) << "of " << size;
    }
    EXPECT_EQ(counts[static_cast<size_t>(Tier::kInactive)], 0);
  }
}

TEST(Pyramid, WhoComesLaterFallsBetweenTheSameBoundaries) {
  std::vector<Rank> active;
  for (int64_t i = 0; i < 100; ++i) active.push_back({i, FactId(absl::UnixEpoch(), Feed::kCustomer, i)});
  const auto boundaries = DrawBoundaries(DefaultScoringModel().tier_share_micros, active);
  const Id newcomer = FactId(absl::UnixEpoch(), Feed::kCustomer, 1000);
  EXPECT_EQ(TierOf(boundaries, true, {1000, newcomer}), Tier::kTop);
  EXPECT_EQ(TierOf(boundaries, true, {96, newcomer}), Tier::kBig);
  EXPECT_EQ(TierOf(boundaries, true, {-1, newcomer}), Tier::kSmall);
  EXPECT_EQ(TierOf(boundaries, false, {1000, newcomer}), Tier::kInactive);
}

TEST(Scorer, AddingCustomersUnderAFrozenReferenceMovesNobody) {
  Random random(4);
  ScoringModel model = DefaultScoringModel();
  auto any_customer = [&](int64_t number) {
    Observations customer;
    customer.customer = FactId(absl::UnixEpoch(), Feed::kCustomer, number);
    customer.active = true;
    customer.order_count = customer.lifetime_order_count = Pick(random, 0, 5);
    customer.revenue = customer.lifetime_revenue = Decimal::FromMicros(Pick(random, 0, 1'000'000'000));
    customer.weighted_revenue = customer.revenue;
    customer.days_since_first_order = Pick(random, 0, 400);
    customer.due_order_count = Pick(random, 0, 3);
    customer.due_micros = customer.due_order_count * 1'000'000;
    customer.late_micro_days = customer.due_micros * Pick(random, 0, 100);
    return customer;
  };
  std::vector<Observations> customers;
  for (int64_t i = 0; i < 300; ++i) customers.push_back(any_customer(i));
  model.pooled = Pool(customers, 365);
  Scorer scorer(model);
  PerFactor<std::vector<int64_t>> values;
  for (const Observations& customer : customers) {
    const Figures figures = scorer.FiguresOf(customer);
    for (Factor factor : kFactors) values[factor].push_back(figures.raw_micros[factor]);
  }
  for (Factor factor : kFactors) model.reference[factor] = ReferenceDistribution::FromValues(values[factor]);

  const Score before = scorer.ScoreOf(customers[7], absl::UnixEpoch());
  for (int64_t i = 300; i < 400; ++i) (void)scorer.ScoreOf(any_customer(i), absl::UnixEpoch());
  EXPECT_EQ(scorer.ScoreOf(customers[7], absl::UnixEpoch()), before);
  for (Factor factor : kFactors) EXPECT_FALSE(Explain(before, factor, model).empty());
}

TEST(Scorer, AmountsThatNoColumnHoldsAreKeptAsTheLargest) {
  const Decimal most = Decimal::FromMicros(Decimal::kLimitMicros - 1), huge = most + most;
  Observations customer;
  customer.active = true;
  customer.order_count = customer.lifetime_order_count = customer.purchase_count = 2;
  customer.purchase_age_days = 300;
  customer.purchase_recency_days = 100;
  customer.revenue = customer.lifetime_revenue = customer.weighted_revenue = customer.repeat_revenue = huge;
  customer.expected_pipeline = customer.undated_pipeline = huge;
  customer.cost_to_serve = huge + huge;
  ScoringModel model = DefaultScoringModel();
  model.pooled = Pool({customer}, 365);
  EXPECT_EQ(model.pooled.order_revenue, most);
  const Score score = Scorer(model).ScoreOf(customer, absl::UnixEpoch());
  EXPECT_EQ(score.revenue, most);
  EXPECT_EQ(score.profit, -most);
  EXPECT_EQ(score.expected_pipeline, most);
  EXPECT_EQ(score.cost_to_serve, most);
  for (Decimal amount : {score.value_at_risk, score.pipeline_deviation, score.repeat.expected_spend})
    EXPECT_TRUE(amount.InRange());
}

TEST(Explain, TellsWhatIsLateAndOpenBesideTheDays) {
  ScoringModel model = DefaultScoringModel();
  model.base_currency = "USD";
  model.pooled.credit_micros = 71'250'000;
  Score score;
  EXPECT_EQ(
      Explain(score, Factor::kCredit, model),
      "No order with a due date that was paid or is overdue: the mean of all customers, 71.2 (pooled).");
  score.open_amount = Decimal::FromMicros(7'000'000);
  EXPECT_EQ(
      Explain(score, Factor::kCredit, model),
      "No order with a due date that was paid or is overdue: the mean of all customers, 71.2 (pooled); 7 "
      "USD is open, 0 USD of it overdue.");
  score.due_order_count = 3;
  score.late_order_count = 1;
  score.days_beyond_terms_micros = 4'250'000;
  score.open_amount = Decimal::FromMicros(120'500'000);
  score.overdue_amount = Decimal::FromMicros(40'000'000);
  EXPECT_EQ(
      Explain(score, Factor::kCredit, model),
      "3 orders with a due date, 1 of them paid late or overdue, on average 4.2 days beyond terms by "
      "amount, drawn to the mean of all customers, 71.2, as by 5.0 orders; 120.5 USD is open, 40 USD of it "
      "overdue.");
  score.credit_limit = Decimal::FromMicros(241'000'000);
  EXPECT_THAT(Explain(score, Factor::kCredit, model),
              testing::EndsWith("40 USD of it overdue, 50 % of the credit limit of 241 USD."));
  score.credit_limit = Decimal::FromMicros(100'000'000);
  EXPECT_THAT(Explain(score, Factor::kCredit, model), testing::HasSubstr("120 % of the credit limit"));
  score.open_amount = score.overdue_amount = Decimal();
  EXPECT_THAT(Explain(score, Factor::kCredit, model),
              testing::EndsWith("; nothing is open, 0 % of the credit limit of 100 USD."));
}

TEST(Explain, SaysPooledWhereTheCustomersOwnHistoryIsNotEnough) {
  ScoringModel model = DefaultScoringModel();
  model.base_currency = "USD";
  model.pooled.credit_micros = 71'250'000;
  Score score;
  score.raw_micros[Factor::kSalesExpectation] = 120'500'000;
  score.expected_pipeline = Decimal::FromMicros(100'000'000);
  score.open_opportunity_count = 1;
  score.repeat = {SalesBasis::kPooled, 900'000, 410'000, Decimal::FromMicros(50'000'000),
                  Decimal::FromMicros(20'500'000)};
  EXPECT_EQ(Explain(score, Factor::kSalesExpectation, model),
            "1 open opportunity worth 100 USD by amount times probability, and 20.5 USD expected from repeat "
            "orders within 365 days: 0.41 purchases of 50 USD, alive with probability 0.90 (pooled: from the "
            "rates of all customers, adjusted by this one's own orders).");
  score.repeat.basis = SalesBasis::kBgNbd;
  EXPECT_TRUE(Explain(score, Factor::kSalesExpectation, model).ends_with("(BG/NBD and Gamma-Gamma)."));
  EXPECT_EQ(
      Explain(score, Factor::kCredit, model),
      "No order with a due date that was paid or is overdue: the mean of all customers, 71.2 (pooled).");
}

}  // namespace
}  // namespace clientele::value
