#ifndef VALUE_SVC_DOMAIN_ESTIMATION_BETA_BINOMIAL_H_
#define VALUE_SVC_DOMAIN_ESTIMATION_BETA_BINOMIAL_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace clientele::value {

// One group's successes among its trials: deals won, invoices paid late.
struct Trials {
  int64_t successes = 0;
  int64_t trials = 0;
};

// Rates differ between groups by a beta distribution. A group's own rate is drawn to the mean of all, the
// more the fewer trials it has: `strength` is with how many trials both weigh the same.
struct BetaBinomial {
  double mean = 0;
  double strength = 0;
  double log_likelihood = 0;  // Without the binomial coefficients, which no parameter changes.

  double a() const { return mean * strength; }
  double b() const { return (1 - mean) * strength; }
  double Rate(const Trials& group) const {
    return (a() + static_cast<double>(group.successes)) / (strength + static_cast<double>(group.trials));
  }
};

// Groups that do not differ by more than chance get this strength: they all have the mean.
inline constexpr double kHighestStrength = 1e7;
// And this where they have nothing in common.
inline constexpr double kLowestStrength = 1e-2;

// By maximum likelihood. INVALID_ARGUMENT without any trial.
absl::StatusOr<BetaBinomial> FitBetaBinomial(absl::Span<const Trials> groups);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_ESTIMATION_BETA_BINOMIAL_H_
