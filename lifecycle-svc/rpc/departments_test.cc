#include "lifecycle-svc/rpc/random_history.h"

namespace clientele::lifecycle {
namespace {

using Figure = v1::ListDepartmentTransitionsRequest::Figure;
using R = v1::ListDepartmentTransitionsRequest;

// Marketing, sales, service: who is responsible in a stage, and who serves a customer in it.
int ResponsibleIn(int stage) { return stage == 0 ? 0 : stage <= 2 || stage >= 6 ? 1 : stage == 3 ? 2 : 3; }
int ServedBy(int stage) { return stage >= 6 ? 0 : ResponsibleIn(stage); }

struct PlainRow {
  std::map<int, int64_t> counts;  // By figure.
  std::vector<int64_t> hours;
};
using PlainKey = std::tuple<int, std::string, std::string>;

class DepartmentsTest : public RandomHistory {
 protected:
  DepartmentsTest() { whole_ = true; }
  struct Asked {
    Slice slice;
    Viewer viewer;
    absl::Time start, end;
    int days = 7;
    v1::QueryDepartmentsRequest::GroupBy level = v1::QueryDepartmentsRequest::DEPARTMENT;
  };
  template <typename Request>
  static Request RequestFor(const Asked& asked) {
    Request request;
    Set(asked.slice, request);
    *request.mutable_start_time() = servicekit::ToProto(asked.start);
    *request.mutable_end_time() = servicekit::ToProto(asked.end);
    request.set_acceptance_days(asked.days == 7 ? 0 : asked.days);
    request.set_group_by(asked.level);
    return request;
  }

  // The figures as they were told at `end`: what happened later is not in the history yet.
  std::map<PlainKey, PlainRow> Work(const Asked& asked) {
    std::map<PlainKey, PlainRow> rows;
    for (const LedgerCustomer& customer : Groups()) {
      if (!Sees(asked.viewer, customer.known) || !IsIn(asked.slice, customer)) continue;
      const Plain plain = Tell(customer.happenings, asked.end - absl::Microseconds(1));
      std::optional<absl::Time> stay_since;
      for (size_t i = 0; i < plain.moves.size(); ++i) {
        const PlainMove& move = plain.moves[i];
        const int from = move.from, to = move.to;
        const bool leaves = move.transition && ServedBy(from) != ServedBy(to);
        const auto since = stay_since;
        if (leaves) stay_since = ServedBy(to) == 0 ? std::nullopt : std::optional(move.time);
        if (move.time < asked.start || (!move.transition && !move.later_order)) continue;
        const int department = ResponsibleIn(from == 0 ? to : from);
        PlainKey key{department, "", ""};
        if (asked.level >= v1::QueryDepartmentsRequest::TEAM && move.team.has_value()) {
          std::get<1>(key) = NameOf("teams", *move.team);
        }
        if (asked.level == v1::QueryDepartmentsRequest::REPRESENTATIVE && move.representative.has_value()) {
          std::get<2>(key) = NameOf("representatives", *move.representative);
        }
        PlainRow& row = rows[key];
        if (move.later_order) ++row.counts[R::REPURCHASES];
        if (move.later_order && FollowedWork(customer, move.time)) ++row.counts[R::SERVED_REPURCHASES];
        if (!move.transition) continue;
        ++row.counts[R::TRANSITIONS];
        if (to >= 6) ++row.counts[R::LOST];
        if (leaves && ServedBy(from) != 0) {
          ++row.counts[R::STAYS];
          row.hours.push_back(absl::ToInt64Hours(move.time - *since));
        }
        const bool forward = to <= 5 && (from >= 6 || to > from);
        if (from == 0 || !forward || ResponsibleIn(to) == department) continue;
        ++row.counts[R::HANDED_OVER];
        ++row.counts[FateOf(plain, i, asked)];
      }
    }
    return rows;
  }
  static bool FollowedWork(const LedgerCustomer& customer, absl::Time ordered) {
    return std::any_of(customer.finished_work.begin(), customer.finished_work.end(),
                       [&](absl::Time finished) {
                         return finished < ordered && ordered <= finished + absl::Hours(24 * kRepurchaseDays);
                       });
  }
  // What became of the hand-over that was move `i`.
  static Figure FateOf(const Plain& plain, size_t i, const Asked& asked) {
    const int receiver = ServedBy(plain.moves[i].to);
    const absl::Time time = plain.moves[i].time, kept = time + absl::Hours(24 * asked.days);
    for (size_t j = i + 1; j < plain.moves.size(); ++j) {
      const PlainMove& move = plain.moves[j];
      if (!move.transition || ServedBy(move.to) == receiver) continue;
      const bool back = move.to <= 5 && move.to < move.from;
      return back && move.time < kept ? R::BOUNCED : R::ACCEPTED;
    }
    return kept <= asked.end ? R::ACCEPTED : R::PENDING;
  }
  static int64_t Percentile(std::vector<int64_t> values, size_t percent) {
    std::sort(values.begin(), values.end());
    return values[(values.size() * percent + 99) / 100 - 1];
  }
};

TEST_F(DepartmentsTest, FiguresAndListsEqualTheRawHistory) {
  MakeCompany(30);
  for (int i = 0; i < 700; ++i) ASSERT_NO_FATAL_FAILURE(Happen());
  const std::vector<Viewer> viewers = Viewers();
  int64_t bounced = 0, pending = 0, repurchases = 0, served = 0;
  for (int round = 0; round < 18; ++round) {
    Asked asked{RandomSlice(), viewers[Pick(viewers.size())], PastTime(), now(), Pick(2) == 0 ? 7 : 30};
    asked.end = std::max(asked.start + absl::Hours(1), PastTime());
    if (round % 3 == 0) asked = {{}, viewers[0], now() - absl::Hours(9000), now(), 7};
    asked.level = static_cast<v1::QueryDepartmentsRequest::GroupBy>(1 + round % 3);
    auto expected = Work(asked);
    const auto response =
        QueryDepartments(RequestFor<v1::QueryDepartmentsRequest>(asked), asked.viewer.token);
    ASSERT_TRUE(response.ok()) << response.status();
    ASSERT_EQ(static_cast<size_t>(response->rows_size()), expected.size());
    for (const auto& row : response->rows()) {
      const PlainKey key{row.department(), row.team(), row.representative()};
      ASSERT_TRUE(expected.contains(key)) << row.ShortDebugString();
      PlainRow& plain = expected[key];
      const std::pair<Figure, int64_t> figures[] = {{R::TRANSITIONS, row.transition_count()},
                                                    {R::HANDED_OVER, row.handed_over_count()},
                                                    {R::ACCEPTED, row.accepted_count()},
                                                    {R::BOUNCED, row.bounced_count()},
                                                    {R::PENDING, row.pending_count()},
                                                    {R::LOST, row.lost_count()},
                                                    {R::STAYS, row.stay_count()},
                                                    {R::REPURCHASES, row.repurchase_count()},
                                                    {R::SERVED_REPURCHASES, row.served_repurchase_count()}};
      for (const auto& [figure, value] : figures) {
        EXPECT_EQ(value, plain.counts[figure]) << R::Figure_Name(figure) << " " << row.ShortDebugString();
        auto list = RequestFor<v1::ListDepartmentTransitionsRequest>(asked);
        list.set_figure(figure);
        list.set_department(row.department());
        list.set_row_team(row.team());
        list.set_row_representative(row.representative());
        const auto listed = AllPages(
            list, asked.viewer.token,
            [&](const auto& r, const auto& t) { return ListDepartmentTransitions(r, t); },
            [](const auto& page) { return page.transitions(); });
        EXPECT_EQ(static_cast<int64_t>(listed.size()), value) << R::Figure_Name(figure);
        for (const v1::Transition& transition : listed) EXPECT_EQ(transition.department(), row.department());
      }
      EXPECT_EQ(row.accepted_count() + row.bounced_count() + row.pending_count(), row.handed_over_count());
      EXPECT_EQ(row.has_median_dwell(), !plain.hours.empty());
      if (!plain.hours.empty()) {
        EXPECT_EQ(row.median_dwell().seconds(), Percentile(plain.hours, 50) * 3600);
        EXPECT_EQ(row.p90_dwell().seconds(), Percentile(plain.hours, 90) * 3600);
      }
      bounced += row.bounced_count();
      pending += row.pending_count();
      repurchases += row.repurchase_count();
      served += row.served_repurchase_count();
    }
  }
  // The histories have all of it.
  EXPECT_GT(bounced, 10);
  EXPECT_GT(pending, 10);
  EXPECT_GT(repurchases, 10);
  EXPECT_GT(served, 10);
  EXPECT_LT(served, repurchases);
}

TEST_F(DepartmentsTest, WrongQuestionsAreRefusedByField) {
  v1::QueryDepartmentsRequest request;
  request.set_acceptance_days(366);
  EXPECT_EQ(servicekit::GetFieldViolations(QueryDepartments(request).status())[0].field, "acceptance_days");
  v1::ListDepartmentTransitionsRequest list;
  list.set_figure(static_cast<Figure>(99));
  list.set_department(type::v1::SALES);
  EXPECT_EQ(servicekit::GetFieldViolations(ListDepartmentTransitions(list).status())[0].field, "figure");
}

}  // namespace
}  // namespace clientele::lifecycle
