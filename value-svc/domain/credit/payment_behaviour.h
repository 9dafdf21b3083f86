#ifndef VALUE_SVC_DOMAIN_CREDIT_PAYMENT_BEHAVIOUR_H_
#define VALUE_SVC_DOMAIN_CREDIT_PAYMENT_BEHAVIOUR_H_

#include <cstdint>
#include <optional>

#include "absl/types/span.h"
#include "value-svc/domain/estimation/beta_binomial.h"

namespace clientele::value {

// What was to be paid until a day, with days counted from any first one.
struct Invoice {
  int64_t issue_day = 0;
  int64_t due_day = 0;
  std::optional<int64_t> settle_day;
  double amount = 0;
  bool disputed = false;
};

// How one customer pays, as of the end of one day. Ratios and means are over settled invoices; 0 without one.
struct PaymentBehaviour {
  int64_t settled_count = 0;
  int64_t late_count = 0;
  double late_ratio = 0;
  double mean_days_beyond_terms = 0;      // Below 0 for who pays early.
  double weighted_days_beyond_terms = 0;  // By amount; early counts as 0, so that it hides nothing late.
  double disputed_ratio = 0;
  double open_amount = 0;
  double overdue_amount = 0;  // The part of it that was due before that day.
  // Overdue ÷ open; 0 when nothing is open.
  double overdue_share() const { return open_amount > 0 ? overdue_amount / open_amount : 0; }
  // Open ÷ limit: what of a credit limit is used. None without a limit.
  std::optional<double> LimitUse(std::optional<double> limit) const;
};

// Of invoices issued on or before `as_of`; what was settled later is open.
PaymentBehaviour ObservePayments(absl::Span<const Invoice> invoices, int64_t as_of);

// How late customers are as a rule, and how much that differs. INVALID_ARGUMENT without a settled invoice.
absl::StatusOr<BetaBinomial> FitLateness(absl::Span<const PaymentBehaviour> customers);

// The ratio of late invoices to expect of a customer: the own one, drawn to that of all.
inline double ExpectedLateRatio(const BetaBinomial& lateness, const PaymentBehaviour& customer) {
  return lateness.Rate({customer.late_count, customer.settled_count});
}

// On the PAYDEX-like scale: 80 when prompt, 70 at 15 days beyond terms, 50 at 30, 40 at 60, 30 at 90, 20 from
// 120; straight lines between.
double PaymentScore(double weighted_days_beyond_terms);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_CREDIT_PAYMENT_BEHAVIOUR_H_
