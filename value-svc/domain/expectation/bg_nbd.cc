#include "value-svc/domain/expectation/bg_nbd.h"

#include <algorithm>
#include <boost/math/quadrature/tanh_sinh.hpp>
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

// More terms than this, and the series gives way to quadrature, whose cost does not depend on the figures.
constexpr double kMostTerms = 4000;
constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

// log of the odds of being dead: log of (D − 1), with P(alive) = 1 ÷ D.
double LogOddsDead(const BgNbd& m, int64_t repeat_count, double recency, double age) {
  if (repeat_count == 0) return -std::numeric_limits<double>::infinity();
  const double x = static_cast<double>(repeat_count);
  return std::log(m.a / (m.b + x - 1)) + (m.r + x) * std::log((m.alpha + age) / (m.alpha + recency));
}

// With K the number of purchases that a customer who never dies makes in the time ahead (negative binomial
// with shape `s` and success probability `z`), and S(k) = Σ_{j<k} (b+x)_j ÷ (a+b+x)_j those of k that are
// expected to happen before death: E[S(K)]. All terms are positive, and nothing is divided by a − 1.
double BySeries(double s, double z, double beta_b, double beta_ab) {
  double weight = 1, weight_sum = 1;  // Of k = 0, up to a common factor.
  double survival = 1, happened = 0;  // (b+x)_k ÷ (a+b+x)_k, and S(k).
  double sum = 0;
  for (double k = 0;; ++k) {
    weight *= z * (s + k) / (k + 1);
    happened += survival;
    survival *= (beta_b + k) / (beta_ab + k);
    weight_sum += weight;
    sum += weight * happened;
    // What follows falls at least geometrically, while S(k) grows by no more than 1 a term.
    const double ratio = std::max(z, z * (s + k + 1) / (k + 2));
    const double left = ratio < 1 ? ratio / (1 - ratio) : std::numeric_limits<double>::infinity();
    if (weight * (happened + 1 + left) * left < kEpsilon / 8 * sum) return sum / weight_sum;
    if (weight_sum > 1e280) {
      weight *= 1e-280, weight_sum *= 1e-280, sum *= 1e-280;
    }
  }
}

// The same as ∫ Beta(p; a, b+x) · (1 − (1 + c·p)^−s) ÷ p dp over the probability p of dying.
double ByQuadrature(double s, double c, double a, double beta_b) {
  const double log_beta = lgamma(a) + lgamma(beta_b) - lgamma(a + beta_b);
  const auto integrand = [&](double p, double to_end) {
    // `to_end` is the exact distance to the nearer end, with the sign of boost: negative at the left one.
    const double q = to_end > 0 ? to_end : 1 - p;
    if (to_end <= 0) p = -to_end;
    if (p <= 0 || q <= 0) return 0.0;
    // As one sum of logarithms: near p = 0 the factors apart pass the range of doubles.
    const double bought = -std::expm1(-s * std::log1p(c * p));
    return std::exp((a - 2) * std::log(p) + (beta_b - 1) * std::log(q) + std::log(bought) - log_beta);
  };
  boost::math::quadrature::tanh_sinh<double> quadrature;
  return quadrature.integrate(integrand, 0.0, 1.0, 1e-13);
}

// What the likelihood needs of one x: sums over the purchases, Γ(r+x) ÷ Γ(r) and the like as logarithms.
struct PerCount {
  double log_value = 0, by_r = 0, by_a = 0, by_b = 0;
};

PerCount Terms(const BgNbd& m, double x) {
  if (x == 0) return {};
  PerCount terms;
  terms.log_value = lgamma(m.r + x) - lgamma(m.r) + lgamma(m.a + m.b) + lgamma(m.b + x) - lgamma(m.b) -
                    lgamma(m.a + m.b + x);
  terms.by_r = digamma(m.r + x) - digamma(m.r);
  terms.by_a = digamma(m.a + m.b) - digamma(m.a + m.b + x);
  terms.by_b = terms.by_a - digamma(m.b) + digamma(m.b + x);
  return terms;
}

// From the terms of `from` to those of `to`: a few steps of the recurrences cost less than gamma functions.
constexpr double kMostSteps = 32;
PerCount Advance(const BgNbd& m, PerCount terms, double from, double to) {
  if (to - from > kMostSteps) return Terms(m, to);
  for (double i = from; i < to; ++i) {
    const double r = m.r + i, b = m.b + i, ab = m.a + m.b + i;
    terms.log_value += std::log(r * b / ab);
    terms.by_r += 1 / r;
    terms.by_a -= 1 / ab;
    terms.by_b += 1 / b - 1 / ab;
  }
  return terms;
}

// `rows` are sorted by repeat count and age, so that what depends on those alone is computed once.
double MeanLogLikelihood(absl::Span<const CountedHistory> rows, const BgNbd& m, absl::Span<double> gradient) {
  double sum = 0, customers = 0, by_r = 0, by_alpha = 0, by_a = 0, by_b = 0;
  const double log_alpha = std::log(m.alpha);
  PerCount terms;
  double log_odds_start = 0, log_age = 0, by_age = 0, x = 0, age = -1;
  for (const CountedHistory& row : rows) {
    const double n = static_cast<double>(row.customers);
    if (const double count = static_cast<double>(row.repeat_count); count != x) {
      terms = Advance(m, terms, x, count);
      x = count;
      log_odds_start = std::log(m.a / (m.b + x - 1));
      age = -1;
    }
    if (row.age != age) {
      age = row.age;
      log_age = std::log(m.alpha + age);
      by_age = 1 / (m.alpha + age);
    }
    customers += n;
    double value = terms.log_value + m.r * log_alpha - (m.r + x) * log_age;
    double d_r = terms.by_r + log_alpha - log_age;
    double d_alpha = m.r / m.alpha - (m.r + x) * by_age;
    if (row.repeat_count > 0) {
      const double log_fall = log_age - std::log(m.alpha + row.recency);
      const Odds odds = FromLogOdds(log_odds_start + (m.r + x) * log_fall);
      value += odds.log_one_plus;
      d_r += odds.probability * log_fall;
      d_alpha += odds.probability * (m.r + x) * (by_age - 1 / (m.alpha + row.recency));
      by_a += n * (terms.by_a + odds.probability / m.a);
      by_b += n * (terms.by_b - odds.probability / (m.b + x - 1));
    }
    sum += n * value;
    by_r += n * d_r;
    by_alpha += n * d_alpha;
  }
  gradient[0] = by_r / customers;
  gradient[1] = by_alpha / customers;
  gradient[2] = by_a / customers;
  gradient[3] = by_b / customers;
  return sum / customers;
}

}  // namespace

double BgNbd::LogLikelihood(const PurchaseHistory& history) const {
  const double x = static_cast<double>(history.repeat_count);
  return Terms(*this, x).log_value + r * std::log(alpha) - (r + x) * std::log(alpha + history.age) +
         FromLogOdds(LogOddsDead(*this, history.repeat_count, history.recency, history.age)).log_one_plus;
}

double BgNbd::ProbabilityAlive(const PurchaseHistory& history) const {
  return FromLogOdds(-LogOddsDead(*this, history.repeat_count, history.recency, history.age)).probability;
}

double BgNbd::ExpectedPurchases(const PurchaseHistory& history, double ahead) const {
  return ProbabilityAlive(history) * ExpectedPurchasesAlive(history.repeat_count, history.age, ahead);
}

double BgNbd::ExpectedPurchasesAlive(int64_t repeat_count, double age, double ahead) const {
  if (ahead <= 0) return 0;
  const double x = static_cast<double>(repeat_count), s = r + x, c = ahead / (alpha + age);
  const double z = ahead / (alpha + age + ahead);
  // K's mean and spread, and the geometric tail beyond them, say how many terms it takes.
  const double terms = s * c + 9 * std::sqrt(s * c * (1 + c)) + 40 * (1 + c);
  return terms <= kMostTerms ? BySeries(s, z, b + x, a + b + x) : ByQuadrature(s, c, a, b + x);
}

absl::StatusOr<BgNbdFit> FitBgNbd(absl::Span<const CountedHistory> histories) {
  const auto likelihood = [](absl::Span<const CountedHistory> rows, absl::Span<const double> p,
                             absl::Span<double> gradient) {
    return MeanLogLikelihood(rows, {p[0], p[1], p[2], p[3]}, gradient);
  };
  const absl::StatusOr<FourParameterFit> fit = FitFourParameters(histories, likelihood, 1, 2);
  if (!fit.ok()) return fit.status();
  const std::vector<double>& p = fit->parameters;
  return BgNbdFit{{p[0], p[1] * fit->unit, p[2], p[3]}, fit->log_likelihood, fit->evaluations};
}

}  // namespace clientele::value
