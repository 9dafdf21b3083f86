#ifndef VALUE_SVC_DOMAIN_EXPECTATION_PURCHASE_HISTORY_H_
#define VALUE_SVC_DOMAIN_EXPECTATION_PURCHASE_HISTORY_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace clientele::value {

// What somebody bought on one day, counted from any first day.
struct Purchase {
  int64_t day = 0;
  double amount = 0;
};

// All that the models need to know of one customer: x, t_x, T and z̄ of the literature. Times are in one unit,
// which is the caller's choice (weeks by Summarize) and that of the fitted parameters.
struct PurchaseHistory {
  int64_t repeat_count = 0;  // x: days with a purchase after the first such day.
  double recency = 0;        // t_x: from the first purchase to the last.
  double age = 0;            // T: from the first purchase to the end of the observation.
  double mean_spend = 0;     // z̄: the mean amount of a repeat day; 0 without one.

  friend bool operator==(const PurchaseHistory&, const PurchaseHistory&) = default;
};

inline constexpr double kDaysPerWeek = 7;

// The history in weeks as of the end of `last_day`; later purchases do not count. `log` is one customer's, in
// any order; purchases of one day are one, since two invoices of one visit are no return. It must hold a
// purchase on or before `last_day`.
PurchaseHistory Summarize(absl::Span<const Purchase> log, int64_t last_day);

// A history without its spending, and how many customers share it.
struct CountedHistory {
  int64_t repeat_count = 0;
  double recency = 0;
  double age = 0;
  int64_t customers = 0;
};

// The distinct histories, by repeat count, age and recency: likelihoods need each only once.
std::vector<CountedHistory> Collapse(absl::Span<const PurchaseHistory> histories);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_EXPECTATION_PURCHASE_HISTORY_H_
