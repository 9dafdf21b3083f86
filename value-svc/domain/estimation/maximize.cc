#include "value-svc/domain/estimation/maximize.h"

#include <cmath>
#include <exception>
#include <limits>
#include <nlopt.hpp>
#include <optional>

namespace clientele::value {
namespace {

constexpr int kMostEvaluations = 2000;

struct Problem {
  const Likelihood& likelihood;
  std::vector<double> parameters;
  std::vector<double> gradient;
  int evaluations = 0;
};

// In the form that NLopt calls: by the logarithms, whose derivative is that by the parameter, times it.
double Evaluate(unsigned size, const double* logs, double* gradient, void* data) {
  Problem& problem = *static_cast<Problem*>(data);
  ++problem.evaluations;
  for (unsigned i = 0; i < size; ++i) problem.parameters[i] = std::exp(logs[i]);
  const double value = problem.likelihood(problem.parameters, absl::MakeSpan(problem.gradient));
  if (gradient != nullptr) {
    for (unsigned i = 0; i < size; ++i) gradient[i] = problem.gradient[i] * problem.parameters[i];
  }
  // A line search that stepped too far turns back.
  return std::isfinite(value) ? value : std::numeric_limits<double>::lowest();
}

std::vector<double> Logs(absl::Span<const double> values) {
  std::vector<double> logs;
  for (double value : values) logs.push_back(std::log(value));
  return logs;
}

std::optional<Maximum> From(const std::vector<double>& start, Problem& problem,
                            absl::Span<const double> lowest, absl::Span<const double> highest) {
  nlopt::opt optimizer(nlopt::LD_SLSQP, static_cast<unsigned>(start.size()));
  optimizer.set_max_objective(Evaluate, &problem);
  optimizer.set_lower_bounds(Logs(lowest));
  optimizer.set_upper_bounds(Logs(highest));
  optimizer.set_ftol_rel(1e-12);
  optimizer.set_xtol_rel(1e-10);
  optimizer.set_maxeval(kMostEvaluations);
  std::vector<double> logs = Logs(start);
  Maximum maximum;
  try {
    optimizer.optimize(logs, maximum.value);
  } catch (const nlopt::roundoff_limited&) {
    // As near as double precision comes: the last point is the answer.
    maximum.value = optimizer.last_optimum_value();
  } catch (const std::exception&) {
    return std::nullopt;
  }
  if (!std::isfinite(maximum.value) || maximum.value == std::numeric_limits<double>::lowest()) {
    return std::nullopt;
  }
  for (double log : logs) maximum.parameters.push_back(std::exp(log));
  return maximum;
}

}  // namespace

absl::StatusOr<Maximum> Maximize(const Likelihood& likelihood, absl::Span<const std::vector<double>> starts,
                                 absl::Span<const double> lowest, absl::Span<const double> highest) {
  Problem problem{likelihood, std::vector<double>(lowest.size()), std::vector<double>(lowest.size())};
  std::optional<Maximum> best;
  for (const std::vector<double>& start : starts) {
    std::optional<Maximum> found = From(start, problem, lowest, highest);
    if (found.has_value() && (!best.has_value() || found->value > best->value)) best = std::move(found);
  }
  if (!best.has_value()) return absl::InternalError("no start leads to a maximum of the likelihood");
  best->evaluations = problem.evaluations;
  return *std::move(best);
}

}  // namespace clientele::value
