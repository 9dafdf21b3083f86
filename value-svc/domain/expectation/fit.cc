#include "value-svc/domain/expectation/fit.h"

#include <algorithm>
#include <cmath>

#include "value-svc/domain/estimation/maximize.h"

namespace clientele::value {

absl::StatusOr<FourParameterFit> FitFourParameters(absl::Span<const CountedHistory> histories,
                                                   const MeanLogLikelihoodOf& mean_log_likelihood,
                                                   double third_start, double fourth_start) {
  double customers = 0, repeats = 0, ages = 0;
  for (const CountedHistory& row : histories) {
    customers += static_cast<double>(row.customers);
    repeats += static_cast<double>(row.customers) * static_cast<double>(row.repeat_count);
    ages += static_cast<double>(row.customers) * row.age;
  }
  if (repeats == 0) return absl::InvalidArgumentError("nobody bought again, so there is nothing to fit");
  const double unit = std::max(ages / customers, 1e-9);
  std::vector<CountedHistory> scaled(histories.begin(), histories.end());
  for (CountedHistory& row : scaled) row.recency /= unit, row.age /= unit;
  const auto likelihood = [&](absl::Span<const double> parameters, absl::Span<double> gradient) {
    return mean_log_likelihood(scaled, parameters, gradient);
  };
  // r ÷ alpha is the mean rate; half of it is the guess for those who die early.
  const std::vector<double> start = {0.5, std::min(0.5 * customers / repeats, 100.0), third_start,
                                     fourth_start};
  const absl::StatusOr<Maximum> maximum =
      Maximize(likelihood, {start}, {1e-6, 1e-6, 1e-6, 1e-6}, {1e5, 1e5, 1e5, 1e5});
  if (!maximum.ok()) return maximum.status();
  // Scaling time by `unit` took the density of x arrivals times unit^x.
  return FourParameterFit{maximum->parameters, unit, maximum->value * customers - repeats * std::log(unit),
                          maximum->evaluations};
}

}  // namespace clientele::value
