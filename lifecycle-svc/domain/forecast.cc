#include "lifecycle-svc/domain/forecast.h"

#include <algorithm>
#include <cmath>

namespace clientele::lifecycle {
namespace {

// Of the standard normal distribution: 80 % lie within as many standard deviations.
constexpr double kWidth = 1.2815515655446004;

}  // namespace

WinCurve::WinCurve(absl::Span<const AgeCount> counts) {
  int oldest = -1;
  double at_risk = 0;
  for (const AgeCount& count : counts) {
    oldest = std::max(oldest, count.age_days);
    at_risk += static_cast<double>(count.won + count.lost + count.open);
  }
  const size_t days = static_cast<size_t>(oldest + 1);
  std::vector<double> won(days), lost(days), leaving(days);
  for (const AgeCount& count : counts) {
    // Who closes before being a day old, or by a clock that went wrong before being opened, closes on the
    // first day.
    const size_t day = static_cast<size_t>(std::max(count.age_days, 0));
    won[day] += static_cast<double>(count.won);
    lost[day] += static_cast<double>(count.lost);
    leaving[day] += static_cast<double>(count.won + count.lost + count.open);
  }
  double still_open = 1, won_by_now = 0;
  for (size_t day = 0; day < days; ++day) {
    if (at_risk > 0) {
      won_by_now += still_open * won[day] / at_risk;
      still_open *= std::max(0.0, 1 - (won[day] + lost[day]) / at_risk);
    }
    at_risk -= leaving[day];
    still_open_.push_back(still_open);
    won_.push_back(won_by_now);
  }
}

double WinCurve::WonWithin(int age_days, int horizon_days) const {
  if (won_.empty()) return 0;
  const size_t last = won_.size() - 1;
  const size_t from = static_cast<size_t>(std::max(age_days, 0));
  if (from > last || still_open_[from] <= 1e-12) return 0;
  const size_t to = std::min(last, from + static_cast<size_t>(std::max(horizon_days, 0)));
  return std::clamp((won_[to] - won_[from]) / still_open_[from], 0.0, 1.0);
}

Forecast ForecastOf(const WinCurve& curve, absl::Span<const OpenDeals> deals, int horizon_days) {
  Forecast forecast;
  for (const OpenDeals& cell : deals) {
    const double chance = curve.WonWithin(cell.age_days, horizon_days);
    forecast.count += cell.count;
    forecast.amount += cell.amount;
    forecast.static_amount += cell.weighted;
    forecast.conditional_amount += cell.amount * chance;
    forecast.conditional_count += static_cast<double>(cell.count) * chance;
    forecast.variance += cell.amount_squares * chance * (1 - chance);
  }
  return forecast;
}

void SetInterval(Forecast& forecast, absl::Span<const Outcome> past) {
  double squares = 0;
  int count = 0;
  for (const Outcome& outcome : past) {
    if (outcome.conditional_amount <= 0) continue;
    const double off = outcome.won_amount / outcome.conditional_amount - 1;
    squares += off * off;
    ++count;
  }
  double variance = forecast.variance;
  if (count > 0) variance += forecast.conditional_amount * forecast.conditional_amount * squares / count;
  const double half = kWidth * std::sqrt(variance);
  forecast.low = std::max(0.0, forecast.conditional_amount - half);
  forecast.high = std::min(forecast.amount, forecast.conditional_amount + half);
  forecast.high = std::max(forecast.high, forecast.conditional_amount);
}

}  // namespace clientele::lifecycle
