#ifndef VALUE_SVC_DOMAIN_EXPECTATION_PARETO_NBD_H_
#define VALUE_SVC_DOMAIN_EXPECTATION_PARETO_NBD_H_

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "value-svc/domain/expectation/purchase_history.h"

namespace clientele::value {

// Pareto/NBD (Schmittlein, Morrison and Colombo 1987): while alive, a customer buys at a rate of their own,
// gamma distributed (r, alpha) among customers, and dies at any time at a rate that is gamma distributed
// (s, beta).
struct ParetoNbd {
  double r = 0;
  double alpha = 0;
  double s = 0;
  double beta = 0;

  double LogLikelihood(const PurchaseHistory& history) const;
  double ProbabilityAlive(const PurchaseHistory& history) const;

  // Purchases in the time `ahead` after the end of the observation. Also at s = 1.
  double ExpectedPurchases(const PurchaseHistory& history, double ahead) const;
  // The same for a customer who is known to be alive, which does not depend on `history.recency`.
  double ExpectedPurchasesAlive(int64_t repeat_count, double age, double ahead) const;
  double ExpectedRepeatsOfNewcomer(double ahead) const { return ExpectedPurchasesAlive(0, 0, ahead); }

  // Discounted expected residual transactions (Fader, Hardie and Lee 2005): all purchases to come, each worth
  // exp(−discount × time until then). `discount` is continuous, a unit of time, above 0.
  double DiscountedResidualPurchases(const PurchaseHistory& history, double discount) const;
  double DiscountedResidualPurchasesAlive(int64_t repeat_count, double age, double discount) const;

  friend bool operator==(const ParetoNbd&, const ParetoNbd&) = default;
};

struct ParetoNbdFit {
  ParetoNbd model;
  double log_likelihood = 0;
  int evaluations = 0;
};

// By maximum likelihood. INVALID_ARGUMENT when nobody ever came back.
absl::StatusOr<ParetoNbdFit> FitParetoNbd(absl::Span<const CountedHistory> histories);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_EXPECTATION_PARETO_NBD_H_
