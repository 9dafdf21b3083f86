#ifndef VALUE_SVC_DOMAIN_EXPECTATION_FIT_H_
#define VALUE_SVC_DOMAIN_EXPECTATION_FIT_H_

#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "value-svc/domain/expectation/purchase_history.h"

namespace clientele::value {

// What BG/NBD and Pareto/NBD have in common: four parameters, fitted in units of the mean age, so that one
// start and one set of bounds fit every unit of time.
struct FourParameterFit {
  std::vector<double> parameters;  // With time in units of `unit`.
  double unit = 1;
  double log_likelihood = 0;  // Of all customers, in the histories' own unit of time.
  int evaluations = 0;
};

using MeanLogLikelihoodOf = std::function<double(
    absl::Span<const CountedHistory> rows, absl::Span<const double> parameters, absl::Span<double> gradient)>;

// Maximizes from r = 0.5, an alpha that gives half of the mean rate, and the two `others`. INVALID_ARGUMENT
// when nobody bought again.
absl::StatusOr<FourParameterFit> FitFourParameters(absl::Span<const CountedHistory> histories,
                                                   const MeanLogLikelihoodOf& mean_log_likelihood,
                                                   double third_start, double fourth_start);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_EXPECTATION_FIT_H_
