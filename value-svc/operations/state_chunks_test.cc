// Reports read packed copies of states: whatever happens, they say what the rows say.
#include "value-svc/store/state_chunks.h"

#include <random>
#include <set>
#include <vector>

#include "value-svc/operations/cancel_run.h"
#include "value-svc/operations/scoring_fixture.h"
#include "value-svc/store/state_cursor.h"

namespace clientele::value {
namespace {

class StateChunksTest : public ScoringTest {
 protected:
  // Customers of four owners in two teams, and a pool; every third is in a target market.
  void PopulateCompany(int count) {
    customers_ = Populate(count, orders_);
    FeedScript people;
    people.AddTeam(top_, std::nullopt);
    people.AddTeam(team_, top_);
    for (size_t i = 0; i < customers_.size(); ++i) {
      people.AddCustomer(customers_[i], i % 5 == 0 ? std::nullopt : std::optional(owners_[i % 4]),
                         i % 2 == 0 ? top_ : team_, 1, i % 3 == 0 ? "steel" : "food",
                         i % 3 == 0 ? std::vector<Id>{market_} : std::vector<Id>());
    }
    ApplyLifecycle(orders_.Batch());
    ApplyCustomers(people.Batch());
    for (int days_ago : {200, 100, 0}) {
      runs_.push_back(RunToEnd({.as_of = kNow - days_ago * kDay}).id);
    }
    states_ = {State(), runs_[0], runs_[1], runs_[2]};
  }

  std::vector<StateRow> ReadAll(const Principal& principal, const State& state, const Slice& slice,
                                int64_t few = StateCursor::kFew) {
    return Snapshot([&](Transaction& tx) -> absl::StatusOr<std::vector<StateRow>> {
      std::vector<StateRow> all;
      StateCursor cursor(tx, principal, state, slice, few);
      while (true) {
        const auto rows = cursor.Next();
        if (!rows.ok() || rows->empty()) return rows.ok() ? all : rows;
        all.insert(all.end(), rows->begin(), rows->end());
      }
    });
  }
  std::vector<StateRow> TableRows(const State& state) {
    return Read([&](Transaction& tx) {
      return ReadRows(tx, state, {Id(), *Id::FromBytes(std::string(Id::kSize, '\xff'))}, 1'000'000);
    });
  }
  int64_t StaleChunks() {
    return Read([&](Transaction& tx) {
      return tx.QueryOne(Sql("SELECT COUNT(*) FROM state_chunks WHERE stale = 1"),
                         [](const Row& row) { return row.Int64(0); });
    });
  }
  void PackAll() {
    while (*Pack()) {
    }
  }
  absl::StatusOr<bool> Pack() {
    return RunInTransaction(database_.pool(), Soon(),
                            [](Transaction& tx) { return StateChunks::PackOne(tx); },
                            {.read_committed = true});
  }
  void ExpectCopiesAreRight(const std::string& when) {
    for (const State& state : states_)
      ASSERT_EQ(ReadAll(administrator_, state, {}), TableRows(state)) << when;
  }

  const Id top_ = Id::New(kNow), team_ = Id::New(kNow), market_ = Id::New(kNow);
  const std::vector<Id> owners_ = {Id::New(kNow), Id::New(kNow), Id::New(kNow), Id::New(kNow)};
  FeedScript orders_;
  std::vector<Id> customers_, runs_;
  std::vector<State> states_;
};

TEST_F(StateChunksTest, EverybodySeesTheSameFromCopiesAndFromRows) {
  PopulateCompany(80);
  const Principal principals[] = {
      administrator_,
      {.subject = "boss", .role = Role::kManager, .teams = {top_}},
      {.subject = "lead", .role = Role::kManager, .teams = {team_}},
      {.subject = "anna", .role = Role::kRepresentative, .representative = owners_[1], .teams = {team_}},
      {.subject = "nobody", .role = Role::kRepresentative}};
  const Slice slices[] = {
      {}, {.team = team_}, {.owner = owners_[2]}, {.industry = "steel"}, {.target_market = market_}};
  const auto everything = [&](int64_t few) {
    std::vector<std::vector<StateRow>> all;
    for (const Principal& principal : principals) {
      for (const Slice& slice : slices) {
        for (const State& state : states_) all.push_back(ReadAll(principal, state, slice, few));
      }
    }
    return all;
  };
  EXPECT_GT(StaleChunks(), 4 * 80 / 7 - 4) << "there should be several chunks of each state";
  const auto from_rows = everything(StateCursor::kFew);
  std::set<size_t> sizes;
  for (const auto& rows : from_rows) sizes.insert(rows.size());
  EXPECT_GE(sizes.size(), 6u) << "they should see different things";
  // Those who see few are asked for by id; with none allowed they are picked from everybody's.
  EXPECT_EQ(everything(0), from_rows);
  PackAll();
  EXPECT_EQ(StaleChunks(), 0);
  EXPECT_EQ(everything(0), from_rows);
  EXPECT_EQ(everything(StateCursor::kFew), from_rows);
}

// A step of the worker at a time: rescoring, packing, runs, merges and splits, in random order.
TEST_F(StateChunksTest, CopiesAreRightAfterEveryStep) {
  PopulateCompany(40);
  RescoreWorker worker(database_.pool(), stores_, feed_, clock_);
  std::mt19937_64 random(5);
  FeedScript more, people;
  int64_t told = 0, told_of_people = 0;
  std::vector<std::pair<Id, std::pair<Id, Id>>> merges;
  for (int step = 0; step < 60; ++step) {
    const Id customer = customers_[random() % customers_.size()];
    switch (random() % 6) {
      case 0:
        // Late, so that runs change too.
        more.AddOrder(
            {.customer = customer, .units = 900, .time = kNow - kDay * static_cast<int>(random() % 300)});
        ApplyLifecycle(more.Batch(told));
        told = static_cast<int64_t>(more.entries().size());
        break;
      case 1: {
        const Id other = customers_[random() % customers_.size()];
        if (customer == other || !merges.empty()) break;
        merges.push_back({Id::New(kNow), {other, customer}});
        people.AddMerge(merges.back().first, other, customer);
        ApplyCustomers(people.Batch(told_of_people));
        told_of_people = static_cast<int64_t>(people.entries().size());
        break;
      }
      case 2:
        if (merges.empty()) break;
        people.AddSplit(merges.back().first, merges.back().second.first, merges.back().second.second);
        merges.pop_back();
        ApplyCustomers(people.Batch(told_of_people));
        told_of_people = static_cast<int64_t>(people.entries().size());
        break;
      case 3:
        // Refused while one is open.
        if (const auto run = Begin({.as_of = kNow - kDay * static_cast<int>(random() % 250)}); run.ok()) {
          states_.push_back(run->id);
        } else {
          ASSERT_TRUE(absl::IsAborted(run.status())) << run.status();
        }
        break;
      default:
        ASSERT_TRUE(worker.RunOnce(Soon()).ok());
    }
    ExpectCopiesAreRight("step " + std::to_string(step));
  }
  WorkToEnd();
  EXPECT_EQ(StaleChunks(), 0);
  ExpectCopiesAreRight("the end");
}

TEST_F(StateChunksTest, WhoPacksWaitsForWhoChanges) {
  PopulateCompany(20);
  PackAll();
  const Id customer = customers_[3];
  const absl::Status status =
      RunInTransaction(database_.pool(), Soon(), [&](Transaction& tx) -> absl::Status {
        const auto score = stores_.scores.Get(tx, administrator_, customer);
        if (!score.ok()) return score.status();
        Score changed = *score;
        changed.revenue = Units(123'456);
        if (absl::Status put = stores_.scores.Put(tx, {&changed, 1}); !put.ok()) return put;
        // Another connection cannot take the chunk, nor see it as stale.
        EXPECT_FALSE(*Pack());
        return absl::OkStatus();
      });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(StaleChunks(), 1);
  const auto revenue_of = [&] {
    for (const StateRow& row : ReadAll(administrator_, State(), {})) {
      if (row.customer == customer) return row.revenue;
    }
    return Decimal();
  };
  EXPECT_EQ(revenue_of(), Units(123'456));
  EXPECT_TRUE(*Pack());
  EXPECT_EQ(StaleChunks(), 0);
  EXPECT_EQ(revenue_of(), Units(123'456));
}

TEST_F(StateChunksTest, ACancelledRunLeavesNoCopies) {
  PopulateCompany(20);
  PackAll();
  const int64_t before = database_.Count("state_chunks");
  const absl::StatusOr<ScoringRun> run = Begin({.purpose = RunPurpose::kSnapshot, .as_of = kNow - 50 * kDay});
  ASSERT_TRUE(run.ok());
  EXPECT_GT(database_.Count("state_chunks"), before);
  ASSERT_TRUE(RunInTransaction(database_.pool(), Soon(), [&](Transaction& tx) {
                return CancelRun(tx, stores_, run->id, kNow);
              }).ok());
  EXPECT_EQ(database_.Count("state_chunks"), before);
  EXPECT_EQ(database_.Count("state_partitions"), 4);
}

}  // namespace
}  // namespace clientele::value
