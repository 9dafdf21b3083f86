#include "value-svc/store/observation_codec.h"

#include <cstdint>

#include "value-svc/store/varint.h"

namespace clientele::value {
namespace {

// Rises with every change of what is packed: a run may be in work while a new release takes over. Negative,
// since what had no layout yet begins with a count.
constexpr int64_t kLayout = -2;

// Calls `visit` with every number of an observation, in an order that both directions share.
template <typename Observed, typename Visit>
void ForEachNumber(Observed& o, Visit visit) {
  for (auto* number :
       {&o.order_count, &o.interaction_count, &o.won_referral_count, &o.open_opportunity_count,
        &o.lifetime_order_count, &o.days_since_first_order, &o.purchase_count, &o.purchase_recency_days,
        &o.purchase_age_days, &o.due_order_count, &o.late_order_count}) {
    visit(*number);
  }
  for (auto* amount : {&o.revenue, &o.weighted_revenue, &o.order_cost, &o.cost_to_serve, &o.referred_value,
                       &o.expected_pipeline, &o.undated_pipeline, &o.lifetime_revenue, &o.repeat_revenue,
                       &o.open_amount, &o.overdue_amount, &o.credit_limit}) {
    visit(*amount);
  }
  visit(o.due_micros);
  visit(o.late_micro_days);
}

struct Putter {
  std::string& out;
  void operator()(int64_t number) { PutVarint(Zigzag(static_cast<uint64_t>(number)), out); }
  void operator()(absl::int128 number) { PutVarint(Zigzag(number), out); }
  void operator()(Decimal amount) { PutVarint(Zigzag(amount.micros()), out); }
};

struct Taker {
  std::string_view in;
  bool ok = true;
  void operator()(int64_t& number) {
    uint64_t raw = 0;
    ok = ok && TakeVarint(in, raw);
    number = static_cast<int64_t>(Unzigzag(raw));
  }
  void operator()(absl::int128& number) {
    absl::uint128 raw = 0;
    ok = ok && TakeVarint(in, raw);
    number = Unzigzag(raw);
  }
  void operator()(Decimal& amount) {
    absl::int128 micros = 0;
    (*this)(micros);
    amount = Decimal::FromMicros(micros);
  }
  Id TakeId() {
    ok = ok && in.size() >= Id::kSize;
    if (!ok) return Id();
    const Id id = *Id::FromBytes(in.substr(0, Id::kSize));
    in.remove_prefix(Id::kSize);
    return id;
  }
  int64_t TakeNumber() {
    int64_t number = 0;
    (*this)(number);
    return number;
  }
};

}  // namespace

std::string PackObserved(absl::Span<const Observations> customers,
                         absl::Span<const RescoreQueue::Mark> marks) {
  std::string packed;
  Putter put{packed};
  put(kLayout);
  put(static_cast<int64_t>(customers.size()));
  for (const Observations& customer : customers) {
    packed += customer.customer.bytes();
    put(int64_t{customer.known} + 2 * int64_t{customer.active} +
        4 * int64_t{customer.last_interaction_time.has_value()} +
        8 * int64_t{customer.last_order_time.has_value()});
    for (const auto& time : {customer.last_interaction_time, customer.last_order_time}) {
      put(absl::ToUnixMicros(time.value_or(absl::UnixEpoch())));
    }
    ForEachNumber(customer, put);
    put(static_cast<int64_t>(customer.deals.size()));
    for (const ObservedDeal& deal : customer.deals) {
      put(int64_t{deal.won} + 2 * int64_t{deal.live} + 4 * int64_t{deal.close_age_days.has_value()});
      put(deal.open_age_days);
      put(deal.close_age_days.value_or(0));
      put(deal.amount);
    }
  }
  put(static_cast<int64_t>(marks.size()));
  for (const RescoreQueue::Mark& mark : marks) {
    packed += mark.customer.bytes();
    put(mark.revision);
    put(absl::ToUnixMicros(mark.since));
  }
  return packed;
}

absl::StatusOr<ObservedShard> UnpackObserved(std::string_view packed) {
  ObservedShard shard;
  Taker take{packed};
  if (take.TakeNumber() != kLayout) {
    return absl::DataLossError(
        "a shard was read by another release of value-svc: cancel the run and begin it again");
  }
  for (int64_t left = take.TakeNumber(); left > 0 && take.ok; --left) {
    Observations& customer = shard.customers.emplace_back();
    customer.customer = take.TakeId();
    const int64_t flags = take.TakeNumber();
    customer.known = (flags & 1) != 0;
    customer.active = (flags & 2) != 0;
    const absl::Time last_interaction = absl::FromUnixMicros(take.TakeNumber());
    const absl::Time last_order = absl::FromUnixMicros(take.TakeNumber());
    if ((flags & 4) != 0) customer.last_interaction_time = last_interaction;
    if ((flags & 8) != 0) customer.last_order_time = last_order;
    ForEachNumber(customer, [&](auto& number) { take(number); });
    for (int64_t deals = take.TakeNumber(); deals > 0 && take.ok; --deals) {
      ObservedDeal& deal = customer.deals.emplace_back();
      const int64_t deal_flags = take.TakeNumber();
      deal.won = (deal_flags & 1) != 0;
      deal.live = (deal_flags & 2) != 0;
      deal.open_age_days = take.TakeNumber();
      const int64_t close_age_days = take.TakeNumber();
      if ((deal_flags & 4) != 0) deal.close_age_days = close_age_days;
      take(deal.amount);
    }
  }
  for (int64_t left = take.TakeNumber(); left > 0 && take.ok; --left) {
    RescoreQueue::Mark& mark = shard.marks.emplace_back();
    mark.customer = take.TakeId();
    mark.revision = take.TakeNumber();
    mark.since = absl::FromUnixMicros(take.TakeNumber());
  }
  if (!take.ok || !take.in.empty()) return absl::DataLossError("a shard's observations are cut short");
  return shard;
}

}  // namespace clientele::value
