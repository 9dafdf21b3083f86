#ifndef VALUE_SVC_DOMAIN_PORTFOLIO_CONCENTRATION_H_
#define VALUE_SVC_DOMAIN_PORTFOLIO_CONCENTRATION_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace clientele::value {

// How unequally something is spread: 0 when all have the same, towards 1 when one has everything. Negative
// values count as 0. 0 when there is nothing.
double Gini(std::vector<int64_t> values);

// One point of a whale curve: the share of customers, most profitable first, and of the total that they
// bring. The curve passes 1 where the rest loses money.
struct WhalePoint {
  double customer_share = 0;
  double cumulative_share = 0;
};

struct WhaleCurve {
  std::vector<WhalePoint> points;  // From (0, 0) to (1, 1).
  // Where the curve is highest: what the total would be, as a share of it, without those who lose money.
  WhalePoint peak;
};

// `values` are in any order; at most `point_count` points after the first, evenly spread over customers. No
// points when the total is not above 0.
WhaleCurve DrawWhaleCurve(std::vector<int64_t> values, size_t point_count);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_PORTFOLIO_CONCENTRATION_H_
