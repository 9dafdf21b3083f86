#include "value-svc/domain/estimation/beta_binomial.h"

#include <algorithm>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <tuple>
#include <vector>

#include "value-svc/domain/estimation/maximize.h"

namespace clientele::value {
namespace {

struct Rising {
  double log = 0;         // log of Γ(a+k) ÷ Γ(a)
  double derivative = 0;  // by a
};

// Term by term, which stays exact when `a` is large and the gamma functions' difference would not.
constexpr int64_t kMostTerms = 4096;

Rising LogRising(double a, int64_t k) {
  if (k > kMostTerms) {
    const double x = static_cast<double>(k);
    return {boost::math::lgamma(a + x) - boost::math::lgamma(a),
            boost::math::digamma(a + x) - boost::math::digamma(a)};
  }
  Rising rising;
  for (int64_t i = 0; i < k; ++i) {
    const double term = a + static_cast<double>(i);
    rising.log += std::log(term);
    rising.derivative += 1 / term;
  }
  return rising;
}

struct Counted {
  Trials group;
  double groups = 0;
};

// Many customers share the same few numbers.
std::vector<Counted> Collapse(absl::Span<const Trials> groups) {
  std::vector<Trials> sorted(groups.begin(), groups.end());
  const auto key = [](const Trials& group) { return std::tie(group.trials, group.successes); };
  std::sort(sorted.begin(), sorted.end(), [&](const Trials& a, const Trials& b) { return key(a) < key(b); });
  std::vector<Counted> counted;
  for (const Trials& group : sorted) {
    if (group.trials == 0) continue;
    if (counted.empty() || key(counted.back().group) != key(group)) counted.push_back({group, 0});
    ++counted.back().groups;
  }
  return counted;
}

}  // namespace

absl::StatusOr<BetaBinomial> FitBetaBinomial(absl::Span<const Trials> groups) {
  const std::vector<Counted> rows = Collapse(groups);
  double successes = 0, trials = 0, count = 0;
  for (const Counted& row : rows) {
    successes += row.groups * static_cast<double>(row.group.successes);
    trials += row.groups * static_cast<double>(row.group.trials);
    count += row.groups;
  }
  if (trials == 0) return absl::InvalidArgumentError("without a trial there is no rate to fit");
  // All or nothing succeeded: the mean is at an end, where groups cannot differ.
  if (successes == 0 || successes == trials) return BetaBinomial{successes / trials, kHighestStrength, 0};

  // Over odds a ÷ b and strength a + b, which hardly depend on each other, unlike a and b.
  const auto likelihood = [&](absl::Span<const double> p, absl::Span<double> gradient) {
    const double odds = p[0], strength = p[1], a = strength * odds / (1 + odds), b = strength / (1 + odds);
    double sum = 0, by_a = 0, by_b = 0;
    for (const Counted& row : rows) {
      const Rising won = LogRising(a, row.group.successes);
      const Rising lost = LogRising(b, row.group.trials - row.group.successes);
      const Rising all = LogRising(strength, row.group.trials);
      sum += row.groups * (won.log + lost.log - all.log);
      by_a += row.groups * (won.derivative - all.derivative);
      by_b += row.groups * (lost.derivative - all.derivative);
    }
    gradient[0] = (by_a - by_b) * strength / ((1 + odds) * (1 + odds)) / count;
    gradient[1] = (by_a * odds + by_b) / (1 + odds) / count;
    return sum / count;
  };
  const double odds = successes / (trials - successes);
  const absl::StatusOr<Maximum> maximum =
      Maximize(likelihood, {{odds, 2}, {odds, trials / count}}, {odds / 1000, kLowestStrength},
               {odds * 1000, kHighestStrength});
  if (!maximum.ok()) return maximum.status();
  const double found = maximum->parameters[0];
  return BetaBinomial{found / (1 + found), maximum->parameters[1], maximum->value * count};
}

}  // namespace clientele::value
