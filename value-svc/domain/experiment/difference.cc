#include "value-svc/domain/experiment/difference.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace clientele::value {
namespace {

double Quantile(double probability) { return boost::math::quantile(boost::math::normal(), probability); }

// The mean of one arm.
struct Mean {
  int64_t size;
  double variance;  // Of the outcomes.
  double squared_error() const { return variance / static_cast<double>(size); }
};

Difference Describe(double effect, const Mean& treated, const Mean& held_out, double confidence) {
  Difference difference;
  difference.effect = difference.low = difference.high = effect;
  const double squared_error = treated.squared_error() + held_out.squared_error();
  // Everybody is alike: nobody knows how much chance does.
  if (squared_error <= 0) return difference;
  difference.standard_error = std::sqrt(squared_error);
  const auto part = [](const Mean& mean) {
    return mean.squared_error() * mean.squared_error() / static_cast<double>(mean.size - 1);
  };
  difference.degrees_of_freedom = squared_error * squared_error / (part(treated) + part(held_out));
  const double half = IntervalHalf(difference.degrees_of_freedom, confidence) * difference.standard_error;
  difference.low = effect - half;
  difference.high = effect + half;
  difference.z = effect / difference.standard_error;
  const boost::math::students_t distribution(difference.degrees_of_freedom);
  difference.p_value = 2 * boost::math::cdf(boost::math::complement(distribution, std::abs(difference.z)));
  difference.reliable =
      std::min(treated.size, held_out.size) >= kFewestInArm && treated.variance > 0 && held_out.variance > 0;
  return difference;
}

bool Comparable(const Arm& treated, const Arm& held_out) {
  return treated.size() >= 2 && held_out.size() >= 2;
}

}  // namespace

void Arm::Add(const Outcome& outcome) {
  ++size_;
  const double count = static_cast<double>(size_);
  const double step = outcome.result - mean_, step_before = outcome.before - mean_before_;
  mean_ += step / count;
  mean_before_ += step_before / count;
  squares_ += step * (outcome.result - mean_);
  squares_before_ += step_before * (outcome.before - mean_before_);
  products_ += step * (outcome.before - mean_before_);
}

Arm Arm::FromSums(int64_t size, double results, double result_squares, double before, double before_squares,
                  double products) {
  Arm arm;
  if (size == 0) return arm;
  const double count = static_cast<double>(size);
  arm.size_ = size;
  arm.mean_ = results / count;
  arm.mean_before_ = before / count;
  // What is below 0 is rounding.
  arm.squares_ = std::max(0.0, result_squares - results * arm.mean_);
  arm.squares_before_ = std::max(0.0, before_squares - before * arm.mean_before_);
  arm.products_ = products - results * arm.mean_before_;
  return arm;
}

std::optional<Difference> Compare(const Arm& treated, const Arm& held_out, double confidence) {
  if (!Comparable(treated, held_out)) return std::nullopt;
  return Describe(treated.mean() - held_out.mean(), {treated.size(), treated.variance()},
                  {held_out.size(), held_out.variance()}, confidence);
}

std::optional<Cuped> CompareWithBefore(const Arm& treated, const Arm& held_out, double confidence) {
  const std::optional<Difference> plain = Compare(treated, held_out, confidence);
  if (!plain.has_value()) return std::nullopt;
  // One theta for both arms: over all customers as one group, about the mean of all.
  const double n1 = static_cast<double>(treated.size()), n0 = static_cast<double>(held_out.size());
  const double apart = n1 * n0 / (n1 + n0), before = treated.mean_before() - held_out.mean_before();
  const double spread =
      (n1 - 1) * treated.variance_before() + (n0 - 1) * held_out.variance_before() + apart * before * before;
  if (spread <= 0) return std::nullopt;
  const double together =
      (n1 - 1) * treated.covariance() + (n0 - 1) * held_out.covariance() + apart * before * plain->effect;
  Cuped cuped;
  cuped.theta = together / spread;
  const auto variance = [&](const Arm& arm) {
    return std::max(0.0, arm.variance() - 2 * cuped.theta * arm.covariance() +
                             cuped.theta * cuped.theta * arm.variance_before());
  };
  cuped.difference = Describe(plain->effect - cuped.theta * before, {treated.size(), variance(treated)},
                              {held_out.size(), variance(held_out)}, confidence);
  const double variance_before = plain->standard_error * plain->standard_error;
  if (variance_before > 0) {
    cuped.variance_reduction =
        1 - cuped.difference.standard_error * cuped.difference.standard_error / variance_before;
  }
  return cuped;
}

double IntervalHalf(double degrees_of_freedom, double confidence) {
  return boost::math::quantile(boost::math::students_t(degrees_of_freedom), 0.5 + confidence / 2);
}

SampleRatio CheckSampleRatio(absl::Span<const int64_t> sizes, absl::Span<const double> expected_shares) {
  double total = 0, shares = 0;
  for (size_t i = 0; i < sizes.size(); ++i)
    total += static_cast<double>(sizes[i]), shares += expected_shares[i];
  SampleRatio ratio;
  ratio.degrees_of_freedom = static_cast<int>(sizes.size()) - 1;
  if (total <= 0) return ratio;
  for (size_t i = 0; i < sizes.size(); ++i) {
    const double expected = total * expected_shares[i] / shares;
    const double off = static_cast<double>(sizes[i]) - expected;
    ratio.chi_square += off * off / expected;
  }
  const boost::math::chi_squared distribution(ratio.degrees_of_freedom);
  ratio.p_value = boost::math::cdf(boost::math::complement(distribution, ratio.chi_square));
  return ratio;
}

std::optional<int64_t> SampleSizePerArm(double variance, double effect, double power, double confidence) {
  const std::optional<int64_t> both = SampleSize(variance, variance, 0.5, effect, power, confidence);
  if (!both.has_value()) return std::nullopt;
  return *both / 2 + *both % 2;
}

std::optional<int64_t> SampleSize(double variance_treated, double variance_held_out, double held_out_share,
                                  double effect, double power, double confidence) {
  if (effect == 0 || held_out_share <= 0 || held_out_share >= 1) return std::nullopt;
  const double z = Quantile(0.5 + confidence / 2) + Quantile(power);
  const double size = z * z * (variance_treated / (1 - held_out_share) + variance_held_out / held_out_share) /
                      (effect * effect);
  // Beyond what any company has: as good as never.
  if (!(size < 1e15)) return std::nullopt;
  return static_cast<int64_t>(std::ceil(size));
}

std::optional<double> IncrementalReturn(double uplift_sum, double margin, double cost) {
  if (cost <= 0) return std::nullopt;
  return (uplift_sum * margin - cost) / cost;
}

}  // namespace clientele::value
