#include "value-svc/domain/expectation/gamma_gamma.h"

#include <algorithm>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

#include "value-svc/domain/estimation/maximize.h"

namespace clientele::value {
namespace {

using boost::math::digamma;
using boost::math::lgamma;

// q's lowest value in a fit: a mean over customers must exist.
constexpr double kLowestQ = 1.001;

struct Spend {
  double x, mean, log_mean;
};

double MeanLogLikelihood(absl::Span<const Spend> rows, const GammaGamma& m, absl::Span<double> gradient) {
  double sum = 0, by_p = 0, by_q = 0, by_gamma = 0;
  const double log_gamma = std::log(m.gamma), lgamma_q = lgamma(m.q), digamma_q = digamma(m.q);
  double x = -1, value = 0, d_p = 0, d_q = 0;  // What depends on x alone; rows are sorted by it.
  for (const Spend& row : rows) {
    if (row.x != x) {
      x = row.x;
      const double di_gamma = digamma(m.p * x + m.q);
      value = lgamma(m.p * x + m.q) - lgamma(m.p * x) - lgamma_q + m.q * log_gamma + m.p * x * std::log(x);
      d_p = x * (di_gamma - digamma(m.p * x) + std::log(x));
      d_q = di_gamma - digamma_q + log_gamma;
    }
    const double scale = m.gamma + x * row.mean, log_scale = std::log(scale);
    sum += value + (m.p * x - 1) * row.log_mean - (m.p * x + m.q) * log_scale;
    by_p += d_p + x * (row.log_mean - log_scale);
    by_q += d_q - log_scale;
    by_gamma += m.q / m.gamma - (m.p * x + m.q) / scale;
  }
  const double size = static_cast<double>(rows.size());
  gradient[0] = by_p / size;
  gradient[1] = by_q / size;
  gradient[2] = by_gamma / size;
  return sum / size;
}

double Correlation(absl::Span<const Spend> rows) {
  const double n = static_cast<double>(rows.size());
  double mean_x = 0, mean_z = 0, xx = 0, zz = 0, xz = 0;
  for (const Spend& row : rows) mean_x += row.x / n, mean_z += row.mean / n;
  for (const Spend& row : rows) {
    xx += (row.x - mean_x) * (row.x - mean_x);
    zz += (row.mean - mean_z) * (row.mean - mean_z);
    xz += (row.x - mean_x) * (row.mean - mean_z);
  }
  return xx > 0 && zz > 0 ? xz / std::sqrt(xx * zz) : 0;
}

}  // namespace

double GammaGamma::LogLikelihood(const PurchaseHistory& history) const {
  const Spend row{static_cast<double>(history.repeat_count), history.mean_spend,
                  std::log(history.mean_spend)};
  double gradient[3];
  return MeanLogLikelihood({&row, 1}, *this, absl::MakeSpan(gradient));
}

double GammaGamma::ExpectedSpend(const PurchaseHistory& history) const {
  const double x = static_cast<double>(history.repeat_count);
  return p * (gamma + x * history.mean_spend) / (p * x + q - 1);
}

absl::StatusOr<GammaGammaFit> FitGammaGamma(absl::Span<const PurchaseHistory> histories) {
  std::vector<Spend> rows;
  for (const PurchaseHistory& history : histories) {
    if (history.repeat_count == 0 || history.mean_spend <= 0) continue;
    rows.push_back(
        {static_cast<double>(history.repeat_count), history.mean_spend, std::log(history.mean_spend)});
  }
  if (rows.empty()) return absl::InvalidArgumentError("nobody bought again, so there is nothing to fit");
  std::sort(rows.begin(), rows.end(),
            [](const Spend& a, const Spend& b) { return a.x != b.x ? a.x < b.x : a.mean < b.mean; });
  // In units of the geometric mean of the amounts, so that one start and one set of bounds fit every
  // currency.
  double log_unit = 0;
  for (const Spend& row : rows) log_unit += row.log_mean / static_cast<double>(rows.size());
  const double unit = std::exp(log_unit);
  for (Spend& row : rows) row.mean /= unit, row.log_mean -= log_unit;
  const auto likelihood = [&](absl::Span<const double> parameters, absl::Span<double> gradient) {
    return MeanLogLikelihood(rows, {parameters[0], parameters[1], parameters[2]}, gradient);
  };
  const absl::StatusOr<Maximum> maximum =
      Maximize(likelihood, {{4, 3, 0.6}}, {1e-4, kLowestQ, 1e-6}, {1e4, 1e4, 1e4});
  if (!maximum.ok()) return maximum.status();
  const std::vector<double>& found = maximum->parameters;
  const double n = static_cast<double>(rows.size());
  return GammaGammaFit{{found[0], found[1], found[2] * unit},
                       n * (maximum->value - log_unit),
                       static_cast<int64_t>(rows.size()),
                       Correlation(rows),
                       maximum->evaluations};
}

}  // namespace clientele::value
