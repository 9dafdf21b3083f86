#ifndef VALUE_SVC_DOMAIN_PIPELINE_PIPELINE_MODEL_H_
#define VALUE_SVC_DOMAIN_PIPELINE_PIPELINE_MODEL_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"

namespace clientele::value {

// One opportunity, with days counted from any first day. `group` is what win rates may differ by (a product,
// say), from 0.
struct Deal {
  int64_t open_day = 0;
  std::optional<int64_t> close_day;
  bool won = false;
  double amount = 0;      // As expected while it is open.
  double won_amount = 0;  // As agreed, when won.
  size_t group = 0;
};

// What somebody could know on `day`: a deal opened later is not there, and one closed later is open.
std::vector<Deal> AsKnownOn(absl::Span<const Deal> deals, int64_t day);

// With fewer closed deals, ages say nothing, and the model says so.
inline constexpr int64_t kFewestClosedDeals = 50;

struct PipelineExpectation {
  double expected = 0;
  double variance = 0;
};

// How deals end, by age: two competing risks, won and lost, whose hazards are counted for each day of age
// (Aalen and Johansen). Which of the two it is also depends on the group, by a win rate that is drawn to that
// of all groups (beta-binomial, fitted strength). And what past forecasts promised too much, or too little,
// corrects the next.
class PipelineModel {
 public:
  // For winning within `horizon_days` of the end of `as_of`. Nothing after `as_of` is used.
  static PipelineModel Fit(absl::Span<const Deal> deals, int64_t as_of, int64_t horizon_days);
  // From what Fit found before: the parts below.
  struct Parts {
    int64_t horizon_days = 0;
    int64_t closed_deals = 0;
    std::vector<double> close_hazard;  // By age in days: of closing on that day, having been open before.
    std::vector<double> won_share;     // Of those that close at that age.
    std::vector<double> group_odds;    // A group's odds of winning, as a multiple of those of all.
    double win_rate = 0;               // Of all closed deals.
    double correction = 1;             // Won amounts ÷ forecast amounts in the past.
    double correction_variance = 0;    // Of that quotient in one forecast.
    int64_t past_forecasts = 0;

    friend bool operator==(const Parts&, const Parts&) = default;
  };
  PipelineModel() : PipelineModel(Parts()) {}  // Of no deals.
  explicit PipelineModel(Parts parts);

  const Parts& parts() const { return parts_; }
  bool fitted() const { return parts_.closed_deals >= kFewestClosedDeals; }

  // Of an open deal that is `age` days old; before the correction. Of a group that was not there: as of all.
  double WinProbability(int64_t age, size_t group) const;

  // Over the deals that are open as of `as_of`: amounts × probabilities, corrected. The variance holds chance
  // (each deal is won or not) and the errors of past forecasts, which all deals of one forecast share.
  PipelineExpectation Expect(absl::Span<const Deal> deals, int64_t as_of) const;

  friend bool operator==(const PipelineModel& a, const PipelineModel& b) { return a.parts_ == b.parts_; }

 private:
  void Tabulate();

  Parts parts_;
  std::vector<double> still_open_;             // By age.
  std::vector<std::vector<double>> ever_won_;  // By group and age; one more group for unknown ones.
};

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_PIPELINE_PIPELINE_MODEL_H_
