#ifndef VALUE_SVC_DOMAIN_ESTIMATION_MAXIMIZE_H_
#define VALUE_SVC_DOMAIN_ESTIMATION_MAXIMIZE_H_

#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace clientele::value {

// A mean log-likelihood at positive parameters; writes its derivatives by them.
using Likelihood = std::function<double(absl::Span<const double> parameters, absl::Span<double> gradient)>;

struct Maximum {
  std::vector<double> parameters;
  double value = 0;
  int evaluations = 0;
};

// Where the likelihood is highest, found from `starts` (the best of them wins), over the logarithms of the
// parameters, which are kept between `lowest` and `highest`. INTERNAL when no start leads anywhere.
absl::StatusOr<Maximum> Maximize(const Likelihood& likelihood, absl::Span<const std::vector<double>> starts,
                                 absl::Span<const double> lowest, absl::Span<const double> highest);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_ESTIMATION_MAXIMIZE_H_
