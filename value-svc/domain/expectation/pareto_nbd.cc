#include "value-svc/domain/expectation/pareto_nbd.h"

#include <algorithm>
#include <boost/math/quadrature/exp_sinh.hpp>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>

#include "value-svc/domain/expectation/fit.h"
#include "value-svc/domain/expectation/odds.h"

namespace clientele::value {
namespace {

using boost::math::digamma;
using boost::math::lgamma;
using Nodes = boost::math::quadrature::gauss<double, 10>;

// Ten nodes are exact to double precision on panels over which the integrand falls by no more than exp(−6)
// and which are shorter than the distance to its nearest singularity, π off the real axis.
constexpr double kFallOfPanel = 6;
constexpr double kLongestPanel = 2;
constexpr double kNegligible = -40;  // exp of it.

// The odds of having died between the last purchase and now,
//   J = s ∫ ((α+T)/(α+τ))^(r+x) · ((β+T)/(β+τ))^s dτ/(β+τ) over τ from t_x to T,
// as logarithm, with the derivatives of that. Everything is positive, where the closed forms in the
// literature subtract one ₂F₁ from another.
struct LogOdds {
  double value = -std::numeric_limits<double>::infinity();
  double by_r = 0, by_alpha = 0, by_s = 0, by_beta = 0;
};

LogOdds LogOddsDead(const ParetoNbd& m, double x, double recency, double age) {
  if (age <= recency) return {};
  // τ runs with v = log of (lower + τ): that straightens the steeper of the two powers.
  const bool alpha_is_lower = m.alpha <= m.beta;
  const double lower = std::min(m.alpha, m.beta), upper = std::max(m.alpha, m.beta);
  const double start = lower + recency;
  const double width = std::log((lower + age) / start);
  const double log_upper_age = std::log(upper + age), power = m.r + x;
  const double log_upper_start = log_upper_age - std::log(upper + recency);
  const double peak =
      alpha_is_lower ? power * width + m.s * log_upper_start : power * log_upper_start + m.s * width;

  double sum = 0, sum_log_alpha = 0, sum_log_beta = 0, sum_alpha = 0, sum_beta = 0;
  const auto add = [&](double v, double weight) {
    const double shifted = start * std::exp(v), tau = shifted - lower;
    const double log_lower = width - v, log_upper = log_upper_age - std::log(upper + tau);
    const double log_alpha = alpha_is_lower ? log_lower : log_upper;
    const double log_beta = alpha_is_lower ? log_upper : log_lower;
    const double exponent = power * log_alpha + m.s * log_beta - peak;
    const double value = weight * std::exp(exponent) * shifted / (m.beta + tau);
    sum += value;
    sum_log_alpha += value * log_alpha;
    sum_log_beta += value * log_beta;
    sum_alpha += value / (m.alpha + tau);
    sum_beta += value / (m.beta + tau);
    return exponent;
  };
  const double longest = std::min(kLongestPanel, kFallOfPanel / (power + m.s));
  const double panels = std::ceil(width / longest), half = width / panels / 2;
  for (double panel = 0; panel < panels; ++panel) {
    const double middle = half * (2 * panel + 1);
    double last_exponent = 0;
    for (size_t i = 0; i < Nodes::abscissa().size(); ++i) {
      const double offset = half * Nodes::abscissa()[i], weight = half * Nodes::weights()[i];
      if (offset != 0) add(middle - offset, weight);
      last_exponent = add(middle + offset, weight);
    }
    if (last_exponent < kNegligible) break;
  }

  LogOdds odds;
  odds.value = std::log(m.s) + peak + std::log(sum);
  odds.by_r = sum_log_alpha / sum;
  odds.by_alpha = power * (1 / (m.alpha + age) - sum_alpha / sum);
  odds.by_s = 1 / m.s + sum_log_beta / sum;
  odds.by_beta = m.s / (m.beta + age) - (m.s + 1) * sum_beta / sum;
  return odds;
}

double MeanLogLikelihood(absl::Span<const CountedHistory> rows, const ParetoNbd& m,
                         absl::Span<double> gradient) {
  double sum = 0, customers = 0, by_r = 0, by_alpha = 0, by_s = 0, by_beta = 0;
  const double log_alpha = std::log(m.alpha), log_beta = std::log(m.beta);
  double x = -1, age = -1, log_gamma = 0, di_gamma = 0, log_alpha_age = 0, log_beta_age = 0;
  for (const CountedHistory& row : rows) {
    const double n = static_cast<double>(row.customers);
    if (static_cast<double>(row.repeat_count) != x) {
      x = static_cast<double>(row.repeat_count);
      log_gamma = x > 0 ? lgamma(m.r + x) - lgamma(m.r) : 0;
      di_gamma = x > 0 ? digamma(m.r + x) - digamma(m.r) : 0;
    }
    if (row.age != age) {
      age = row.age;
      log_alpha_age = std::log(m.alpha + age);
      log_beta_age = std::log(m.beta + age);
    }
    const LogOdds log_odds = LogOddsDead(m, x, row.recency, age);
    const Odds odds = FromLogOdds(log_odds.value);
    const double dead = odds.probability;
    customers += n;
    sum += n * (log_gamma + m.r * log_alpha + m.s * log_beta - (m.r + x) * log_alpha_age -
                m.s * log_beta_age + odds.log_one_plus);
    by_r += n * (di_gamma + log_alpha - log_alpha_age + dead * log_odds.by_r);
    by_alpha += n * (m.r / m.alpha - (m.r + x) / (m.alpha + age) + dead * log_odds.by_alpha);
    by_s += n * (log_beta - log_beta_age + dead * log_odds.by_s);
    by_beta += n * (m.s / m.beta - m.s / (m.beta + age) + dead * log_odds.by_beta);
  }
  gradient[0] = by_r / customers;
  gradient[1] = by_alpha / customers;
  gradient[2] = by_s / customers;
  gradient[3] = by_beta / customers;
  return sum / customers;
}

}  // namespace

double ParetoNbd::LogLikelihood(const PurchaseHistory& history) const {
  const CountedHistory row{history.repeat_count, history.recency, history.age, 1};
  double gradient[4];
  return MeanLogLikelihood({&row, 1}, *this, absl::MakeSpan(gradient));
}

double ParetoNbd::ProbabilityAlive(const PurchaseHistory& history) const {
  const double x = static_cast<double>(history.repeat_count);
  return FromLogOdds(-LogOddsDead(*this, x, history.recency, history.age).value).probability;
}

double ParetoNbd::ExpectedPurchases(const PurchaseHistory& history, double ahead) const {
  return ProbabilityAlive(history) * ExpectedPurchasesAlive(history.repeat_count, history.age, ahead);
}

double ParetoNbd::ExpectedPurchasesAlive(int64_t repeat_count, double age, double ahead) const {
  // (1 − fall^(s−1)) ÷ (s−1), which at s = 1 is −log fall.
  const double log_fall = -std::log1p(ahead / (beta + age));
  const double exponent = (s - 1) * log_fall;
  const double lived = exponent == 0 ? -log_fall : -log_fall * std::expm1(exponent) / exponent;
  return (r + static_cast<double>(repeat_count)) / (alpha + age) * (beta + age) * lived;
}

double ParetoNbd::DiscountedResidualPurchases(const PurchaseHistory& history, double discount) const {
  return ProbabilityAlive(history) *
         DiscountedResidualPurchasesAlive(history.repeat_count, history.age, discount);
}

double ParetoNbd::DiscountedResidualPurchasesAlive(int64_t repeat_count, double age, double discount) const {
  // The literature's Ψ(s, s; δ(β+T)) as the integral that it stands for: of being alive at v times (β+T).
  const double fall = discount * (beta + age);
  boost::math::quadrature::exp_sinh<double> quadrature;
  const double lived =
      quadrature.integrate([&](double v) { return std::exp(-fall * v - s * std::log1p(v)); }, 1e-13);
  return (r + static_cast<double>(repeat_count)) / (alpha + age) * (beta + age) * lived;
}

absl::StatusOr<ParetoNbdFit> FitParetoNbd(absl::Span<const CountedHistory> histories) {
  const auto likelihood = [](absl::Span<const CountedHistory> rows, absl::Span<const double> p,
                             absl::Span<double> gradient) {
    return MeanLogLikelihood(rows, {p[0], p[1], p[2], p[3]}, gradient);
  };
  const absl::StatusOr<FourParameterFit> fit = FitFourParameters(histories, likelihood, 0.5, 0.5);
  if (!fit.ok()) return fit.status();
  const std::vector<double>& p = fit->parameters;
  return ParetoNbdFit{
      {p[0], p[1] * fit->unit, p[2], p[3] * fit->unit}, fit->log_likelihood, fit->evaluations};
}

}  // namespace clientele::value
