#include "value-svc/domain/experiment/qini.h"

#include <algorithm>

namespace clientele::value {
namespace {

struct Sums {
  double treated = 0, held_out = 0;
  double treated_result = 0, held_out_result = 0;

  void Add(const Ranked& customer) {
    (customer.treated ? treated : held_out) += 1;
    (customer.treated ? treated_result : held_out_result) += customer.result;
  }
  double Gained() const {
    return held_out > 0 ? treated_result - held_out_result * treated / held_out : treated_result;
  }
};

}  // namespace

std::optional<Qini> ComputeQini(std::vector<Ranked> customers) {
  std::sort(customers.begin(), customers.end(),
            [](const Ranked& a, const Ranked& b) { return a.rank > b.rank; });
  Sums all;
  for (const Ranked& customer : customers) all.Add(customer);
  if (all.treated == 0 || all.held_out == 0) return std::nullopt;

  Qini qini;
  qini.total = all.Gained();
  const double count = static_cast<double>(customers.size());
  Sums so_far;
  double area = 0, gained = 0;
  for (size_t i = 0; i < customers.size();) {
    const size_t start = i;
    for (; i < customers.size() && customers[i].rank == customers[start].rank; ++i) so_far.Add(customers[i]);
    // Among equals nobody comes first: a straight line from what was gained before them to what is with them.
    const double before = gained;
    gained = so_far.Gained();
    area += static_cast<double>(i - start) * (before + gained) / 2;
  }
  qini.coefficient = (area - count * qini.total / 2) / count;
  return qini;
}

}  // namespace clientele::value
