#ifndef LIFECYCLE_SVC_DOMAIN_FORECAST_H_
#define LIFECYCLE_SVC_DOMAIN_FORECAST_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

// What open deals will bring, from how old deals were when they were won or lost. Everything is counted by
// age in days, so that a million deals are a few hundred numbers.
namespace clientele::lifecycle {

// Deals by their age: at their closing, or, of those that are open, now.
struct AgeCount {
  int age_days = 0;
  int64_t won = 0;
  int64_t lost = 0;
  int64_t open = 0;
};

// The chance of being won by age: the Aalen-Johansen estimate of winning where losing competes with it. An
// open deal counts among those at risk up to its age, so that deals that are never closed do not make old
// ones look promising.
class WinCurve {
 public:
  explicit WinCurve(absl::Span<const AgeCount> counts);

  // The chance that a deal that is open at this age is won within `horizon_days` after it; 0 beyond the age
  // that any deal reached.
  double WonWithin(int age_days, int horizon_days) const;

 private:
  std::vector<double> still_open_;  // By age: the chance of being open after that day, …
  std::vector<double> won_;         // … and of having been won by then.
};

// Open deals of one age together.
struct OpenDeals {
  int age_days = 0;
  int64_t count = 0;
  double amount = 0;
  double amount_squares = 0;  // The sum of the squares of the amounts.
  double weighted = 0;        // The sum of amount × probability.
};

struct Forecast {
  int64_t count = 0;
  double amount = 0;
  double static_amount = 0;
  double conditional_amount = 0;
  double conditional_count = 0;
  double variance = 0;  // Of what is won, if the chances are right.
  double low = 0;
  double high = 0;
};

// Without interval: see SetInterval().
Forecast ForecastOf(const WinCurve& curve, absl::Span<const OpenDeals> deals, int horizon_days);

// What a past forecast promised and what came of it.
struct Outcome {
  double conditional_amount = 0;
  double won_amount = 0;
};
// The 80 % interval: the deals' chances, widened by how far past forecasts were off (the root mean square of
// their relative errors).
void SetInterval(Forecast& forecast, absl::Span<const Outcome> past);

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_DOMAIN_FORECAST_H_
