#include "value-svc/domain/portfolio/markov.h"

#include <Eigen/Core>
#include <cmath>

namespace clientele::value {

absl::StatusOr<std::vector<double>> ExpectedValueByTier(absl::Span<const std::vector<double>> transition,
                                                        absl::Span<const double> value, double discount,
                                                        int periods) {
  const auto size = static_cast<Eigen::Index>(value.size());
  if (transition.size() != value.size()) {
    return absl::InvalidArgumentError("there must be a row for each tier");
  }
  if (!(discount >= 0 && discount <= 1) || periods < 1) {
    return absl::InvalidArgumentError("the discount must lie between 0 and 1, and periods above 0");
  }
  Eigen::MatrixXd matrix(size, size);
  for (Eigen::Index i = 0; i < size; ++i) {
    const std::vector<double>& row = transition[static_cast<size_t>(i)];
    if (row.size() != value.size()) return absl::InvalidArgumentError("each row must have all tiers");
    for (Eigen::Index j = 0; j < size; ++j) matrix(i, j) = row[static_cast<size_t>(j)];
    if (matrix.row(i).minCoeff() < 0 || std::abs(matrix.row(i).sum() - 1) > 1e-9) {
      return absl::InvalidArgumentError("each row must hold shares that sum to 1");
    }
  }
  const Eigen::VectorXd now = Eigen::Map<const Eigen::VectorXd>(value.data(), size);
  // From the last period backwards (Horner).
  Eigen::VectorXd expected = now;
  for (int period = 1; period < periods; ++period) expected = now + discount * (matrix * expected);
  return std::vector<double>(expected.begin(), expected.end());
}

std::vector<std::vector<double>> NormalizeRows(absl::Span<const std::vector<double>> counts) {
  std::vector<std::vector<double>> shares(counts.begin(), counts.end());
  for (size_t i = 0; i < shares.size(); ++i) {
    double sum = 0;
    for (double count : shares[i]) sum += count;
    for (size_t j = 0; j < shares[i].size(); ++j) {
      shares[i][j] = sum > 0 ? shares[i][j] / sum : (i == j ? 1 : 0);
    }
  }
  return shares;
}

double ValueAtRisk(absl::Span<const AtRisk> customers) {
  double at_risk = 0;
  for (const AtRisk& customer : customers) at_risk += customer.value * (1 - customer.probability_alive);
  return at_risk;
}

}  // namespace clientele::value
