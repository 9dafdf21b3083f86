#ifndef VALUE_SVC_DOMAIN_FIGURES_H_
#define VALUE_SVC_DOMAIN_FIGURES_H_

#include <cstdint>

#include "absl/types/span.h"
#include "value-svc/domain/expectation/sales_model.h"
#include "value-svc/domain/observations.h"
#include "value-svc/domain/scoring_model.h"

namespace clientele::value {

// Payment scores on the PAYDEX-like scale, in millionths, from the amount-weighted days beyond terms: 80 when
// prompt, 70 at 15 days, 50 at 30, 40 at 60, 30 at 90, 20 from 120; straight lines between.
int64_t PaymentScoreMicros(absl::int128 late_micro_days, absl::int128 due_micros);

// With how many due orders a customer's own payment score weighs as much as the pooled mean.
inline constexpr int64_t kCreditPriorOrders = 5;
// Without a due order anywhere, nothing speaks against anybody.
inline constexpr int64_t kPromptPaymentMicros = 80'000'000;

// Adds customers up to the rates that they have in common, but for what is fitted; the order does not matter.
class Pooling {
 public:
  void Add(const Observations& customer);
  PooledRates Finish() const;

 private:
  PooledRates sums_;
  absl::int128 score_orders_ = 0;
};
// With what is fitted.
PooledRates Pool(absl::Span<const Observations> customers);

// What the models of repeat buying know of a customer, in weeks. It must have bought.
PurchaseHistory HistoryOf(const Observations& observations);
SalesPredictor PredictorOf(const SalesModel& model, int64_t horizon_days);

// What is expected of a customer who bought before, within the horizon. Computed in floating point by the
// published models, and rounded once to integers. All 0 for who never bought.
struct RepeatSales {
  SalesBasis basis = SalesBasis::kNone;
  int64_t probability_alive_micros = 0;
  int64_t expected_purchases_micros = 0;
  Decimal expected_spend;    // A purchase.
  Decimal expected_revenue;  // Rounded by itself: not the product of the rounded ones.

  friend bool operator==(const RepeatSales&, const RepeatSales&) = default;
};

// Within the time that the predictor looks ahead.
RepeatSales ExpectRepeatSales(const Observations& observations, SalesPredictor& predictor);

// The raw figure of each factor, with the parts that explain it.
struct Figures {
  // In millionths: of the base currency, or of the scale for credit. What 64 bits cannot hold is cut off.
  PerFactor<int64_t> raw_micros;
  // Parts of the sales expectation.
  Decimal expected_pipeline;
  RepeatSales repeat;
  int64_t days_beyond_terms_micros = 0;

  friend bool operator==(const Figures&, const Figures&) = default;
};

// `predictor` is of the model in `pooled`, for the horizon.
Figures ComputeFigures(const Observations& observations, const PooledRates& pooled,
                       SalesPredictor& predictor);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_FIGURES_H_
