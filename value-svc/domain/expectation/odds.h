#ifndef VALUE_SVC_DOMAIN_EXPECTATION_ODDS_H_
#define VALUE_SVC_DOMAIN_EXPECTATION_ODDS_H_

#include <cmath>

namespace clientele::value {

// What follows from odds, given as their logarithm, which may be infinite.
struct Odds {
  double log_one_plus;  // log(1 + odds)
  double probability;   // odds ÷ (1 + odds)
};

inline Odds FromLogOdds(double log_odds) {
  const double small = std::exp(-std::abs(log_odds));  // The smaller of the odds and their inverse.
  const double log_one_plus = std::log1p(small);
  return log_odds > 0 ? Odds{log_odds + log_one_plus, 1 / (1 + small)}
                      : Odds{log_one_plus, small / (1 + small)};
}

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_EXPECTATION_ODDS_H_
