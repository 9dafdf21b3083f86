#include "value-svc/operations/forget_runs.h"

#include <set>
#include <vector>

#include "value-svc/operations/scoring_fixture.h"

namespace clientele::value {
namespace {

class ForgetRunsTest : public ScoringTest {
 protected:
  std::vector<Id> RunsKept() {
    return Read([&](Transaction& tx) -> absl::StatusOr<std::vector<Id>> {
      const auto runs = stores_.runs.All(tx);
      if (!runs.ok()) return runs.status();
      std::vector<Id> ids;
      for (const ScoringRun& run : *runs) ids.push_back(run.id);
      return ids;
    });
  }
  std::set<Id> RunsIn(const char* what) {
    const bool scores = std::string(what) == "run_scores";
    const auto ids = Read([&](Transaction& tx) {
      return tx.QueryAll(scores ? Sql("SELECT DISTINCT run_id FROM run_scores")
                                : Sql("SELECT DISTINCT state_id FROM state_chunks"),
                         [](const Row& row) { return row.Id(0); });
    });
    std::set<Id> set(ids.begin(), ids.end());
    set.erase(Id());
    return set;
  }
  ScoringRun Get(Id run) {
    return Read([&](Transaction& tx) { return stores_.runs.Get(tx, run); });
  }
};

TEST_F(ForgetRunsTest, OldRunsGoWithAllThatTheyKeptAndTheRestGoesOn) {
  FeedScript script;
  const std::vector<Id> customers = Populate(30, script);
  ApplyLifecycle(script.Batch());
  // Two months of weekly runs, all long ago; the last is in force.
  std::vector<Id> runs;
  for (int days_ago : {91, 84, 77, 70, 63, 56, 49, 42})
    runs.push_back(RunToEnd({.as_of = kNow - days_ago * kDay}).id);
  // March 2 to 30 and April 6 to 20.
  WorkToEnd();
  EXPECT_EQ(RunsKept().size(), runs.size()) << "nothing is old yet";
  const int64_t models = database_.Count("scoring_models");
  EXPECT_EQ(models, 8);

  clock_.Advance(100 * kDay);
  WorkToEnd();
  // The last of March, and the last of April with the one before.
  const std::set<Id> expected = {runs[4], runs[6], runs[7]};
  const std::vector<Id> kept = RunsKept();
  EXPECT_EQ(std::set<Id>(kept.begin(), kept.end()), expected);
  EXPECT_EQ(RunsIn("run_scores"), expected);
  EXPECT_EQ(RunsIn("state_chunks"), expected);
  EXPECT_EQ(database_.Count("scoring_models"), 3);
  EXPECT_EQ(database_.Count("rescore_queue"), 0);
  EXPECT_EQ(Get(runs[7]).previous, runs[6]);
  EXPECT_EQ(Get(runs[6]).previous, runs[4]) << "the one between them is gone";
  EXPECT_EQ(Get(runs[4]).previous, std::nullopt);

  // A late fact still finds its way into what is kept.
  FeedScript late;
  late.AddOrder({.customer = customers[0], .units = 7777, .time = kNow - 95 * kDay});
  const auto revenue = [&](State run) {
    return Snapshot([&](Transaction& tx) { return stores_.states.Pyramid(tx, administrator_, run, {}); })
        .Whole()
        .revenue;
  };
  const Decimal before[] = {revenue(runs[4]), revenue(runs[6]), revenue(std::nullopt)};
  ReadFeedResponse batch = late.Batch();
  batch.mutable_entries(0)->set_position(100'000);
  ApplyLifecycle(batch);
  WorkToEnd();
  EXPECT_EQ(revenue(runs[4]), before[0] + Units(7777));
  EXPECT_EQ(revenue(runs[6]), before[1] + Units(7777));
  EXPECT_EQ(revenue(std::nullopt), before[2] + Units(7777));
}

TEST_F(ForgetRunsTest, WhatAnActionIsMeasuredBetweenIsKept) {
  FeedScript script;
  Populate(10, script);
  ApplyLifecycle(script.Batch());
  const Id first = RunToEnd({.as_of = kNow - 91 * kDay}).id;
  const Id second = RunToEnd({.as_of = kNow - 84 * kDay}).id;
  for (int days_ago : {77, 70}) RunToEnd({.as_of = kNow - days_ago * kDay});
  Action action;
  action.id = Id::New(kNow);
  action.outcome_start = kNow - 80 * kDay;
  action.outcome_end = kNow - 60 * kDay;
  action.create_time = action.outcome_start;
  ASSERT_TRUE(RunInTransaction(database_.pool(), Soon(), [&](Transaction& tx) {
                return stores_.actions.Insert(tx, action, {});
              }).ok());
  clock_.Advance(100 * kDay);
  WorkToEnd();
  const std::vector<Id> kept = RunsKept();
  EXPECT_EQ(kept.size(), 3u);
  EXPECT_THAT(kept, testing::Contains(second));
  EXPECT_THAT(kept, testing::Not(testing::Contains(first)));
}

// A draft that somebody wrote stays when its preview goes.
TEST_F(ForgetRunsTest, PreviewsGoAndTheirDraftsStay) {
  FeedScript script;
  Populate(10, script);
  ApplyLifecycle(script.Batch());
  RunToEnd();
  ScoringModel draft = DefaultScoringModel();
  draft.id = Id::New(kNow);
  draft.base_currency = "USD";
  draft.as_of = draft.publish_time = kNow;
  ASSERT_TRUE(RunInTransaction(database_.pool(), Soon(), [&](Transaction& tx) {
                return stores_.models.InsertDraft(tx, draft);
              }).ok());
  const Id preview = RunToEnd({.purpose = RunPurpose::kPreview, .draft = draft.id}).id;
  clock_.Advance(100 * kDay);
  WorkToEnd();
  EXPECT_THAT(RunsKept(), testing::Not(testing::Contains(preview)));
  EXPECT_EQ(RunsIn("run_scores").count(preview), 0u);
  EXPECT_TRUE(Read([&](Transaction& tx) { return stores_.models.Get(tx, draft.id); }).id == draft.id);
}

}  // namespace
}  // namespace clientele::value
