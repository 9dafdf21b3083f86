#include <cmath>

#include "lifecycle-svc/rpc/random_history.h"

namespace clientele::lifecycle {
namespace {

using Figure = v1::ListFunnelCustomersRequest::Figure;
using DealFigure = v1::ListVelocityOpportunitiesRequest::Figure;

// Every figure, as of any time, for any slice and viewer, equals what the raw history says, and has a list of
// exactly as many rows behind it.
class FunnelTest : public RandomHistory {
 protected:
  FunnelTest() { whole_ = true; }
  struct Asked {
    Slice slice;
    Viewer viewer;
    absl::Time as_of;
    bool is_now = false;
    std::optional<absl::Time> start, end;
  };
  Asked Ask(const std::vector<Viewer>& viewers) {
    Asked asked{RandomSlice(), viewers[Pick(viewers.size())], now(), Pick(3) == 0, {}, {}};
    if (!asked.is_now) asked.as_of = PastTime();
    if (Pick(3) == 0) asked.start = PastTime() - absl::Hours(1000);
    if (Pick(3) == 0) asked.end = PastTime();
    return asked;
  }
  template <typename Request>
  static Request RequestFor(const Asked& asked) {
    Request request;
    Set(asked.slice, request);
    if (!asked.is_now) *request.mutable_as_of_time() = servicekit::ToProto(asked.as_of);
    if (asked.start.has_value()) *request.mutable_start_time() = servicekit::ToProto(*asked.start);
    if constexpr (requires { request.mutable_end_time(); }) {
      if (asked.end.has_value()) *request.mutable_end_time() = servicekit::ToProto(*asked.end);
    }
    return request;
  }
  // The customers of the cohort as they stood.
  std::map<std::string, Plain> Standing(const Asked& asked) {
    std::map<std::string, Plain> standing;
    for (const LedgerCustomer& customer : Groups()) {
      if (!Sees(asked.viewer, customer.known) || !IsIn(asked.slice, customer)) continue;
      const Plain plain = Tell(customer.happenings, asked.as_of);
      if (plain.stage == 0 || (asked.start.has_value() && plain.entered < *asked.start) ||
          (asked.end.has_value() && plain.entered >= *asked.end)) {
        continue;
      }
      standing[NameOf("customers", customer.known.id)] = plain;
    }
    return standing;
  }
  void ExpectCustomers(const Asked& asked, const std::map<std::string, Plain>& standing, Figure figure,
                       int stage, int64_t figure_value, const std::function<bool(const Plain&)>& counts) {
    std::vector<std::string> expected;
    for (const auto& [name, plain] : standing) {
      if (counts(plain)) expected.push_back(name);
    }
    EXPECT_EQ(figure_value, static_cast<int64_t>(expected.size())) << figure << " " << stage;
    auto request = RequestFor<v1::ListFunnelCustomersRequest>(asked);
    request.set_figure(figure);
    request.set_stage(static_cast<type::v1::Stage>(stage));
    std::vector<std::string> listed;
    for (const auto& row : AllPages(
             request, asked.viewer.token,
             [&](const auto&r, const auto&t) { return ListFunnelCustomers(r, t); },
             [](const auto&page) { return page.customers(); })) {
      listed.push_back(row.customer());
    }
    std::sort(listed.begin(), listed.end());
    EXPECT_EQ(listed, expected) << figure << " " << stage;
  }
  static int64_t Hours(absl::Duration duration) { return absl::ToInt64Hours(duration); }
  static int64_t Percentile(std::vector<int64_t> values, size_t percent) {
    std::sort(values.begin(), values.end());
    return values[(values.size() * percent + 99) / 100 - 1];
  }
};

TEST_F(FunnelTest, FiguresAndListsEqualTheRawHistory) {
  MakeCompany(40);
  for (int i = 0; i < 400; ++i) ASSERT_NO_FATAL_FAILURE(Happen());
  const std::vector<Viewer> viewers = Viewers();
  for (int round = 0; round < 25; ++round) {
    const Asked asked = Ask(viewers);
    const auto standing = Standing(asked);
    const auto funnel = QueryFunnel(RequestFor<v1::QueryFunnelRequest>(asked), asked.viewer.token);
    ASSERT_TRUE(funnel.ok()) << funnel.status();
    ExpectCustomers(asked, standing, v1::ListFunnelCustomersRequest::CUSTOMERS, 0, funnel->customer_count(),
                    [](const Plain&) { return true; });
    ExpectCustomers(asked, standing, v1::ListFunnelCustomersRequest::LOST, 0, funnel->lost_count(),
                    [](const Plain& p) { return p.stage == 6; });
    ExpectCustomers(asked, standing, v1::ListFunnelCustomersRequest::DORMANT, 0, funnel->dormant_count(),
                    [](const Plain& p) { return p.stage == 7; });
    ExpectCustomers(asked, standing, v1::ListFunnelCustomersRequest::RECYCLED, 0, funnel->recycled_count(),
                    [](const Plain& p) { return p.recycled > 0; });
    for (const auto& row : funnel->stages()) {
      const int stage = row.stage();
      ExpectCustomers(asked, standing, v1::ListFunnelCustomersRequest::REACHED, stage, row.reached_count(),
                      [&](const Plain& p) { return p.furthest >= stage; });
      ExpectCustomers(asked, standing, v1::ListFunnelCustomersRequest::CURRENT, stage, row.current_count(),
                      [&](const Plain& p) { return p.stage == stage; });
      ExpectCustomers(asked, standing, v1::ListFunnelCustomersRequest::LOST, stage, row.lost_count(),
                      [&](const Plain& p) { return p.lost_from == stage; });
      ExpectCustomers(asked, standing, v1::ListFunnelCustomersRequest::RECYCLED, stage, row.recycled_count(),
                      [&](const Plain& p) { return p.stage == stage && p.recycled > 0; });
    }
  }
}

TEST_F(FunnelTest, CohortsAddUpToTheFunnelAndAreThoseWhoEnteredThen) {
  MakeCompany(40);
  for (int i = 0; i < 150; ++i) ASSERT_NO_FATAL_FAILURE(Happen());
  for (const auto period :
       {v1::QueryFunnelRequest::MONTH, v1::QueryFunnelRequest::QUARTER, v1::QueryFunnelRequest::YEAR}) {
    v1::QueryFunnelRequest request;
    request.set_cohort_period(period);
    const auto funnel = QueryFunnel(request);
    ASSERT_TRUE(funnel.ok()) << funnel.status();
    int64_t customers = 0;
    absl::Time end_before = absl::InfinitePast();
    for (const auto& cohort : funnel->cohorts()) {
      customers += cohort.customer_count();
      v1::QueryFunnelRequest alone;
      *alone.mutable_start_time() = cohort.start_time();
      *alone.mutable_end_time() = cohort.end_time();
      const auto same = QueryFunnel(alone);
      EXPECT_EQ(same->customer_count(), cohort.customer_count());
      EXPECT_EQ(same->stages(3).reached_count(), cohort.stages(3).reached_count());
      EXPECT_EQ(same->recycled_count(), cohort.recycled_count());
      const absl::Time start = *servicekit::FromProto("", cohort.start_time());
      EXPECT_GE(start, end_before);
      end_before = *servicekit::FromProto("", cohort.end_time());
    }
    EXPECT_EQ(customers, static_cast<int64_t>(Groups().size()));
  }
}

TEST_F(FunnelTest, StageTimesEqualTheRawHistory) {
  MakeCompany(40);
  for (int i = 0; i < 400; ++i) ASSERT_NO_FATAL_FAILURE(Happen());
  const std::vector<Viewer> viewers = Viewers();
  for (int round = 0; round < 15; ++round) {
    const Asked asked = Ask(viewers);
    const auto times = QueryStageTimes(RequestFor<v1::QueryStageTimesRequest>(asked), asked.viewer.token);
    ASSERT_TRUE(times.ok()) << times.status();
    for (const auto& row : times->stages()) {
      std::vector<int64_t> hours;
      int64_t open = 0;
      for (const auto& [name, plain] : Standing(asked)) {
        const PlainMove* visit = nullptr;
        for (const PlainMove& move : plain.moves) {
          if (!move.transition) continue;
          if (visit != nullptr && visit->to == row.stage()) hours.push_back(Hours(move.time - visit->time));
          visit = &move;
        }
        if (visit != nullptr && visit->to == row.stage()) ++open;
      }
      EXPECT_EQ(row.ended_count(), static_cast<int64_t>(hours.size()));
      EXPECT_EQ(row.open_count(), open);
      EXPECT_EQ(row.has_median_time(), !hours.empty());
      if (!hours.empty()) {
        EXPECT_EQ(row.median_time().seconds(), Percentile(hours, 50) * 3600);
        EXPECT_EQ(row.p90_time().seconds(), Percentile(hours, 90) * 3600);
      }
      for (const bool still : {false, true}) {
        auto list = RequestFor<v1::ListStageVisitsRequest>(asked);
        list.set_stage(row.stage());
        list.set_open(still);
        std::vector<int64_t> listed;
        for (const auto& visit : AllPages(
                 list, asked.viewer.token, [&](const auto&r, const auto&t) { return ListStageVisits(r, t); },
                 [](const auto&page) { return page.visits(); })) {
          EXPECT_EQ(visit.stage(), row.stage());
          EXPECT_EQ(visit.has_end_time(), !still);
          if (!still) {
            listed.push_back(Hours(*servicekit::FromProto("", visit.end_time()) -
                                   *servicekit::FromProto("", visit.start_time())));
          } else {
            listed.push_back(0);
          }
        }
        EXPECT_EQ(static_cast<int64_t>(listed.size()), still ? row.open_count() : row.ended_count());
        if (!still) {
          std::sort(listed.begin(), listed.end());
          std::sort(hours.begin(), hours.end());
          EXPECT_EQ(listed, hours);
        }
      }
    }
  }
}

TEST_F(FunnelTest, VelocityEqualsTheRawHistory) {
  MakeCompany(40);
  for (int i = 0; i < 500; ++i) ASSERT_NO_FATAL_FAILURE(Happen());
  const std::vector<Viewer> viewers = Viewers();
  using Request = v1::QueryVelocityRequest;
  for (int round = 0; round < 40; ++round) {
    const Asked asked = Ask(viewers);
    auto request = RequestFor<Request>(asked);
    const int by = static_cast<int>(Pick(6));
    request.set_group_by(static_cast<Request::GroupBy>(by));
    const auto velocity = QueryVelocity(request, asked.viewer.token);
    ASSERT_TRUE(velocity.ok()) << velocity.status();
    struct Sum {
      int64_t open = 0, won = 0, lost = 0, amount = 0, seconds = 0;
    };
    std::map<std::string, Sum> sums;
    std::set<std::string> names[4];
    for (const LedgerDeal& deal : deals_) {
      const KnownCustomer& known = KnownOf(deal);
      if (!Sees(asked.viewer, known) || !InMarket(asked.slice, known)) continue;
      if (asked.slice.owner.has_value() && deal.owner != *asked.slice.owner) continue;
      if (asked.slice.team.has_value() && !IsUnder(TeamOf(deal.owner), *asked.slice.team)) continue;
      if (asked.slice.product.has_value() && deal.product != *asked.slice.product) continue;
      const bool open = deal.open <= asked.as_of && deal.close > asked.as_of;
      const bool closed =
          deal.close <= asked.as_of && (!asked.start.has_value() || deal.close >= *asked.start);
      std::vector<std::string> groups = {""};
      if (by == Request::OWNER) groups = {NameOf("representatives", deal.owner)};
      if (by == Request::TEAM) groups = {NameOf("teams", TeamOf(deal.owner))};
      if (by == Request::INDUSTRY) groups = {known.industry};
      if (by == Request::PRODUCT) groups = {NameOf("products", deal.product)};
      if (by == Request::TARGET_MARKET && !known.target_markets->empty()) {
        groups.clear();
        for (const Id& market : *known.target_markets) groups.push_back(NameOf("targetMarkets", market));
      }
      if (open) names[v1::ListVelocityOpportunitiesRequest::OPEN].insert(deal.name);
      if (closed) names[deal.outcome == 1 ? 2 : 3].insert(deal.name);
      for (const std::string& group : groups) {
        Sum& sum = sums[group];
        sum.open += open ? 1 : 0;
        if (!closed) continue;
        if (deal.outcome == 2) {
          ++sum.lost;
        } else {
          ++sum.won;
          sum.amount += deal.kept;
          sum.seconds += absl::ToInt64Seconds(deal.close - deal.open);
        }
      }
    }
    if (by == 0) sums[""];
    ASSERT_EQ(static_cast<size_t>(velocity->rows_size()), sums.size()) << by;
    for (const auto& row : velocity->rows()) {
      ASSERT_TRUE(sums.contains(row.group())) << row.group();
      const Sum& sum = sums[row.group()];
      EXPECT_EQ(row.open_count(), sum.open);
      EXPECT_EQ(row.won_count(), sum.won);
      EXPECT_EQ(row.lost_count(), sum.lost);
      EXPECT_EQ(row.won_amount().units(), sum.amount);
      if (sum.won == 0) continue;
      const double won = static_cast<double>(sum.won), days = static_cast<double>(sum.seconds) / 86400 / won;
      EXPECT_NEAR(row.cycle_days(), days, 1e-9);
      const double rate = won / static_cast<double>(sum.won + sum.lost);
      EXPECT_NEAR(row.win_rate(), rate, 1e-12);
      if (sum.seconds == 0) continue;
      const double a_day =
          static_cast<double>(sum.open) * static_cast<double>(sum.amount) / won * rate / days;
      EXPECT_NEAR(static_cast<double>(row.velocity().units()) + row.velocity().nanos() * 1e-9, a_day, 0.0051);
    }
    for (const DealFigure figure :
         {v1::ListVelocityOpportunitiesRequest::OPEN, v1::ListVelocityOpportunitiesRequest::WON,
          v1::ListVelocityOpportunitiesRequest::LOST}) {
      auto list = RequestFor<v1::ListVelocityOpportunitiesRequest>(asked);
      list.set_figure(figure);
      std::set<std::string> listed;
      for (const auto& row : AllPages(
               list, asked.viewer.token,
               [&](const auto&r, const auto&t) { return ListVelocityOpportunities(r, t); },
               [](const auto&page) { return page.opportunities(); })) {
        EXPECT_TRUE(listed.insert(row.name()).second);
      }
      EXPECT_EQ(listed, names[figure]);
      // Behind each row lie exactly those that it counts, also behind that of those who have no group.
      if (by == 0) continue;
      list.set_group_by(request.group_by());
      list.set_page_size(1000);
      for (const auto& row : velocity->rows()) {
        list.set_group(row.group());
        const auto of_row = ListVelocityOpportunities(list, asked.viewer.token);
        ASSERT_TRUE(of_row.ok()) << of_row.status();
        const Sum& sum = sums[row.group()];
        EXPECT_EQ(of_row->opportunities_size(),
                  figure == v1::ListVelocityOpportunitiesRequest::OPEN  ? sum.open
                  : figure == v1::ListVelocityOpportunitiesRequest::WON ? sum.won
                                                                        : sum.lost)
            << row.group();
      }
    }
  }
}

TEST_F(FunnelTest, WrongQuestionsAreRefusedByField) {
  v1::ListFunnelCustomersRequest list;
  list.set_figure(v1::ListFunnelCustomersRequest::REACHED);
  EXPECT_EQ(servicekit::GetFieldViolations(ListFunnelCustomers(list).status())[0].field, "stage");
  list.set_stage(type::v1::LOST);
  EXPECT_EQ(servicekit::GetFieldViolations(ListFunnelCustomers(list).status())[0].field, "stage");
  v1::QueryFunnelRequest funnel;
  *funnel.mutable_as_of_time() = servicekit::ToProto(now() + absl::Hours(1));
  EXPECT_EQ(servicekit::GetFieldViolations(QueryFunnel(funnel).status())[0].field, "as_of_time");
  v1::ListVelocityOpportunitiesRequest deals;
  deals.set_figure(v1::ListVelocityOpportunitiesRequest::OPEN);
  deals.set_group(NameOf("teams", Id::New(now())));
  EXPECT_EQ(servicekit::GetFieldViolations(ListVelocityOpportunities(deals).status())[0].field, "group_by");
  deals.set_group_by(v1::QueryVelocityRequest::OWNER);
  EXPECT_EQ(servicekit::GetFieldViolations(ListVelocityOpportunities(deals).status())[0].field, "group");
  v1::QueryVelocityRequest velocity;
  velocity.set_target_market("targetMarkets/x");
  EXPECT_EQ(servicekit::GetFieldViolations(QueryVelocity(velocity).status())[0].field, "target_market");
}

}  // namespace
}  // namespace clientele::lifecycle
