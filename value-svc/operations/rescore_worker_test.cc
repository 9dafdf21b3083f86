// What runs and rescoring do when something is in their way, or when nothing happens.
#include "value-svc/operations/rescore_worker.h"

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "servicekit/types/error.h"
#include "value-svc/operations/scoring_fixture.h"

namespace clientele::value {
namespace {

class RescoreWorkerTest : public ScoringTest {
 protected:
  // From now on this customer's score cannot be written.
  void Refuse(Id customer) {
    database_.Execute(
        "CREATE TRIGGER refuse BEFORE INSERT ON scores FOR EACH ROW IF HEX(NEW.customer_id) = '" +
        absl::AsciiStrToUpper(absl::BytesToHexString(std::string(customer.bytes()))) +
        "' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'injected'; END IF");
  }
};

TEST_F(RescoreWorkerTest, OneHugeCustomerIsScoredWithTheOthers) {
  FeedScript script;
  Populate(20, script);
  const Id huge = NewCustomer();
  for (int i = 0; i < 2; ++i)
    script.AddOrder({.customer = huge, .units = 60'000'000'000'000, .time = kNow - i * kDay});
  ApplyLifecycle(script.Batch());
  EXPECT_EQ(RunToEnd().state, RunState::kFinished);
  const Decimal most = Decimal::FromMicros(Decimal::kLimitMicros - 1);
  EXPECT_EQ(ScoreOf(huge).revenue, most);
  const int64_t known = static_cast<int64_t>(script.entries().size());
  script.AddOrder({.customer = huge, .units = 1, .time = kNow});
  ApplyLifecycle(script.Batch(known));
  WorkToEnd();
  EXPECT_EQ(database_.Count("rescore_queue"), 0);
  // What sums to more than a column holds is told all the same.
  EXPECT_EQ(Sums().at(FactKind::kOrderPlaced).amount > most, true);
}

TEST_F(RescoreWorkerTest, WhoCannotBeScoredKeepsNobodyElseWaiting) {
  FeedScript script;
  Populate(20, script);
  ApplyLifecycle(script.Batch());
  RunToEnd();
  const int64_t known = static_cast<int64_t>(script.entries().size());
  const std::vector<Score> before = AllScores();
  for (const Score& score : before)
    script.AddOrder({.customer = score.customer, .units = 5000, .time = kNow});
  ApplyLifecycle(script.Batch(known));
  const Id bad = before[3].customer;
  Refuse(bad);
  RescoreWorker worker(database_.pool(), stores_, feed_, clock_);
  const auto work = [&] {
    for (int i = 0; i < 50; ++i) {
      const absl::StatusOr<bool> worked = worker.RunOnce(Soon());
      ASSERT_TRUE(worked.ok()) << worked.status();
      if (!*worked) return;
    }
    FAIL() << "it does not come to rest";
  };
  work();
  EXPECT_EQ(database_.Count("rescore_queue"), 1);
  for (const Score& score : before) {
    EXPECT_EQ(ScoreOf(score.customer).revenue,
              score.customer == bad ? score.revenue : score.revenue + Units(5000));
  }
  database_.Execute("DROP TRIGGER refuse");
  // Not every second; but after an hour, or when there is another fact.
  work();
  EXPECT_EQ(database_.Count("rescore_queue"), 1);
  clock_.Advance(absl::Hours(1));
  work();
  EXPECT_EQ(database_.Count("rescore_queue"), 0);
  EXPECT_EQ(ScoreOf(bad).revenue, before[3].revenue + Units(5000));
}

TEST_F(RescoreWorkerTest, ARunPassesOverWhoCannotBeScored) {
  FeedScript script;
  const Id bad = Populate(40, script)[17];
  script.AddOrder({.customer = bad, .units = 1000, .time = kNow - 10 * kDay});
  ApplyLifecycle(script.Batch());
  const int64_t all = Read([&](Transaction& tx) { return stores_.customers.Count(tx); });
  ASSERT_GT(all, 20);
  Refuse(bad);
  const ScoringRun run = RunToEnd();
  EXPECT_EQ(run.state, RunState::kFinished);
  EXPECT_EQ(ProgressOf(run).customers, all);
  EXPECT_EQ(ProgressOf(run).read, all - 1);
  EXPECT_EQ(ProgressOf(run).scored, all - 1);
  for (const Score& score : AllScores()) EXPECT_NE(score.customer, bad);
  EXPECT_EQ(database_.Count("scores"), all - 1);
  // It comes when it can, as after any fact.
  database_.Execute("DROP TRIGGER refuse");
  WorkToEnd();
  EXPECT_EQ(ScoreOf(bad).customer, bad);
  EXPECT_EQ(database_.Count("rescore_queue"), 0);
}

TEST_F(RescoreWorkerTest, WhenNobodyCanBeScoredARunWaits) {
  FeedScript script;
  Populate(20, script);
  ApplyLifecycle(script.Batch());
  database_.Execute(
      "CREATE TRIGGER refuse BEFORE INSERT ON scores FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = "
      "'injected'");
  ASSERT_TRUE(Begin().ok());
  ScoringWork work = NewWork();
  absl::Status status;
  for (int i = 0; i < 100 && status.ok(); ++i) status = work.Step(Soon()).status();
  EXPECT_FALSE(status.ok()) << "it should say what is wrong";
  database_.Execute("DROP TRIGGER refuse");
  while (Step(work) != ScoringWork::Did::kNothing) {
  }
  WorkToEnd();
  EXPECT_EQ(database_.Count("scores"), Read([&](Transaction& tx) { return stores_.customers.Count(tx); }));
}

TEST_F(RescoreWorkerTest, SilenceShowsWhenScoresInForceAreADayOld) {
  FeedScript script;
  const Id silent = NewCustomer(), loud = NewCustomer();
  script.AddOrder({.customer = silent, .units = 1000, .time = kNow - 364 * kDay});
  script.AddOrder({.customer = loud, .units = 10, .time = kNow});
  ApplyLifecycle(script.Batch());
  const ScoringRun first = RunToEnd();
  const auto work = [&](absl::Duration after) {
    // Another one each time, as after a restart: it looks at once.
    RescoreWorker worker(database_.pool(), stores_, feed_, clock_, {.refresh_after = after});
    while (*worker.RunOnce(Soon())) {
    }
  };
  clock_.Advance(absl::Hours(23));
  work(absl::Hours(24));
  EXPECT_EQ(database_.Count("scoring_runs"), 1);
  clock_.Advance(absl::Hours(2));
  work(absl::InfiniteDuration());
  EXPECT_NE(ScoreOf(silent).tier.tier, Tier::kInactive);
  work(absl::Hours(24));
  EXPECT_EQ(ScoreOf(silent).tier.tier, Tier::kInactive);
  const auto last = Read([&](Transaction& tx) { return stores_.runs.LastInForce(tx); });
  ASSERT_TRUE(last.has_value());
  EXPECT_EQ(last->purpose, RunPurpose::kRefresh);
  EXPECT_EQ(last->as_of, clock_.Now());
  EXPECT_EQ(last->previous, first.id);
  // Under the model in force, with the reference that it has.
  EXPECT_EQ(last->model, first.model);
  EXPECT_EQ(database_.Count("scoring_models"), 1);
  // Once a day, and not for a history that has ended.
  work(absl::Hours(24));
  EXPECT_EQ(database_.Count("scoring_runs"), 2);
  clock_.Advance(800 * kDay);
  work(absl::Hours(24));
  EXPECT_EQ(Read([&](Transaction& tx) { return stores_.runs.LastInForce(tx); })->id, last->id);
}

TEST_F(RescoreWorkerTest, ARunOnceMoreAsOfTheSameDayGoesOnFromThatDays) {
  FeedScript script;
  Populate(20, script);
  ApplyLifecycle(script.Batch());
  RunToEnd({.as_of = kNow - 10 * kDay});
  const ScoringRun first = RunToEnd({.as_of = kNow}), second = RunToEnd({.as_of = kNow});
  EXPECT_EQ(second.previous, first.id);
  // A snapshot of that day stands beside them.
  const ScoringRun snapshot = RunToEnd({.purpose = RunPurpose::kSnapshot, .as_of = kNow});
  EXPECT_EQ(snapshot.previous, first.previous);
}

TEST_F(RescoreWorkerTest, ARunIsSeenByWhomItMadeWait) {
  FeedScript script;
  Populate(20, script);
  ApplyLifecycle(script.Batch());
  const absl::Status refused =
      RunInTransaction(database_.pool(), Soon(), [&](Transaction& tx) -> absl::Status {
        // What this transaction sees is fixed before the other one has begun its run.
        if (const auto clock = stores_.facts.ReadClock(tx); !clock.ok()) return clock.status();
        EXPECT_TRUE(Begin().ok());
        return BeginRun(tx, stores_, {}, clock_.Now()).status();
      });
  EXPECT_TRUE(absl::IsAborted(refused)) << refused;
  EXPECT_EQ(servicekit::GetReason(refused), "RESCORE_RUNNING");
  EXPECT_EQ(database_.Count("scoring_runs"), 1);
}

TEST_F(RescoreWorkerTest, WhoComesWhileAShardIsReadKeepsTheMark) {
  FeedScript script;
  Populate(20, script);
  ApplyLifecycle(script.Batch());
  // As one whose row came after the shard's customers were read, and before its marks were.
  const Id late = NewCustomer();
  const absl::Status marked = RunInTransaction(database_.pool(), Soon(), [&](Transaction& tx) {
    return stores_.queue.Add(tx, {{late, kNow}});
  });
  ASSERT_TRUE(marked.ok()) << marked;
  RunToEnd();
  const auto marks = Read([&](Transaction& tx) { return stores_.queue.List(tx, 10); });
  ASSERT_EQ(marks.size(), 1u);
  EXPECT_EQ(marks[0].customer, late);
}

}  // namespace
}  // namespace clientele::value
