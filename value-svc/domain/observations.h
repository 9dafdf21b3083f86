#ifndef VALUE_SVC_DOMAIN_OBSERVATIONS_H_
#define VALUE_SVC_DOMAIN_OBSERVATIONS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "value-svc/domain/fact.h"

namespace clientele::value {

// An order that was won with an opportunity which a customer helped to win.
struct ReferredOrder {
  Id order;
  absl::Time order_time;
  absl::Time referral_time;
  Decimal amount;
  int influence_percent = 0;
};

// An opportunity whose opening is known.
struct ObservedDeal {
  int64_t open_age_days = 0;              // Before the day of `as_of`.
  std::optional<int64_t> close_age_days;  // None while it is open.
  bool won = false;
  bool live = false;  // Changed within the horizon.
  Decimal amount;

  friend bool operator==(const ObservedDeal&, const ObservedDeal&) = default;
};

// By what facts are measured; a scoring model has its own.
struct ObservationTerms {
  absl::Duration horizon = absl::Hours(24) * 365;
  // Days after the due day that do not count as late.
  int64_t grace_days = 0;
  // When an order without a due date is due, in days after it; 0: it says nothing about credit.
  int64_t default_terms_days = 0;
  // What holding an interaction costs. Channels that are not there keep the rate that the fact was stored
  // with.
  std::map<Channel, Decimal> activity_rates;

  friend bool operator==(const ObservationTerms&, const ObservationTerms&) = default;
};

// What one customer's facts come to, as of one day: all that scoring needs, in integers, so that the order of
// the facts cannot matter.
struct Observations {
  Id customer;
  // There was a fact up to the day.
  bool known = false;
  // Ordered, paid or had an open opportunity within the horizon.
  bool active = false;

  // Within the horizon.
  int64_t order_count = 0;
  Decimal revenue;
  Decimal weighted_revenue;  // See kQuarterWeightMicros.
  Decimal order_cost;
  int64_t interaction_count = 0;
  Decimal cost_to_serve;
  int64_t won_referral_count = 0;
  Decimal referred_value;  // Σ referred orders' amount × influence, less the longer ago (FadingMicros).

  // Opportunities that are open, and were changed within the horizon.
  int64_t open_opportunity_count = 0;
  Decimal expected_pipeline;  // Σ amount × probability.
  Decimal undated_pipeline;   // The part of it of those whose opening is not known.
  // All opportunities whose opening is known, also long closed ones: what ages say is learned from them.
  std::vector<ObservedDeal> deals;

  // The whole history of purchases.
  int64_t lifetime_order_count = 0;
  Decimal lifetime_revenue;
  int64_t days_since_first_order = 0;
  std::optional<absl::Time> last_order_time;
  // The same by days (UTC), as the models of repeat buying count: orders of one day are one purchase.
  int64_t purchase_count = 0;
  int64_t purchase_recency_days = 0;  // From the first purchase to the last.
  int64_t purchase_age_days = 0;      // From the first purchase to the day of `as_of`.
  Decimal repeat_revenue;             // Of all purchases but the first.
  // None without an interaction that was held.
  std::optional<absl::Time> last_interaction_time;

  // Orders with a due date: what was paid of them, and what is overdue. What is open and not yet due says
  // nothing of how they are paid.
  int64_t due_order_count = 0;
  int64_t late_order_count = 0;  // Of them, those with a part that was paid late or is overdue.
  Decimal open_amount;           // Of orders with a due date, what is not paid yet;
  Decimal overdue_amount;        // and what of that should have been.
  Decimal credit_limit;          // What may be open; 0 without a limit.
  absl::int128 due_micros = 0;
  absl::int128 late_micro_days = 0;  // Σ micro-units × whole days beyond terms.

  friend bool operator==(const Observations&, const Observations&) = default;
};

// How much an order counts by its age, in quarters of the horizon: the newest first.
inline constexpr int64_t kQuarterWeightMicros[] = {1'000'000, 800'000, 600'000, 400'000};

// `facts` are one customer's, in any order, also with facts twice or later than `as_of`, which do not count;
// `referred_orders` are those of opportunities that this customer's referrals name, again in any order.
Observations Observe(Id customer, absl::Span<const Fact> facts,
                     absl::Span<const ReferredOrder> referred_orders, absl::Time as_of,
                     const ObservationTerms& terms);

}  // namespace clientele::value

#endif  // VALUE_SVC_DOMAIN_OBSERVATIONS_H_
