#include "value-svc/domain/figures.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <vector>

#include "value-svc/domain/storable.h"

namespace clientele::value {
namespace {

constexpr int64_t kMicros = 1'000'000;

struct Knot {
  int64_t days;
  int64_t score;
};
constexpr Knot kPaydex[] = {{0, 80}, {15, 70}, {30, 50}, {60, 40}, {90, 30}, {120, 20}};

int64_t Saturate(absl::int128 value) {
  constexpr absl::int128 kLowest = std::numeric_limits<int64_t>::min(),
                         kHighest = std::numeric_limits<int64_t>::max();
  return static_cast<int64_t>(std::clamp(value, kLowest, kHighest));
}

int64_t DaysBeyondTermsMicros(absl::int128 late_micro_days, absl::int128 due_micros) {
  if (due_micros <= 0) return 0;
  // Whole and rest apart: `late_micro_days` times a million could pass 128 bits only at absurd amounts.
  const absl::int128 whole = late_micro_days / due_micros, rest = late_micro_days % due_micros;
  return Saturate(whole * kMicros + rest * kMicros / due_micros);
}

int64_t Micros(double value) {
  constexpr double kHighest = 9e18;
  return static_cast<int64_t>(std::floor(std::clamp(value * 1e6, -kHighest, kHighest) + 0.5));
}

// Deals are counted in days before the day that everything is seen from.
constexpr int64_t kToday = 0;

Deal DealOf(const ObservedDeal& observed) {
  Deal deal;
  deal.open_day = kToday - observed.open_age_days;
  if (observed.close_age_days.has_value()) deal.close_day = kToday - *observed.close_age_days;
  deal.won = observed.won;
  deal.amount = deal.won_amount = observed.amount.ToDouble();
  return deal;
}

// What the open opportunities will bring: by age, where enough were closed to learn from.
void ExpectPipeline(const Observations& observations, const PipelineModel& model, Figures& figures) {
  figures.expected_pipeline = observations.expected_pipeline;
  if (!model.fitted()) return;
  std::vector<Deal> live;
  for (const ObservedDeal& deal : observations.deals) {
    if (deal.live && !deal.close_age_days.has_value()) live.push_back(DealOf(deal));
  }
  const PipelineExpectation expected = model.Expect(live, kToday);
  figures.expected_pipeline = observations.undated_pipeline + Decimal::FromMicros(Micros(expected.expected));
  figures.pipeline_deviation = Decimal::FromMicros(Micros(std::sqrt(expected.variance)));
  figures.pipeline_by_age = true;
}

}  // namespace

int64_t PaymentScoreMicros(absl::int128 late_micro_days, absl::int128 due_micros) {
  const int64_t late = DaysBeyondTermsMicros(late_micro_days, due_micros);
  for (size_t i = 1; i < std::size(kPaydex); ++i) {
    const Knot& from = kPaydex[i - 1];
    const Knot& to = kPaydex[i];
    if (late >= to.days * kMicros) continue;
    const int64_t beyond = late - from.days * kMicros;
    return from.score * kMicros - beyond * (from.score - to.score) / (to.days - from.days);
  }
  return std::rbegin(kPaydex)->score * kMicros;
}

void Pooling::Add(const Observations& customer) {
  if (customer.lifetime_order_count > 0) {
    ++sums_.buyer_count;
    sums_.order_count += customer.lifetime_order_count;
    sums_.order_revenue += customer.lifetime_revenue;
    sums_.buyer_days += customer.days_since_first_order;
  }
  sums_.due_order_count += customer.due_order_count;
  score_orders_ += absl::int128{customer.due_order_count} *
                   PaymentScoreMicros(customer.late_micro_days, customer.due_micros);
  if (customer.purchase_count > 0) histories_.push_back(HistoryOf(customer));
  for (const ObservedDeal& deal : customer.deals) deals_.push_back(DealOf(deal));
  if (customer.due_order_count > 0) {
    payers_.push_back({customer.late_order_count, customer.due_order_count});
  }
}

PooledRates Pooling::Finish(int64_t horizon_days) const {
  PooledRates pooled = sums_;
  pooled.order_revenue = Storable(pooled.order_revenue);
  pooled.credit_micros = pooled.due_order_count == 0
                             ? kPromptPaymentMicros
                             : static_cast<int64_t>(score_orders_ / pooled.due_order_count);
  if (static_cast<int64_t>(payers_.size()) >= kFewestPayers) {
    const absl::StatusOr<BetaBinomial> lateness = FitBetaBinomial(payers_);
    if (lateness.ok()) pooled.credit_strength_micros = Micros(lateness->strength);
  }
  pooled.sales = FitSalesModel(histories_);
  pooled.pipeline = PipelineModel::Fit(deals_, kToday, horizon_days);
  return pooled;
}

PooledRates Pool(absl::Span<const Observations> customers, int64_t horizon_days) {
  Pooling pooling;
  for (const Observations& customer : customers) pooling.Add(customer);
  return pooling.Finish(horizon_days);
}

PurchaseHistory HistoryOf(const Observations& observations) {
  PurchaseHistory history;
  history.repeat_count = observations.purchase_count - 1;
  history.recency = static_cast<double>(observations.purchase_recency_days) / kDaysPerWeek;
  history.age = static_cast<double>(observations.purchase_age_days) / kDaysPerWeek;
  if (history.repeat_count > 0) {
    // Returns can take all of it away, and the models know no losses.
    history.mean_spend =
        std::max(0.0, observations.repeat_revenue.ToDouble()) / static_cast<double>(history.repeat_count);
  }
  return history;
}

SalesPredictor PredictorOf(const SalesModel& model, int64_t horizon_days) {
  // What the predictor would discount is not asked for here.
  return SalesPredictor(model, static_cast<double>(horizon_days) / kDaysPerWeek, {.periods = 0});
}

RepeatSales ExpectRepeatSales(const Observations& observations, SalesPredictor& predictor) {
  if (observations.purchase_count == 0) return {};
  const SalesExpectation expected = predictor.Predict(HistoryOf(observations)).sales;
  return {expected.basis, Micros(expected.probability_alive), Micros(expected.expected_purchases),
          Decimal::FromMicros(Micros(expected.expected_spend)),
          Decimal::FromMicros(Micros(expected.expected_revenue))};
}

Figures ComputeFigures(const Observations& observations, const PooledRates& pooled,
                       SalesPredictor& predictor) {
  Figures figures;
  ExpectPipeline(observations, pooled.pipeline, figures);
  figures.repeat = ExpectRepeatSales(observations, predictor);
  figures.days_beyond_terms_micros =
      DaysBeyondTermsMicros(observations.late_micro_days, observations.due_micros);

  figures.raw_micros[Factor::kSalesContribution] = Saturate(observations.weighted_revenue.micros());
  figures.raw_micros[Factor::kSalesExpectation] =
      Saturate((figures.expected_pipeline + figures.repeat.expected_revenue).micros());
  const int64_t own = PaymentScoreMicros(observations.late_micro_days, observations.due_micros);
  const absl::int128 weight = absl::int128{observations.due_order_count} * kMicros;
  figures.raw_micros[Factor::kCredit] = static_cast<int64_t>(
      (own * weight + absl::int128{pooled.credit_micros} * pooled.credit_strength_micros) /
      (weight + pooled.credit_strength_micros));
  figures.raw_micros[Factor::kProfitContribution] =
      Saturate((observations.revenue - observations.order_cost - observations.cost_to_serve).micros());
  figures.raw_micros[Factor::kDemonstrationEffect] = Saturate(observations.referred_value.micros());
  return figures;
}

}  // namespace clientele::value
