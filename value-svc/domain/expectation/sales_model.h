#ifndef VALUE_SVC_DOMAIN_EXPECTATION_SALES_MODEL_H_
#define VALUE_SVC_DOMAIN_EXPECTATION_SALES_MODEL_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "value-svc/domain/expectation/bg_nbd.h"
#include "value-svc/domain/expectation/gamma_gamma.h"
#include "value-svc/domain/expectation/pareto_nbd.h"
#include "value-svc/domain/expectation/purchase_history.h"

namespace clientele::value {

// Fewer who bought again, and a fit of four parameters says more about chance than about customers.
inline constexpr int64_t kFewestRepeatBuyers = 100;

// What all customers together do. Stands in where there are too few to fit, and is exact enough to say so.
struct PooledSales {
  double gap = 0;    // Time between purchases: Σ age ÷ Σ repeat purchases. 0 when nobody bought again.
  double spend = 0;  // Mean amount of a repeat purchase.

  friend bool operator==(const PooledSales&, const PooledSales&) = default;
};

// How repeat purchases are expected. The numbers are stored and are the contract's.
enum class SalesBasis {
  kNone = 0,    // Never bought, or nobody ever bought again.
  kPooled = 1,  // By the rates of all customers: too few bought again for a fit.
  kBgNbd = 2,
  kParetoNbd = 3,  // For those who bought once: BG/NBD takes all of them to be alive.
};

// Everything that was fitted, in weeks and one currency. Made once for a scoring model, and kept with it.
struct SalesModel {
  int64_t customer_count = 0;
  int64_t repeat_buyer_count = 0;
  bool fitted = false;  // False: pooled.
  BgNbd bg_nbd;
  ParetoNbd pareto_nbd;
  GammaGamma gamma_gamma;
  PooledSales pooled;

  friend bool operator==(const SalesModel&, const SalesModel&) = default;
};

// Always answers: pooled below kFewestRepeatBuyers, and where a fit fails.
SalesModel FitSalesModel(absl::Span<const PurchaseHistory> histories);

// What money to come is worth today.
struct Discounting {
  double period = 4.345;  // One month, in weeks. Money of a period counts at its end.
  int periods = 12;
  double rate_per_period = 0.01;
  double continuous_rate = 0.0027;  // A week, for all purchases to come: 15 % a year.
};

struct SalesExpectation {
  SalesBasis basis = SalesBasis::kNone;
  double probability_alive = 0;
  double expected_purchases = 0;  // Within the time ahead.
  double expected_spend = 0;      // A purchase.
  double expected_revenue = 0;    // Their product.

  friend bool operator==(const SalesExpectation&, const SalesExpectation&) = default;
};

// One customer's expectation for the time `ahead`.
SalesExpectation ExpectSales(const SalesModel& model, const PurchaseHistory& history, double ahead);

// The same, with the value of what is to come, for many customers. What does not depend on a customer's
// recency is computed once for each pair of repeat count and age. Not thread-safe.
class SalesPredictor {
 public:
  SalesPredictor(const SalesModel& model, double ahead, const Discounting& discounting);

  struct Prediction {
    SalesExpectation sales;
    double discounted_value = 0;  // Revenue over the discounting's periods.
  };
  Prediction Predict(const PurchaseHistory& history);

  // All purchases to come, discounted, however far ahead (DERT), by Pareto/NBD. 0 where pooled.
  double ResidualPurchases(const PurchaseHistory& history);

 private:
  using CountAndAge = std::pair<int64_t, double>;
  // Of a customer known to be alive; and how likely that is, for one who bought once.
  struct Alive {
    double purchases, discounted_purchases, probability_after_one;
  };
  const Alive& AliveFor(const PurchaseHistory& history);
  template <typename Model>
  double Discounted(const Model& model, const PurchaseHistory& history) const;
  const SalesModel model_;
  const double ahead_;
  const Discounting discounting_;
  std::vector<double> discount_factors_;
  absl::flat_hash_map<CountAndAge, Alive> alive_;
  absl::flat_hash_map<CountAndAge, double> residual_;
};

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_EXPECTATION_SALES_MODEL_H_
