#ifndef VALUE_SVC_DOMAIN_EXPECTATION_BG_NBD_H_
#define VALUE_SVC_DOMAIN_EXPECTATION_BG_NBD_H_

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "value-svc/domain/expectation/purchase_history.h"

namespace clientele::value {

// BG/NBD (Fader, Hardie and Lee 2005): while alive, a customer buys at a rate of their own, which is gamma
// distributed (r, alpha) among customers, and dies after any purchase with a probability that is beta
// distributed (a, b).
struct BgNbd {
  double r = 0;
  double alpha = 0;
  double a = 0;
  double b = 0;

  double LogLikelihood(const PurchaseHistory& history) const;

  // 1 for whoever never came back: this model cannot tell (ParetoNbd can).
  double ProbabilityAlive(const PurchaseHistory& history) const;

  // Purchases in the time `ahead` after the end of the observation. Also at a = 1, where the closed form in
  // the literature divides 0 by 0.
  double ExpectedPurchases(const PurchaseHistory& history, double ahead) const;

  // The same for a customer who is known to be alive. It does not depend on `history.recency`, so that it can
  // be shared by customers.
  double ExpectedPurchasesAlive(int64_t repeat_count, double age, double ahead) const;

  // Repeat purchases of a new customer in the time `ahead` after the first one.
  double ExpectedRepeatsOfNewcomer(double ahead) const { return ExpectedPurchasesAlive(0, 0, ahead); }

  friend bool operator==(const BgNbd&, const BgNbd&) = default;
};

struct BgNbdFit {
  BgNbd model;
  double log_likelihood = 0;
  int evaluations = 0;
};

// By maximum likelihood. INVALID_ARGUMENT when nobody ever came back: nothing tells about rates then.
absl::StatusOr<BgNbdFit> FitBgNbd(absl::Span<const CountedHistory> histories);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_EXPECTATION_BG_NBD_H_
