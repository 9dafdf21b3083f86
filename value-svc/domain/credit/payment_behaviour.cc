#include "value-svc/domain/credit/payment_behaviour.h"

#include <algorithm>
#include <iterator>
#include <vector>

namespace clientele::value {

std::optional<double> PaymentBehaviour::LimitUse(std::optional<double> limit) const {
  if (!limit.has_value() || *limit <= 0) return std::nullopt;
  return open_amount / *limit;
}

PaymentBehaviour ObservePayments(absl::Span<const Invoice> invoices, int64_t as_of) {
  PaymentBehaviour seen;
  int64_t disputed = 0, days_beyond_terms = 0;
  double weighted = 0, amounts = 0;
  for (const Invoice& invoice : invoices) {
    if (invoice.issue_day > as_of) continue;
    if (!invoice.settle_day.has_value() || *invoice.settle_day > as_of) {
      seen.open_amount += invoice.amount;
      if (invoice.due_day < as_of) seen.overdue_amount += invoice.amount;
      continue;
    }
    const int64_t beyond_terms = *invoice.settle_day - invoice.due_day;
    ++seen.settled_count;
    if (beyond_terms > 0) ++seen.late_count;
    if (invoice.disputed) ++disputed;
    days_beyond_terms += beyond_terms;
    weighted += invoice.amount * static_cast<double>(std::max<int64_t>(beyond_terms, 0));
    amounts += invoice.amount;
  }
  if (seen.settled_count == 0) return seen;
  const double count = static_cast<double>(seen.settled_count);
  seen.late_ratio = static_cast<double>(seen.late_count) / count;
  seen.mean_days_beyond_terms = static_cast<double>(days_beyond_terms) / count;
  seen.disputed_ratio = static_cast<double>(disputed) / count;
  if (amounts > 0) seen.weighted_days_beyond_terms = weighted / amounts;
  return seen;
}

absl::StatusOr<BetaBinomial> FitLateness(absl::Span<const PaymentBehaviour> customers) {
  std::vector<Trials> groups;
  groups.reserve(customers.size());
  for (const PaymentBehaviour& customer : customers) {
    groups.push_back({customer.late_count, customer.settled_count});
  }
  return FitBetaBinomial(groups);
}

double PaymentScore(double weighted_days_beyond_terms) {
  struct Knot {
    double days, score;
  };
  static constexpr Knot kScale[] = {{0, 80}, {15, 70}, {30, 50}, {60, 40}, {90, 30}, {120, 20}};
  if (weighted_days_beyond_terms <= 0) return kScale[0].score;
  for (size_t i = 1; i < std::size(kScale); ++i) {
    const Knot &from = kScale[i - 1], &to = kScale[i];
    if (weighted_days_beyond_terms >= to.days) continue;
    return from.score +
           (weighted_days_beyond_terms - from.days) * (to.score - from.score) / (to.days - from.days);
  }
  return std::rbegin(kScale)->score;
}

}  // namespace clientele::value
