#include "value-svc/domain/figures.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <vector>

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
}

PooledRates Pooling::Finish() const {
  PooledRates pooled = sums_;
  pooled.credit_micros = pooled.due_order_count == 0
                             ? kPromptPaymentMicros
                             : static_cast<int64_t>(score_orders_ / pooled.due_order_count);
  return pooled;
}

PooledRates Pool(absl::Span<const Observations> customers) {
  Pooling pooling;
  std::vector<PurchaseHistory> histories;
  for (const Observations& customer : customers) {
    pooling.Add(customer);
    if (customer.purchase_count > 0) histories.push_back(HistoryOf(customer));
  }
  PooledRates pooled = pooling.Finish();
  pooled.sales = FitSalesModel(histories);
  return pooled;
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
  figures.expected_pipeline = observations.expected_pipeline;
  figures.repeat = ExpectRepeatSales(observations, predictor);
  figures.days_beyond_terms_micros =
      DaysBeyondTermsMicros(observations.late_micro_days, observations.due_micros);

  figures.raw_micros[Factor::kSalesContribution] = Saturate(observations.weighted_revenue.micros());
  figures.raw_micros[Factor::kSalesExpectation] =
      Saturate((figures.expected_pipeline + figures.repeat.expected_revenue).micros());
  const int64_t own = PaymentScoreMicros(observations.late_micro_days, observations.due_micros);
  figures.raw_micros[Factor::kCredit] =
      static_cast<int64_t>((absl::int128{own} * observations.due_order_count +
                            absl::int128{pooled.credit_micros} * kCreditPriorOrders) /
                           (observations.due_order_count + kCreditPriorOrders));
  figures.raw_micros[Factor::kProfitContribution] =
      Saturate((observations.revenue - observations.order_cost - observations.cost_to_serve).micros());
  figures.raw_micros[Factor::kDemonstrationEffect] = Saturate(observations.referred_value.micros());
  return figures;
}

}  // namespace clientele::value
