#ifndef VALUE_SVC_DOMAIN_EXPERIMENT_QINI_H_
#define VALUE_SVC_DOMAIN_EXPERIMENT_QINI_H_

#include <optional>
#include <vector>

namespace clientele::value {

// One customer of an experiment, with the figure that customers would be chosen by.
struct Ranked {
  double rank = 0;  // Higher ones would be treated first.
  bool treated = false;
  double result = 0;
};

// Whether choosing by that figure finds those on whom the treatment works (Radcliffe 2007).
struct Qini {
  // Mean, over how many customers are chosen, of the results gained beyond those that choosing as many at
  // random gains. 0: the figure is no better than chance; below: worse.
  double coefficient = 0;
  double total = 0;  // Results gained in all: treated ones less what held-out ones say they would have been.
};

// Customers of equal rank are chosen together. None unless there are both treated and held-out customers.
std::optional<Qini> ComputeQini(std::vector<Ranked> customers);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_EXPERIMENT_QINI_H_
