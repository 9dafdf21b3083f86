#include "value-svc/domain/action.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/str_format.h"
#include "servicekit/types/str_cat.h"
#include "value-svc/domain/experiment/qini.h"

namespace clientele::value {
namespace {

constexpr double kMicros = 1e6;

// What of additional revenue is earned, where nobody said it: as of the revenue that there was.
double MarginOf(const Action& action, absl::Span<const ActionOutcome> customers) {
  if (action.margin_micros > 0) return static_cast<double>(action.margin_micros) / kMicros;
  double revenue = 0, profit = 0;
  for (const ActionOutcome& customer : customers) revenue += customer.result, profit += customer.profit;
  return revenue > 0 ? profit / revenue : 0;
}

double QiniByScore(absl::Span<const ActionOutcome> customers) {
  std::vector<Ranked> ranked;
  ranked.reserve(customers.size());
  for (const ActionOutcome& customer : customers) {
    ranked.push_back({static_cast<double>(customer.score_micros), !customer.held_out, customer.result});
  }
  const std::optional<Qini> qini = ComputeQini(std::move(ranked));
  return qini.has_value() ? qini->coefficient : 0;
}

}  // namespace

double CostOf(const Action& action, int64_t treated_count) {
  const int64_t bearers = action.treated_count - action.merged_count;
  if (bearers <= 0) return 0;
  return action.cost.ToDouble() * static_cast<double>(treated_count) / static_cast<double>(bearers);
}

ActionEffect MeasureEffect(const Action& action, absl::Span<const ActionOutcome> customers) {
  ActionEffect effect;
  for (const ActionOutcome& customer : customers) {
    (customer.held_out ? effect.held_out : effect.treated).Add({customer.result, customer.before});
  }
  effect.margin = MarginOf(action, customers);
  effect.cost = CostOf(action, effect.treated.size());
  const double held_out_share = static_cast<double>(action.hold_out_share_micros) / kMicros;
  effect.sample_ratio =
      CheckSampleRatio({effect.treated.size(), effect.held_out.size()}, {1 - held_out_share, held_out_share});
  const std::optional<Difference> plain = Compare(effect.treated, effect.held_out);
  if (!plain.has_value()) return effect;
  effect.difference = effect.adjusted = *plain;
  const std::optional<Cuped> cuped = CompareWithBefore(effect.treated, effect.held_out);
  if (cuped.has_value() && cuped->variance_reduction > 0) {
    effect.adjusted = cuped->difference;
    effect.variance_reduction = cuped->variance_reduction;
  }
  effect.uplift = effect.adjusted.effect * static_cast<double>(effect.treated.size());
  effect.incremental_return = IncrementalReturn(effect.uplift, effect.margin, effect.cost);
  effect.qini = QiniByScore(customers);
  if (effect.sample_ratio.mismatch()) {
    effect.verdict = Verdict::kSampleRatioMismatch;
  } else if (effect.adjusted.conclusive()) {
    effect.verdict = effect.adjusted.effect > 0 ? Verdict::kGain : Verdict::kLoss;
  } else {
    const double left = 1 - effect.variance_reduction;
    effect.required_customers =
        SampleSize(left * effect.treated.variance(), left * effect.held_out.variance(), held_out_share,
                   effect.adjusted.effect)
            .value_or(0);
    const double smaller_share = std::min(held_out_share, 1 - held_out_share);
    if (effect.required_customers > 0 && smaller_share > 0) {
      const double fewest = std::ceil(static_cast<double>(kFewestInArm) / smaller_share);
      effect.required_customers = std::max(effect.required_customers, static_cast<int64_t>(fewest));
    }
  }
  return effect;
}

std::string Explain(const ActionEffect& effect, const std::string& currency) {
  using servicekit::StrCat;
  const auto amount = [&](double value) {
    return StrCat(absl::StrFormat("%.2f", value), currency.empty() ? "" : " ", currency);
  };
  const std::string measured = StrCat(amount(effect.adjusted.effect), " a treated customer (95 % between ",
                                      absl::StrFormat("%.2f", effect.adjusted.low), " and ",
                                      absl::StrFormat("%.2f", effect.adjusted.high), ")");
  switch (effect.verdict) {
    case Verdict::kGain:
      return StrCat("Gained ", measured, ".");
    case Verdict::kLoss:
      return StrCat("Lost: ", measured, ".");
    case Verdict::kSampleRatioMismatch:
      return StrCat("The groups do not have the sizes that they were given (", effect.treated.size(),
                    " treated, ", effect.held_out.size(), " held out): nothing can be said.");
    case Verdict::kInconclusive:
    case Verdict::kNone:
      break;
  }
  if (effect.adjusted.standard_error == 0 && effect.adjusted.effect == 0) {
    return "Inconclusive: there is no difference to see yet.";
  }
  if (!effect.adjusted.reliable) {
    return StrCat("Inconclusive: ", effect.treated.size(), " treated and ", effect.held_out.size(),
                  " held out, of whom it takes ", kFewestInArm,
                  " each who do not all buy the same, say nothing.");
  }
  return StrCat("Inconclusive: ", measured, "; to be sure of such a difference takes ",
                effect.required_customers == 0 ? std::string("more customers than anybody has")
                                               : StrCat("about ", effect.required_customers, " customers"),
                ".");
}

}  // namespace clientele::value
