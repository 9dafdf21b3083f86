#include "value-svc/domain/expectation/sales_model.h"

#include <algorithm>
#include <cmath>

namespace clientele::value {
namespace {

PooledSales Pool(absl::Span<const PurchaseHistory> histories) {
  double repeats = 0, ages = 0, spend = 0;
  for (const PurchaseHistory& history : histories) {
    repeats += static_cast<double>(history.repeat_count);
    spend += static_cast<double>(history.repeat_count) * history.mean_spend;
    ages += history.age;
  }
  return repeats > 0 ? PooledSales{ages / repeats, spend / repeats} : PooledSales{};
}

// As if every buyer brought one repeat purchase at the pooled rate and of the pooled amount along: so much
// weighs the own history. Silence longer than the usual gap counts against a customer.
SalesExpectation ExpectPooled(const PooledSales& pooled, const PurchaseHistory& history, double ahead) {
  SalesExpectation expectation;
  if (pooled.gap <= 0) return expectation;
  const double purchases = 1 + static_cast<double>(history.repeat_count);
  const double silence = history.age - history.recency;
  expectation.basis = SalesBasis::kPooled;
  expectation.probability_alive = silence <= pooled.gap ? 1 : pooled.gap / silence;
  expectation.expected_purchases =
      expectation.probability_alive * purchases / (pooled.gap + history.age) * ahead;
  expectation.expected_spend =
      (static_cast<double>(history.repeat_count) * history.mean_spend + pooled.spend) / purchases;
  expectation.expected_revenue = expectation.expected_purchases * expectation.expected_spend;
  return expectation;
}

SalesExpectation Combine(const SalesModel& model, const PurchaseHistory& history, double probability_alive,
                         double purchases_alive) {
  SalesExpectation expectation;
  expectation.basis = history.repeat_count == 0 ? SalesBasis::kParetoNbd : SalesBasis::kBgNbd;
  expectation.probability_alive = probability_alive;
  expectation.expected_purchases = probability_alive * purchases_alive;
  expectation.expected_spend = model.gamma_gamma.ExpectedSpend(history);
  expectation.expected_revenue = expectation.expected_purchases * expectation.expected_spend;
  return expectation;
}

}  // namespace

SalesExpectation ExpectSales(const SalesModel& model, const PurchaseHistory& history, double ahead) {
  if (!model.fitted) return ExpectPooled(model.pooled, history, ahead);
  const auto by = [&](const auto& repeats) {
    return Combine(model, history, repeats.ProbabilityAlive(history),
                   repeats.ExpectedPurchasesAlive(history.repeat_count, history.age, ahead));
  };
  return history.repeat_count == 0 ? by(model.pareto_nbd) : by(model.bg_nbd);
}

SalesModel FitSalesModel(absl::Span<const PurchaseHistory> histories) {
  SalesModel model;
  model.customer_count = static_cast<int64_t>(histories.size());
  model.repeat_buyer_count =
      std::count_if(histories.begin(), histories.end(),
                    [](const PurchaseHistory& history) { return history.repeat_count > 0; });
  model.pooled = Pool(histories);
  if (model.repeat_buyer_count < kFewestRepeatBuyers) return model;

  const std::vector<CountedHistory> rows = Collapse(histories);
  const absl::StatusOr<BgNbdFit> bg_nbd = FitBgNbd(rows);
  const absl::StatusOr<ParetoNbdFit> pareto_nbd = FitParetoNbd(rows);
  const absl::StatusOr<GammaGammaFit> gamma_gamma = FitGammaGamma(histories);
  if (!bg_nbd.ok() || !pareto_nbd.ok() || !gamma_gamma.ok()) return model;
  model.fitted = true;
  model.bg_nbd = bg_nbd->model;
  model.pareto_nbd = pareto_nbd->model;
  model.gamma_gamma = gamma_gamma->model;
  return model;
}

SalesPredictor::SalesPredictor(const SalesModel& model, double ahead, const Discounting& discounting)
    : model_(model), ahead_(ahead), discounting_(discounting) {
  double factor = 1;
  for (int i = 0; i < discounting.periods; ++i) {
    factor /= 1 + discounting.rate_per_period;
    discount_factors_.push_back(factor);
  }
}

template <typename Model>
double SalesPredictor::Discounted(const Model& model, const PurchaseHistory& history) const {
  double sum = 0, before = 0;
  for (size_t i = 0; i < discount_factors_.size(); ++i) {
    const double until = model.ExpectedPurchasesAlive(history.repeat_count, history.age,
                                                      static_cast<double>(i + 1) * discounting_.period);
    sum += discount_factors_[i] * (until - before);
    before = until;
  }
  return sum;
}

const SalesPredictor::Alive& SalesPredictor::AliveFor(const PurchaseHistory& history) {
  const auto [found, inserted] = alive_.try_emplace({history.repeat_count, history.age});
  Alive& alive = found->second;
  if (!inserted) return alive;
  const auto fill = [&](const auto& model) {
    alive.purchases = model.ExpectedPurchasesAlive(history.repeat_count, history.age, ahead_);
    alive.discounted_purchases = Discounted(model, history);
  };
  if (history.repeat_count == 0) {
    fill(model_.pareto_nbd);
    alive.probability_after_one = model_.pareto_nbd.ProbabilityAlive(history);
  } else {
    fill(model_.bg_nbd);
  }
  return alive;
}

SalesPredictor::Prediction SalesPredictor::Predict(const PurchaseHistory& history) {
  Prediction prediction;
  SalesExpectation& sales = prediction.sales;
  if (!model_.fitted) {
    sales = ExpectPooled(model_.pooled, history, ahead_);
    for (double factor : discount_factors_) {
      prediction.discounted_value += factor * sales.expected_revenue / ahead_ * discounting_.period;
    }
    return prediction;
  }
  const Alive& alive = AliveFor(history);
  const bool once = history.repeat_count == 0;
  sales =
      Combine(model_, history, once ? alive.probability_after_one : model_.bg_nbd.ProbabilityAlive(history),
              alive.purchases);
  prediction.discounted_value = sales.probability_alive * alive.discounted_purchases * sales.expected_spend;
  return prediction;
}

double SalesPredictor::ResidualPurchases(const PurchaseHistory& history) {
  if (!model_.fitted) return 0;
  const auto [found, inserted] = residual_.try_emplace({history.repeat_count, history.age});
  if (inserted) {
    found->second = model_.pareto_nbd.DiscountedResidualPurchasesAlive(history.repeat_count, history.age,
                                                                       discounting_.continuous_rate);
  }
  return model_.pareto_nbd.ProbabilityAlive(history) * found->second;
}

}  // namespace clientele::value
