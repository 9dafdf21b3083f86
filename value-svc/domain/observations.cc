#include "value-svc/domain/observations.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/time/civil_time.h"
#include "value-svc/domain/orders.h"
#include "value-svc/domain/portfolio/reference_value.h"
#include "value-svc/domain/task_costs.h"

namespace clientele::value {
namespace {

constexpr absl::Duration kDay = absl::Hours(24);
constexpr int64_t kMicros = 1'000'000;

int64_t WholeDays(absl::Duration duration) { return duration / kDay; }

absl::Time StartOfDay(absl::Time time) {
  return absl::UnixEpoch() + absl::Floor(time - absl::UnixEpoch(), kDay);
}

// Days of UTC since 1970.
int64_t DayOf(absl::Time time) {
  return absl::ToCivilDay(time, absl::UTCTimeZone()) - absl::CivilDay(1970, 1, 1);
}

// Days beyond terms: paying on the due day itself is in time.
int64_t DaysLate(absl::Time due_day, absl::Time paid) {
  return std::max<int64_t>(0, WholeDays(paid - due_day));
}

class Observer {
 public:
  Observer(Id customer, absl::Time as_of, const ObservationTerms& terms)
      : as_of_(as_of), terms_(terms), start_(as_of - terms.horizon) {
    seen_.customer = customer;
  }

  void SetKnown() { seen_.known = true; }

  void AddOrder(const Fact& order) {
    if (seen_.lifetime_order_count == 0) seen_.days_since_first_order = WholeDays(as_of_ - order.event_time);
    seen_.last_order_time = order.event_time;  // They come by time.
    ++seen_.lifetime_order_count;
    seen_.lifetime_revenue += order.amount;
    AddPurchase(order);
    if (!InHorizon(order.event_time)) return;
    seen_.active = true;
    ++seen_.order_count;
    seen_.revenue += order.amount;
    seen_.order_cost += order.cost;
    revenue_by_quarter_[Quarter(order.event_time)] += order.amount.micros();
  }

  void AddPayment(const Fact& payment) {
    if (InHorizon(payment.event_time)) seen_.active = true;
    if (payment.order.has_value()) payments_[*payment.order].push_back(&payment);
  }

  void AddOpportunity(const Fact& opportunity) {
    const bool open =
        opportunity.step >= OpportunityStep::kProspecting && opportunity.step < OpportunityStep::kWon;
    const bool live = InHorizon(opportunity.event_time);
    if (opportunity.open_time.has_value()) AddDeal(opportunity, open, live);
    // One that nobody has touched for a whole horizon is dead, whatever its step says.
    if (!open || !live) return;
    seen_.active = true;
    ++seen_.open_opportunity_count;
    const absl::int128 hundredths = opportunity.amount.micros() * opportunity.probability_percent;
    pipeline_hundredths_ += hundredths;
    if (!opportunity.open_time.has_value()) undated_hundredths_ += hundredths;
  }

  void AddInteraction(const Fact& interaction) {
    if (!interaction.held) return;
    seen_.last_interaction_time = interaction.event_time;  // They come by time.
    if (!InHorizon(interaction.event_time)) return;
    ++seen_.interaction_count;
    const auto rate = terms_.activity_rates.find(interaction.channel);
    seen_.cost_to_serve += rate == terms_.activity_rates.end() ? interaction.cost : rate->second;
  }

  void AddTaskCost(const TaskCost& added) {
    if (InHorizon(added.time)) seen_.cost_to_serve += added.cost;
  }

  // The customer's own limit goes before those of customers who were merged into it; of these the one that
  // was set last.
  void AddCreditLimit(const Fact& set) {
    const auto rank = [&](const Fact& fact) {
      return std::pair(fact.origin == seen_.customer, fact.position);
    };
    if (credit_limit_ == nullptr || rank(*credit_limit_) < rank(set)) credit_limit_ = &set;
  }

  void AddReferred(const ReferredOrder& referred) {
    if (referred.referral_time > as_of_ || referred.order_time > as_of_ || !InHorizon(referred.order_time))
      return;
    ++seen_.won_referral_count;
    referred_scaled_ += referred.amount.micros() * referred.influence_percent *
                        FadingMicros(WholeDays(as_of_ - referred.order_time), kReferenceDiscountRate);
  }

  // After all payments are known.
  void AddCredit(const Fact& order) {
    if (order.amount <= Decimal()) return;
    // Payments fill the instalments one after the other.
    std::vector<Due> open = DuesOf(order);
    absl::int128 known = 0, late = 0;
    auto next = open.begin();
    if (const auto found = payments_.find(order.source); found != payments_.end()) {
      for (const Fact* payment : found->second) {
        for (Decimal left = payment->amount; left > Decimal() && next != open.end();) {
          const Decimal paid = std::min(left, next->amount);
          left -= paid;
          next->amount -= paid;
          known += paid.micros();
          late += paid.micros() * DaysLate(next->time, payment->event_time);
          if (next->amount == Decimal()) ++next;
        }
      }
    }
    for (; next != open.end(); ++next) {
      const int64_t days = DaysLate(next->time, as_of_);
      seen_.open_amount += next->amount;
      if (days == 0) continue;
      seen_.overdue_amount += next->amount;
      known += next->amount.micros();
      late += next->amount.micros() * days;
    }
    if (known == 0) return;
    ++seen_.due_order_count;
    if (late > 0) ++seen_.late_order_count;
    seen_.due_micros += known;
    seen_.late_micro_days += late;
  }

  Observations Finish() && {
    absl::int128 weighted = 0;
    for (size_t i = 0; i < std::size(kQuarterWeightMicros); ++i) {
      weighted += revenue_by_quarter_[i] * kQuarterWeightMicros[i];
    }
    // Divided once at the end: an exact sum has one rounding, whatever the number of orders.
    seen_.weighted_revenue = Decimal::FromMicros(weighted / kMicros);
    seen_.expected_pipeline = Decimal::FromMicros(pipeline_hundredths_ / 100);
    seen_.undated_pipeline = Decimal::FromMicros(undated_hundredths_ / 100);
    if (credit_limit_ != nullptr) seen_.credit_limit = credit_limit_->amount;
    seen_.referred_value = Decimal::FromMicros(referred_scaled_ / (100 * kMicros));
    return std::move(seen_);
  }

 private:
  // What of the order is due when, with the days of grace; nothing when that was not said. What came back is
  // off the last instalments.
  std::vector<Due> DuesOf(const Fact& order) const {
    std::vector<Due> dues = order.dues;
    if (dues.empty() && order.due_time.has_value()) {
      dues = {{*order.due_time, order.amount}};
    } else if (dues.empty() && terms_.default_terms_days > 0) {
      dues = {{StartOfDay(order.event_time) + terms_.default_terms_days * kDay, order.amount}};
    }
    Decimal left = order.amount;
    for (Due& due : dues) {
      due.time += terms_.grace_days * kDay;
      due.amount = std::min(due.amount, left);
      left -= due.amount;
    }
    std::erase_if(dues, [](const Due& due) { return due.amount <= Decimal(); });
    return dues;
  }

  void AddDeal(const Fact& opportunity, bool open, bool live) {
    const int64_t today = DayOf(as_of_);
    ObservedDeal deal;
    deal.open_age_days = std::max<int64_t>(0, today - DayOf(*opportunity.open_time));
    if (!open) {
      const absl::Time closed = opportunity.close_time.value_or(opportunity.event_time);
      deal.close_age_days = std::clamp<int64_t>(today - DayOf(closed), 0, deal.open_age_days);
    }
    deal.won = opportunity.step == OpportunityStep::kWon;
    deal.live = live;
    deal.amount = opportunity.amount;
    seen_.deals.push_back(deal);
  }

  // Orders come by time.
  void AddPurchase(const Fact& order) {
    const int64_t day = DayOf(order.event_time);
    if (seen_.purchase_count == 0) {
      first_purchase_day_ = last_purchase_day_ = day;
      seen_.purchase_count = 1;
      seen_.purchase_age_days = DayOf(as_of_) - day;
    }
    if (day != last_purchase_day_) ++seen_.purchase_count;
    last_purchase_day_ = day;
    seen_.purchase_recency_days = day - first_purchase_day_;
    if (day != first_purchase_day_) seen_.repeat_revenue += order.amount;
  }

  // The moment one horizon ago is out, `as_of` itself is in.
  bool InHorizon(absl::Time time) const { return time > start_ && time <= as_of_; }

  size_t Quarter(absl::Time time) const {
    const int64_t quarter = (as_of_ - time) / (terms_.horizon / std::size(kQuarterWeightMicros));
    return static_cast<size_t>(std::clamp<int64_t>(quarter, 0, std::size(kQuarterWeightMicros) - 1));
  }

  const absl::Time as_of_;
  const ObservationTerms& terms_;
  const absl::Time start_;
  Observations seen_;
  int64_t first_purchase_day_ = 0;
  int64_t last_purchase_day_ = 0;
  absl::int128 revenue_by_quarter_[std::size(kQuarterWeightMicros)] = {};
  absl::int128 pipeline_hundredths_ = 0;
  absl::int128 undated_hundredths_ = 0;
  absl::int128 referred_scaled_ = 0;  // In hundredths of millionths of a micro-unit.
  absl::flat_hash_map<Id, std::vector<const Fact*>> payments_;
  const Fact* credit_limit_ = nullptr;
};

}  // namespace

Observations Observe(Id customer, absl::Span<const Fact> facts,
                     absl::Span<const ReferredOrder> referred_orders, absl::Time as_of,
                     const ObservationTerms& terms) {
  Observer observer(customer, as_of, terms);
  const std::vector<const Fact*> counting = CountingFacts(facts, as_of);
  if (!counting.empty()) observer.SetKnown();
  const NetOrders net = NetOfReturns(counting);
  for (const Fact& order : net.orders) observer.AddOrder(order);
  for (const Fact* fact : counting) {
    switch (fact->kind) {
      case FactKind::kPaymentReceived:
        // What was paid for an order that was cancelled goes back.
        if (!fact->order.has_value() || !net.cancelled.contains(*fact->order)) observer.AddPayment(*fact);
        break;
      case FactKind::kOpportunityChanged:
        observer.AddOpportunity(*fact);
        break;
      case FactKind::kInteractionHeld:
        observer.AddInteraction(*fact);
        break;
      case FactKind::kCreditLimitSet:
        observer.AddCreditLimit(*fact);
        break;
      case FactKind::kServiceCostLogged:
        break;  // What each added, below.
      case FactKind::kOrderPlaced:
      case FactKind::kOrderCancelled:
      case FactKind::kOrderReturned:
        break;  // Net orders, above.
      case FactKind::kReferralRecorded:
      case FactKind::kReferralCancelled:
        break;  // Worth what the referred orders are worth.
    }
  }
  for (const TaskCost& added : TaskCosts(facts, as_of)) observer.AddTaskCost(added);
  for (const Fact& order : net.orders) observer.AddCredit(order);
  for (const ReferredOrder& referred : referred_orders) observer.AddReferred(referred);
  return std::move(observer).Finish();
}

}  // namespace clientele::value
