#ifndef VALUE_SVC_DOMAIN_EXPERIMENT_DIFFERENCE_H_
#define VALUE_SVC_DOMAIN_EXPERIMENT_DIFFERENCE_H_

#include <cstdint>
#include <optional>

#include "absl/types/span.h"

namespace clientele::value {

// One customer's outcome, and what was known of them before the treatment.
struct Outcome {
  double result = 0;
  double before = 0;
};

// Sums over one arm, so that a million customers need not be in memory: outcomes may be added in any order,
// one at a time.
class Arm {
 public:
  void Add(const Outcome& outcome);
  // From sums that somebody else made: of results, of what was before, of their squares and products.
  static Arm FromSums(int64_t size, double results, double result_squares, double before,
                      double before_squares, double products);

  int64_t size() const { return size_; }
  double mean() const { return mean_; }
  double mean_before() const { return mean_before_; }
  // Unbiased; 0 with fewer than two.
  double variance() const { return Unbiased(squares_); }
  double variance_before() const { return Unbiased(squares_before_); }
  double covariance() const { return Unbiased(products_); }

 private:
  double Unbiased(double sum) const { return size_ > 1 ? sum / static_cast<double>(size_ - 1) : 0; }

  int64_t size_ = 0;
  // Means, and sums of squared deviations from them (Welford), which lose no digits to large means.
  double mean_ = 0, mean_before_ = 0;
  double squares_ = 0, squares_before_ = 0, products_ = 0;
};

inline constexpr double kUsualConfidence = 0.95;

// Treated less held out, a customer. Works for proportions too, as the mean of 0 and 1.
struct Difference {
  double effect = 0;
  double standard_error = 0;
  double low = 0, high = 0;  // Confidence interval.
  double z = 0;              // effect ÷ standard error.
  double p_value = 1;        // Two-sided.
  double degrees_of_freedom = 0;
  // Both arms have kFewestInArm customers or more, who are not all the same: otherwise the interval is not
  // known well enough to tell anything by it.
  bool reliable = false;
  // The interval leaves out 0, and is to be relied on.
  bool conclusive() const { return reliable && (low > 0 || high < 0); }
};

inline constexpr int64_t kFewestInArm = 30;

// None unless both arms have at least two customers. By Student's t with the degrees of freedom of Welch and
// Satterthwaite, as the arms differ in size and variance.
std::optional<Difference> Compare(const Arm& treated, const Arm& held_out,
                                  double confidence = kUsualConfidence);

// CUPED (Deng, Xu, Kohavi and Walker 2013): takes out of the outcomes what was known before, which the
// treatment cannot have changed.
struct Cuped {
  double theta = 0;
  double variance_reduction =
      0;  // Share of the difference's variance, 0 to 1; below 0 where it does not help.
  Difference difference;
};

// None where Compare has none, or all were the same before.
std::optional<Cuped> CompareWithBefore(const Arm& treated, const Arm& held_out,
                                       double confidence = kUsualConfidence);

// How far from its middle a confidence interval reaches, in standard errors.
double IntervalHalf(double degrees_of_freedom, double confidence = kUsualConfidence);

// Whether arms have the sizes that chance should have given them. A ratio that chance does not explain says
// that customers were lost or sorted on the way, and that no effect can be trusted.
struct SampleRatio {
  double chi_square = 0;
  int degrees_of_freedom = 0;
  double p_value = 1;
  bool mismatch() const { return p_value < 0.001; }
};

// `expected_shares` need not sum to 1. Both have the same length, of at least two, and shares above 0.
SampleRatio CheckSampleRatio(absl::Span<const int64_t> sizes, absl::Span<const double> expected_shares);

// Customers an arm, both of one size, so that an effect of `effect` is found with probability `power` at that
// confidence. `variance` is an outcome's. None for no effect.
std::optional<int64_t> SampleSizePerArm(double variance, double effect, double power = 0.8,
                                        double confidence = kUsualConfidence);

// The same where `held_out_share` of all are held out: customers in all.
std::optional<int64_t> SampleSize(double variance_treated, double variance_held_out, double held_out_share,
                                  double effect, double power = 0.8, double confidence = kUsualConfidence);

// (uplift × margin − cost) ÷ cost, with the uplift of all treated customers together. None without cost.
std::optional<double> IncrementalReturn(double uplift_sum, double margin, double cost);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_EXPERIMENT_DIFFERENCE_H_
