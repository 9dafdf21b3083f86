#include "value-svc/store/observation_codec.h"

#include <random>

#include <gtest/gtest.h>

namespace clientele::value {
namespace {

TEST(ObservationCodec, BringsBackWhatWasPacked) {
  std::mt19937_64 random(1);
  const auto number = [&] {
    return static_cast<int64_t>(random() >> (random() % 64)) * (random() % 2 ? 1 : -1);
  };
  const auto amount = [&] { return Decimal::FromMicros(absl::int128{number()} * 1'000); };
  std::vector<Observations> customers(50);
  std::vector<RescoreQueue::Mark> marks;
  for (Observations& customer : customers) {
    customer.customer = Id::New(absl::FromUnixMillis(1'700'000'000'000));
    customer.known = random() % 2 == 0;
    customer.active = random() % 2 == 0;
    for (int64_t* count :
         {&customer.order_count, &customer.interaction_count, &customer.won_referral_count,
          &customer.open_opportunity_count, &customer.lifetime_order_count, &customer.days_since_first_order,
          &customer.purchase_count, &customer.purchase_recency_days, &customer.purchase_age_days,
          &customer.due_order_count, &customer.late_order_count}) {
      *count = number();
    }
    for (Decimal* money : {&customer.revenue, &customer.weighted_revenue, &customer.order_cost,
                           &customer.cost_to_serve, &customer.referred_value, &customer.expected_pipeline,
                           &customer.undated_pipeline, &customer.lifetime_revenue, &customer.repeat_revenue,
                           &customer.open_amount, &customer.overdue_amount}) {
      *money = amount();
    }
    if (random() % 2) customer.last_interaction_time = absl::FromUnixMicros(number() >> 8);
    if (random() % 2) customer.last_order_time = absl::FromUnixMicros(number() >> 8);
    for (uint64_t deals = random() % 4; deals > 0; --deals) {
      ObservedDeal& deal = customer.deals.emplace_back();
      deal.open_age_days = number();
      if (random() % 2) deal.close_age_days = number();
      deal.won = random() % 2 == 0;
      deal.live = random() % 2 == 0;
      deal.amount = amount();
    }
    customer.due_micros = absl::int128{number()} * number();
    customer.late_micro_days = -customer.due_micros;
    marks.push_back({customer.customer, number(), absl::FromUnixMicros(number() >> 8)});
  }
  const std::string packed = PackObserved(customers, marks);
  const auto unpacked = UnpackObserved(packed);
  ASSERT_TRUE(unpacked.ok());
  EXPECT_EQ(unpacked->customers, customers);
  ASSERT_EQ(unpacked->marks.size(), marks.size());
  for (size_t i = 0; i < marks.size(); ++i) {
    EXPECT_EQ(unpacked->marks[i].customer, marks[i].customer);
    EXPECT_EQ(unpacked->marks[i].revision, marks[i].revision);
    EXPECT_EQ(unpacked->marks[i].since, marks[i].since);
  }
  EXPECT_TRUE(
      absl::IsDataLoss(UnpackObserved(std::string_view(packed).substr(0, packed.size() - 1)).status()));
  EXPECT_TRUE(UnpackObserved(PackObserved({}, {})).ok());
  // As a release wrote it whose layout had no number: no customers, no marks.
  EXPECT_TRUE(absl::IsDataLoss(UnpackObserved(std::string(2, '\0')).status()));
}

}  // namespace
}  // namespace clientele::value
