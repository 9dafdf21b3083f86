#include "value-svc/domain/weighing/ahp.h"

#include <Eigen/Eigenvalues>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace clientele::value {
namespace {

// The consistency index of random comparisons, by how many things are compared (Saaty).
constexpr double kRandomIndex[kMostCompared + 1] = {0, 0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49};

absl::StatusOr<Eigen::MatrixXd> Reciprocal(size_t count, absl::Span<const PairwiseComparison> comparisons) {
  const auto size = static_cast<Eigen::Index>(count);
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(size, size);
  matrix.diagonal().setOnes();
  for (const PairwiseComparison& pair : comparisons) {
    if (pair.first >= count || pair.second >= count || pair.first == pair.second) {
      return absl::InvalidArgumentError("a comparison must name two different things");
    }
    if (!std::isfinite(pair.ratio) || pair.ratio < 1e-3 || pair.ratio > 1e3) {
      return absl::InvalidArgumentError("a ratio must be between 0.001 and 1000");
    }
    const auto i = static_cast<Eigen::Index>(pair.first), j = static_cast<Eigen::Index>(pair.second);
    if (matrix(i, j) != 0) {
      return absl::InvalidArgumentError(
          absl::StrCat(pair.first, " and ", pair.second, " are compared twice"));
    }
    matrix(i, j) = pair.ratio;
    matrix(j, i) = 1 / pair.ratio;
  }
  if ((matrix.array() == 0).any()) return absl::InvalidArgumentError("some pair is not compared");
  return matrix;
}

// What all other comparisons say about a pair: the geometric mean over the ways through one third thing. The
// weights would not do, for the odd comparison pulls them towards itself.
double ThroughOthers(const Eigen::MatrixXd& matrix, const PairwiseComparison& pair) {
  const auto i = static_cast<Eigen::Index>(pair.first), j = static_cast<Eigen::Index>(pair.second);
  if (matrix.rows() < 3) return pair.ratio;
  double logs = 0;
  for (Eigen::Index k = 0; k < matrix.rows(); ++k) {
    if (k != i && k != j) logs += std::log(matrix(i, k) * matrix(k, j));
  }
  return std::exp(logs / static_cast<double>(matrix.rows() - 2));
}

}  // namespace

absl::StatusOr<AhpResult> WeighByPairs(size_t count, absl::Span<const PairwiseComparison> comparisons) {
  if (count < 1 || count > kMostCompared) {
    return absl::InvalidArgumentError(
        absl::StrCat("between 1 and ", kMostCompared, " things can be compared"));
  }
  const absl::StatusOr<Eigen::MatrixXd> matrix = Reciprocal(count, comparisons);
  if (!matrix.ok()) return matrix.status();

  // Of a positive matrix the largest eigenvalue is real, and its eigenvector has one sign (Perron).
  const Eigen::EigenSolver<Eigen::MatrixXd> solver(*matrix);
  if (solver.info() != Eigen::Success) return absl::InternalError("the eigenvalues were not found");
  Eigen::Index largest = 0;
  solver.eigenvalues().real().maxCoeff(&largest);
  Eigen::VectorXd weights = solver.eigenvectors().col(largest).real();
  weights /= weights.sum();

  AhpResult result;
  result.weights.assign(weights.begin(), weights.end());
  result.lambda_max = solver.eigenvalues().real()(largest);
  const double n = static_cast<double>(count);
  if (count > 2) {
    result.consistency_index = (result.lambda_max - n) / (n - 1);
    result.consistency_ratio = result.consistency_index / kRandomIndex[count];
  }
  double furthest = -1;
  for (const PairwiseComparison& pair : comparisons) {
    const double by_others = ThroughOthers(*matrix, pair);
    const double distance = std::abs(std::log(pair.ratio / by_others));
    if (distance <= furthest) continue;
    furthest = distance;
    result.most_inconsistent = pair;
    result.consistent_ratio = by_others;
  }
  return result;
}

}  // namespace clientele::value
