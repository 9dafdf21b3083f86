#ifndef VALUE_SVC_DOMAIN_PORTFOLIO_MARKOV_H_
#define VALUE_SVC_DOMAIN_PORTFOLIO_MARKOV_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace clientele::value {

// What a customer of each tier is expected to bring over `periods` periods, of which the first starts now
// (Pfeifer and Carraway 2000): Σ discount^t · P^t · value, t from 0. `transition[i][j]` is the share of those
// in i that are in j one period later; `value[i]` what a customer in i brings a period.
// INVALID_ARGUMENT unless the matrix is square, its rows sum to 1, and 0 ≤ discount ≤ 1.
absl::StatusOr<std::vector<double>> ExpectedValueByTier(absl::Span<const std::vector<double>> transition,
                                                        absl::Span<const double> value, double discount,
                                                        int periods);

// Rows of counted moves as shares. A row without a move stays where it is.
std::vector<std::vector<double>> NormalizeRows(absl::Span<const std::vector<double>> counts);

// Σ value × (1 − P(alive)): what may be lost with those who are probably gone.
struct AtRisk {
  double value = 0;
  double probability_alive = 0;
};
double ValueAtRisk(absl::Span<const AtRisk> customers);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_PORTFOLIO_MARKOV_H_
