#include "value-svc/domain/factor_weights.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "servicekit/types/error.h"
#include "servicekit/types/str_cat.h"
#include "value-svc/domain/weighing/ahp.h"

namespace clientele::value {
namespace {

constexpr int64_t kWhole = 1'000'000;

size_t IndexOf(Factor factor) { return static_cast<size_t>(factor) - 1; }

std::string_view NameOf(size_t index) {
  constexpr std::string_view kNames[kFactorCount] = {"SALES_CONTRIBUTION", "SALES_EXPECTATION", "CREDIT",
                                                     "PROFIT_CONTRIBUTION", "DEMONSTRATION_EFFECT"};
  return kNames[index];
}

// In millionths that sum to the whole (largest remainder, ties by the order of the enum).
PerFactor<int64_t> RoundWeights(const std::vector<double>& weights) {
  std::vector<int64_t> rounded(weights.size());
  std::vector<double> rest(weights.size());
  int64_t left = kWhole;
  for (size_t i = 0; i < weights.size(); ++i) {
    const double exact = weights[i] * static_cast<double>(kWhole);
    rounded[i] = static_cast<int64_t>(std::floor(exact));
    rest[i] = exact - std::floor(exact);
    left -= rounded[i];
  }
  std::vector<size_t> by_rest(weights.size());
  std::iota(by_rest.begin(), by_rest.end(), size_t{0});
  std::stable_sort(by_rest.begin(), by_rest.end(), [&](size_t a, size_t b) { return rest[a] > rest[b]; });
  for (size_t i = 0; left > 0; i = (i + 1) % by_rest.size(), --left) ++rounded[by_rest[i]];
  PerFactor<int64_t> micros;
  for (Factor factor : kFactors) micros[factor] = rounded[IndexOf(factor)];
  return micros;
}

absl::Status Inconsistent(const AhpResult& result) {
  const PairwiseComparison& pair = result.most_inconsistent;
  return servicekit::WithReason(
      servicekit::InvalidField(
          "comparisons",
          servicekit::StrCat(
              absl::StrFormat(
                  "contradict each other: their consistency ratio is %.2f, and must be below %.2f; ",
                  result.consistency_ratio, kInconsistent),
              NameOf(pair.first), " over ", NameOf(pair.second),
              absl::StrFormat(" is %.3g, while the others say %.3g", pair.ratio, result.consistent_ratio))),
      "COMPARISONS_INCONSISTENT");
}

}  // namespace

absl::Status WeighByComparisons(ScoringModel& model) {
  model.consistency_ratio_micros = 0;
  if (model.comparisons.empty()) return absl::OkStatus();
  std::vector<PairwiseComparison> pairs;
  for (const FactorComparison& comparison : model.comparisons) {
    if (!(comparison.ratio >= 1.0 / 9 - 1e-9 && comparison.ratio <= 9 + 1e-9)) {
      return servicekit::InvalidField("comparisons", "a ratio lies between 1/9 and 9");
    }
    pairs.push_back({IndexOf(comparison.factor), IndexOf(comparison.other), comparison.ratio});
  }
  const absl::StatusOr<AhpResult> result = WeighByPairs(kFactorCount, pairs);
  if (!result.ok()) {
    return servicekit::InvalidField("comparisons", servicekit::ToStd(result.status().message()));
  }
  if (!result->consistent()) return Inconsistent(*result);
  model.weight_micros = RoundWeights(result->weights);
  model.consistency_ratio_micros = static_cast<int64_t>(std::lround(result->consistency_ratio * 1e6));
  return absl::OkStatus();
}

}  // namespace clientele::value
