#include <cmath>

#include "lifecycle-svc/rpc/random_history.h"

namespace clientele::lifecycle {
namespace {

// Every forecast, as of any day, for any slice and viewer, equals what the raw history says, each deal by
// itself.
class ForecastHistoryTest : public RandomHistory {
 protected:
  ForecastHistoryTest() { whole_ = true; }

  struct Asked {
    Slice slice;
    Viewer viewer;
    absl::CivilDay day;
    int horizon = 0;
  };
  // A deal as it was known at the end of a day.
  struct PlainDeal {
    int age = 0;
    bool won = false, lost = false;
    double amount = 0, percent = 0;
  };
  struct Expected {
    int64_t won = 0, lost = 0, open = 0;
    double amount = 0, listed = 0, conditional = 0;
  };

  static absl::Time EndOf(absl::CivilDay day) { return absl::FromCivil(day + 1, absl::UTCTimeZone()); }
  static absl::CivilDay DayOf(absl::Time time) { return absl::ToCivilDay(time, absl::UTCTimeZone()); }
  static double Number(const google::type::Money& money) {
    return static_cast<double>(money.units()) + money.nanos() / 1e9;
  }

  // Here the team is the customer's.
  bool IsAsked(const Asked& asked, const LedgerDeal& deal) const {
    const KnownCustomer& known = KnownOf(deal);
    const Slice& slice = asked.slice;
    return Sees(asked.viewer, known) && (slice.industry.empty() || known.industry == slice.industry) &&
           (!slice.owner.has_value() || deal.owner == *slice.owner) &&
           (!slice.team.has_value() || IsUnder(known.team, *slice.team)) &&
           (!slice.product.has_value() || deal.product == *slice.product);
  }

  std::vector<PlainDeal> DealsAt(const Asked& asked, absl::CivilDay day) const {
    std::vector<PlainDeal> deals;
    for (const LedgerDeal& deal : deals_) {
      if (!IsAsked(asked, deal) || deal.open >= EndOf(day)) continue;
      PlainDeal& plain = deals.emplace_back();
      const bool closed = deal.close < EndOf(day);
      plain.age = static_cast<int>((closed ? DayOf(deal.close) : day) - DayOf(deal.open));
      plain.won = closed && deal.outcome == 1;
      plain.lost = closed && deal.outcome == 2;
      absl::Time known = absl::InfinitePast();
      for (const LedgerStep& step : deal.steps) {
        if (step.time >= EndOf(day) || step.time < known) continue;
        known = step.time;
        plain.amount = static_cast<double>(step.amount);
        plain.percent = step.percent;
      }
    }
    return deals;
  }

  // The chance that a deal which is open at `age` is won within `horizon` days: day by day, of those that
  // came so far, the share that was won on that day.
  static double Chance(const std::vector<PlainDeal>& deals, int age, int horizon) {
    double still_open = 1, chance = 0;
    for (int day = age + 1; day <= age + horizon; ++day) {
      double at_risk = 0, won = 0, lost = 0;
      for (const PlainDeal& deal : deals) {
        if (deal.age < day) continue;
        ++at_risk;
        won += deal.age == day && deal.won;
        lost += deal.age == day && deal.lost;
      }
      if (at_risk == 0) break;
      chance += still_open * won / at_risk;
      still_open *= 1 - (won + lost) / at_risk;
    }
    return chance;
  }

  Expected Work(const Asked& asked, absl::CivilDay day) const {
    const std::vector<PlainDeal> deals = DealsAt(asked, day);
    Expected expected;
    for (const PlainDeal& deal : deals) {
      expected.won += deal.won;
      expected.lost += deal.lost;
      if (deal.won || deal.lost) continue;
      ++expected.open;
      expected.amount += deal.amount;
      expected.listed += deal.amount * deal.percent / 100;
      expected.conditional += deal.amount * Chance(deals, deal.age, asked.horizon);
    }
    return expected;
  }

  void ExpectForecast(const v1::GetForecastResponse::Forecast& forecast, const Expected& expected) {
    EXPECT_EQ(forecast.open_count(), expected.open);
    EXPECT_NEAR(Number(forecast.open_amount()), expected.amount, 0.001);
    EXPECT_NEAR(Number(forecast.static_amount()), expected.listed, 0.001);
    EXPECT_NEAR(Number(forecast.conditional_amount()), expected.conditional, 0.001);
  }
};

TEST_F(ForecastHistoryTest, ForecastsEqualTheRawHistory) {
  MakeCompany(30);
  for (int i = 0; i < 700; ++i) ASSERT_NO_FATAL_FAILURE(Happen());
  const std::vector<Viewer> viewers = Viewers();
  int64_t open = 0, won = 0;
  for (int round = 0; round < 40; ++round) {
    Asked asked{RandomSlice(), viewers[Pick(viewers.size())], DayOf(PastTime()),
                5 + static_cast<int>(Pick(40))};
    asked.slice.market.reset();
    if (round % 4 == 0) asked = {{}, viewers[0], DayOf(now()) - static_cast<int>(Pick(5)), 20};
    v1::GetForecastRequest request;
    if (asked.slice.owner.has_value()) request.set_owner(NameOf("representatives", *asked.slice.owner));
    if (asked.slice.team.has_value()) request.set_team(NameOf("teams", *asked.slice.team));
    if (asked.slice.product.has_value()) request.set_product(NameOf("products", *asked.slice.product));
    request.set_industry(asked.slice.industry);
    *request.mutable_as_of_date() = servicekit::ToProto(asked.day);
    request.set_horizon_days(asked.horizon);
    request.set_past_count(3);
    const auto response = GetForecast(request, asked.viewer.token);
    ASSERT_TRUE(response.ok()) << response.status();
    const Expected expected = Work(asked, asked.day);
    ExpectForecast(response->forecast(), expected);
    EXPECT_EQ(response->won_count(), expected.won);
    EXPECT_EQ(response->lost_count(), expected.lost);
    open += expected.open;
    won += expected.won;
    int past = 0;
    for (int back = 1; back <= 3; ++back) {
      const absl::CivilDay day = asked.day - back * asked.horizon;
      const Expected then = Work(asked, day);
      if (then.won + then.lost == 0) continue;
      ASSERT_LT(past, response->past_size());
      const auto& told = response->past(past++);
      EXPECT_EQ(*servicekit::FromProto("", told.as_of_date()), day);
      ExpectForecast(told.forecast(), then);
      int64_t count = 0;
      double amount = 0;
      for (const LedgerDeal& deal : deals_) {
        const bool came = IsAsked(asked, deal) && deal.outcome == 1 && deal.open < EndOf(day) &&
                          deal.close >= EndOf(day) && deal.close < EndOf(day + asked.horizon);
        count += came;
        amount += came ? static_cast<double>(deal.amount) : 0;
      }
      EXPECT_EQ(told.won_count(), count);
      EXPECT_NEAR(Number(told.won_amount()), amount, 0.001);
    }
    EXPECT_EQ(past, response->past_size());
  }
  EXPECT_GT(open, 100);
  EXPECT_GT(won, 100);
}

}  // namespace
}  // namespace clientele::lifecycle
