#include "value-svc/domain/pipeline/pipeline_model.h"

#include <algorithm>
#include <utility>

#include "value-svc/domain/estimation/beta_binomial.h"

namespace clientele::value {
namespace {

// Past forecasts are made anew on days this far apart.
constexpr int64_t kDaysBetweenForecasts = 30;
constexpr int64_t kMostPastForecasts = 12;
// Longer ages are counted as this one: ten years.
constexpr int64_t kOldest = 3650;

int64_t Age(int64_t from, int64_t to) { return std::clamp<int64_t>(to - from, 0, kOldest); }

bool IsOpen(const Deal& deal) { return !deal.close_day.has_value(); }

// The hazards and win rates, without the correction.
PipelineModel::Parts FitAges(absl::Span<const Deal> known, int64_t as_of, int64_t horizon_days) {
  PipelineModel::Parts parts;
  parts.horizon_days = horizon_days;
  std::vector<double> left, closed, won;  // By age: no longer watched after it, closed at it, won at it.
  std::vector<Trials> groups;
  Trials all;
  for (const Deal& deal : known) {
    const size_t age = static_cast<size_t>(Age(deal.open_day, deal.close_day.value_or(as_of)));
    if (left.size() <= age) left.resize(age + 1), closed.resize(age + 1), won.resize(age + 1);
    if (groups.size() <= deal.group) groups.resize(deal.group + 1);
    ++left[age];
    if (IsOpen(deal)) continue;
    ++closed[age];
    ++groups[deal.group].trials;
    ++all.trials;
    if (!deal.won) continue;
    ++won[age];
    ++groups[deal.group].successes;
    ++all.successes;
  }
  parts.closed_deals = all.trials;
  if (all.trials == 0) return parts;
  parts.win_rate = static_cast<double>(all.successes) / static_cast<double>(all.trials);

  double at_risk = static_cast<double>(known.size());
  for (size_t age = 0; age < left.size(); ++age) {
    parts.close_hazard.push_back(at_risk > 0 ? closed[age] / at_risk : 0);
    parts.won_share.push_back(closed[age] > 0 ? won[age] / closed[age] : 0);
    at_risk -= left[age];
  }
  parts.group_odds.assign(groups.size(), 1);
  if (groups.size() == 1) return parts;  // All there are.
  const absl::StatusOr<BetaBinomial> rates = FitBetaBinomial(groups);
  if (!rates.ok() || rates->mean <= 0 || rates->mean >= 1) return parts;
  for (size_t group = 0; group < groups.size(); ++group) {
    const double rate = rates->Rate(groups[group]);
    parts.group_odds[group] = rate / (1 - rate) / (rates->mean / (1 - rates->mean));
  }
  return parts;
}

double WonBetween(absl::Span<const Deal> deals, int64_t after, int64_t until) {
  double won = 0;
  for (const Deal& deal : deals) {
    // What was not yet open on that day was not part of the forecast.
    if (deal.open_day <= after && deal.won && deal.close_day > after && deal.close_day <= until) {
      won += deal.won_amount;
    }
  }
  return won;
}

// Repeats the forecast as of past days whose outcome is known, and compares.
void Correct(absl::Span<const Deal> known, int64_t as_of, PipelineModel::Parts& parts) {
  std::vector<std::pair<double, double>> forecast_and_won;
  for (int64_t i = 0; i < kMostPastForecasts; ++i) {
    const int64_t day = as_of - parts.horizon_days - i * kDaysBetweenForecasts;
    const std::vector<Deal> then = AsKnownOn(known, day);
    const PipelineModel model(FitAges(then, day, parts.horizon_days));
    if (!model.fitted()) break;  // Further back less was known.
    const double forecast = model.Expect(then, day).expected;
    if (forecast > 0) {
      forecast_and_won.emplace_back(forecast, WonBetween(known, day, day + parts.horizon_days));
    }
  }
  if (forecast_and_won.empty()) return;
  double forecast_sum = 0, won_sum = 0;
  for (const auto& [forecast, won] : forecast_and_won) forecast_sum += forecast, won_sum += won;
  // One more forecast that came true: a single bad one must not decide.
  const double count = static_cast<double>(forecast_and_won.size()), usual = forecast_sum / count;
  parts.past_forecasts = static_cast<int64_t>(forecast_and_won.size());
  parts.correction = (won_sum + usual) / (forecast_sum + usual);
  double squares = (1 - parts.correction) * (1 - parts.correction);
  for (const auto& [forecast, won] : forecast_and_won) {
    const double error = won / forecast - parts.correction;
    squares += error * error;
  }
  parts.correction_variance = squares / count;
}

}  // namespace

std::vector<Deal> AsKnownOn(absl::Span<const Deal> deals, int64_t day) {
  std::vector<Deal> known;
  for (const Deal& deal : deals) {
    if (deal.open_day > day) continue;
    known.push_back(deal);
    if (deal.close_day <= day && deal.close_day.has_value()) continue;
    known.back().close_day.reset();
    known.back().won = false;
    known.back().won_amount = 0;
  }
  return known;
}

PipelineModel PipelineModel::Fit(absl::Span<const Deal> deals, int64_t as_of, int64_t horizon_days) {
  const std::vector<Deal> known = AsKnownOn(deals, as_of);
  Parts parts = FitAges(known, as_of, horizon_days);
  if (parts.closed_deals >= kFewestClosedDeals) Correct(known, as_of, parts);
  return PipelineModel(std::move(parts));
}

PipelineModel::PipelineModel(Parts parts) : parts_(std::move(parts)) { Tabulate(); }

void PipelineModel::Tabulate() {
  const size_t ages = parts_.close_hazard.size();
  std::vector<double> odds = parts_.group_odds;
  odds.push_back(1);
  ever_won_.assign(odds.size(), std::vector<double>(ages));
  double open = 1;
  std::vector<double> won(odds.size());
  for (size_t age = 0; age < ages; ++age) {
    const double closes = open * parts_.close_hazard[age], share = parts_.won_share[age];
    for (size_t group = 0; group < odds.size(); ++group) {
      won[group] += closes * odds[group] * share / (1 - share + odds[group] * share);
      ever_won_[group][age] = won[group];
    }
    open -= closes;
    still_open_.push_back(open);
  }
}

double PipelineModel::WinProbability(int64_t age, size_t group) const {
  // Older than any that ever closed: it will not.
  if (age < 0 || static_cast<size_t>(age) >= still_open_.size()) return 0;
  const size_t from = static_cast<size_t>(age);
  // What is left after the last closing is rounding.
  if (still_open_[from] <= 1e-12) return 0;
  const size_t until = std::min(from + static_cast<size_t>(parts_.horizon_days), still_open_.size() - 1);
  const std::vector<double>& won = ever_won_[std::min(group, ever_won_.size() - 1)];
  return std::clamp((won[until] - won[from]) / still_open_[from], 0.0, 1.0);
}

PipelineExpectation PipelineModel::Expect(absl::Span<const Deal> deals, int64_t as_of) const {
  double expected = 0, by_chance = 0;
  for (const Deal& deal : deals) {
    if (deal.open_day > as_of || (deal.close_day.has_value() && *deal.close_day <= as_of)) continue;
    const double probability = WinProbability(Age(deal.open_day, as_of), deal.group);
    expected += probability * deal.amount;
    by_chance += probability * (1 - probability) * deal.amount * deal.amount;
  }
  const double correction = parts_.correction;
  return {correction * expected,
          correction * correction * by_chance + expected * expected * parts_.correction_variance};
}

}  // namespace clientele::value
