#ifndef VALUE_SVC_DOMAIN_EXPECTATION_GAMMA_GAMMA_H_
#define VALUE_SVC_DOMAIN_EXPECTATION_GAMMA_GAMMA_H_

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "value-svc/domain/expectation/purchase_history.h"

namespace clientele::value {

// Gamma-Gamma (Fader and Hardie 2013): amounts of one customer are gamma distributed with shape p, and their
// rates gamma (q, gamma) among customers. It takes amounts not to depend on how often somebody buys.
struct GammaGamma {
  double p = 0;
  double q = 0;  // Above 1: below that the mean over customers does not exist.
  double gamma = 0;

  // Of the mean over a customer's repeat purchases, of which there must be one.
  double LogLikelihood(const PurchaseHistory& history) const;
  // The amount of a purchase to come: the customer's own mean, drawn to that of all; that alone at x = 0.
  double ExpectedSpend(const PurchaseHistory& history) const;
  double PopulationMean() const { return p * gamma / (q - 1); }

  friend bool operator==(const GammaGamma&, const GammaGamma&) = default;
};

struct GammaGammaFit {
  GammaGamma model;
  double log_likelihood = 0;
  int64_t customers = 0;  // Those who bought again and paid something.
  // Between how often a customer bought and for how much, which the model takes to be 0.
  double correlation = 0;
  int evaluations = 0;
};

// By maximum likelihood, from those who bought again. INVALID_ARGUMENT when nobody did.
absl::StatusOr<GammaGammaFit> FitGammaGamma(absl::Span<const PurchaseHistory> histories);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_EXPECTATION_GAMMA_GAMMA_H_
