#include <map>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "servicekit/types/error.h"
#include "value-svc/domain/portfolio/reference_value.h"
#include "value-svc/operations/observe_customers.h"
#include "value-svc/operations/score_as_of.h"
#include "value-svc/operations/scoring_fixture.h"

namespace clientele::value {
namespace {

TEST_F(ScoringTest, FactsDeliveredTwiceCountOnce) {
  FeedScript script;
  FeedScript::Order order = {.customer = NewCustomer(), .units = 100, .time = kNow - kDay};
  script.AddPayment(order, script.AddOrder(order), 60, kNow);
  const Id opportunity = Id::New(kNow);
  script.AddOpportunity(opportunity, order.customer, 500, 1, 10, kNow - kDay);
  script.AddOpportunity(opportunity, order.customer, 700, 3, 50, kNow);
  for (int i = 0; i < 3; ++i) ApplyLifecycle(script.Batch());
  ApplyLifecycle(script.Batch(2));
  auto sums = Sums();
  EXPECT_EQ(sums.at(FactKind::kOrderPlaced).count, 1);
  EXPECT_EQ(sums.at(FactKind::kOrderPlaced).amount, Units(100));
  EXPECT_EQ(sums.at(FactKind::kPaymentReceived).amount, Units(60));
  // Of two facts about one opportunity the newest counts.
  EXPECT_EQ(sums.at(FactKind::kOpportunityChanged).count, 1);
  EXPECT_EQ(sums.at(FactKind::kOpportunityChanged).amount, Units(700));
  EXPECT_EQ(database_.Count("facts"), 4);
}

TEST_F(ScoringTest, EntryByEntryGivesTheSameTablesAsInOneBatch) {
  FeedScript script;
  Populate(20, script);
  ApplyLifecycle(script.Batch());
  const auto rows = [&] {
    return Read([&](Transaction& tx) {
      return tx.QueryAll(
          Sql("SELECT HEX(id), counted, HEX(source_id) FROM facts ORDER BY customer_id, event_time, id"),
          [](const Row& row) { return std::make_tuple(row.Text(0), row.Int64(1), row.Text(2)); });
    });
  };
  const auto in_one = rows();
  database_.Execute("DELETE FROM facts");
  for (const auto& entry : script.entries()) {
    ReadFeedResponse single;
    *single.add_entries() = entry;
    ApplyLifecycle(single);
  }
  EXPECT_EQ(rows(), in_one);
}

TEST_F(ScoringTest, AnOlderChangeOfACustomerIsIgnoredWhateverTheOrder) {
  const Id customer = NewCustomer(), early = Id::New(kNow), late = Id::New(kNow);
  FeedScript script;
  script.AddCustomer(customer, late, std::nullopt, 2);
  script.AddCustomer(customer, early, std::nullopt, 1);
  ApplyCustomers(script.Batch());
  const Principal owner = {.subject = "r", .role = Role::kRepresentative, .representative = late};
  EXPECT_TRUE(servicekit::RunReading(database_.pool(), Soon(), [&](Transaction& tx) {
                return stores_.customers.FindReadable(tx, owner, customer).status();
              }).ok());
}

TEST_F(ScoringTest, AManagerReachesTeamsBelowWhicheverCameFirst) {
  const Id top = Id::New(kNow), middle = Id::New(kNow), bottom = Id::New(kNow), customer = NewCustomer();
  FeedScript script;
  script.AddTeam(bottom, middle);
  script.AddTeam(middle, top);
  script.AddTeam(top, std::nullopt);
  script.AddCustomer(customer, std::nullopt, bottom, 1);
  ApplyCustomers(script.Batch());
  const Principal manager = {.subject = "m", .role = Role::kManager, .teams = {top}};
  EXPECT_TRUE(servicekit::RunReading(database_.pool(), Soon(), [&](Transaction& tx) {
                return stores_.customers.FindReadable(tx, manager, customer).status();
              }).ok());
}

TEST_F(ScoringTest, AnInteractionCostsOnceItWasHeldAndNothingWhenThatIsTakenBack) {
  const Id customer = NewCustomer(), interaction = Id::New(kNow);
  FeedScript script;
  script.AddInteraction(interaction, customer, "VISIT", false, kNow);
  ApplyCustomers(script.Batch());
  EXPECT_EQ(Sums().count(FactKind::kInteractionHeld), 0u);
  script.AddInteraction(interaction, customer, "VISIT", true, kNow);
  ApplyCustomers(script.Batch(1));
  EXPECT_EQ(Sums().at(FactKind::kInteractionHeld).cost, Units(150));
  script.AddInteraction(interaction, customer, "VISIT", false, kNow);
  ApplyCustomers(script.Batch(2));
  EXPECT_EQ(Sums().count(FactKind::kInteractionHeld), 0u);
}

TEST_F(ScoringTest, AWrongEventStopsTheFeedInsteadOfBeingLost) {
  FeedScript script;
  script.AddOrder({.customer = NewCustomer(), .units = 1, .time = kNow});
  ReadFeedResponse batch = script.Batch();
  clientele::type::v1::FeedEntry wrong = batch.entries(0);
  wrong.mutable_event()->set_value("\x0a\x03\x0a\x01x");  // An order called `x`.
  *batch.add_entries() = wrong;
  const absl::Status status = RunInTransaction(
      database_.pool(), Soon(), [&](Transaction& tx) { return ApplyLifecycleFeed(tx, stores_, batch); });
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_EQ(database_.Count("facts"), 0);
}

TEST_F(ScoringTest, AnotherBaseCurrencyIsRefused) {
  FeedScript script;
  script.AddOrder({.customer = NewCustomer(), .units = 1, .time = kNow});
  ApplyLifecycle(script.Batch());
  database_.Execute("UPDATE fact_clocks SET base_currency = 'KRW'");
  script.AddOrder({.customer = NewCustomer(), .units = 1, .time = kNow});
  const absl::Status status = RunInTransaction(database_.pool(), Soon(), [&](Transaction& tx) {
    return ApplyLifecycleFeed(tx, stores_, script.Batch(1));
  });
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
}

TEST_F(ScoringTest, ARunScoresEverybodyAndCutsExactTiers) {
  FeedScript script;
  const std::vector<Id> customers = Populate(150, script);
  ApplyLifecycle(script.Batch());
  FeedScript profiles;
  for (Id customer : customers) profiles.AddCustomer(customer, std::nullopt, std::nullopt, 1);
  ApplyCustomers(profiles.Batch());
  EXPECT_EQ(database_.Count("rescore_queue"), 150);

  const ScoringRun run = RunToEnd();
  EXPECT_EQ(run.state, RunState::kFinished);
  EXPECT_EQ(ProgressOf(run).scored, 150);
  EXPECT_EQ(ProgressOf(run).customers, 150);
  EXPECT_EQ(database_.Count("rescore_queue"), 0);
  const auto model = Read([&](Transaction& tx) { return stores_.models.Published(tx); });
  EXPECT_EQ(model->version, 1);
  EXPECT_EQ(model->as_of, kNow);
  EXPECT_EQ(model->base_currency, "USD");

  std::map<Tier, int64_t> counts;
  for (const Score& score : AllScores()) {
    ++counts[score.tier.tier];
    EXPECT_EQ(Contribute(model->weight_micros, score.factor_micros).score_micros, score.score_micros);
  }
  const int64_t active = 150 - counts[Tier::kInactive];
  EXPECT_GT(counts[Tier::kInactive], 0);
  EXPECT_EQ(model->reference_size, active);
  const auto cumulative = CumulativeCounts(model->tier_share_micros, active);
  EXPECT_EQ(counts[Tier::kTop], cumulative[0]);
  EXPECT_EQ(counts[Tier::kTop] + counts[Tier::kBig], cumulative[1]);
  EXPECT_EQ(counts[Tier::kTop] + counts[Tier::kBig] + counts[Tier::kMedium], cumulative[2]);
  // Everybody's first tier is told, and nothing more by a second run over the same facts.
  EXPECT_EQ(database_.Count("feed"), 150);
  const std::vector<Score> before = AllScores();
  EXPECT_EQ(ProgressOf(RunToEnd()).scored, 150);
  EXPECT_EQ(database_.Count("feed"), 150);
  const std::vector<Score> after = AllScores();
  ASSERT_EQ(after.size(), before.size());
  for (size_t i = 0; i < after.size(); ++i) EXPECT_EQ(after[i].score_micros, before[i].score_micros);
}

TEST_F(ScoringTest, AFactChangesItsCustomerAndNobodyElse) {
  FeedScript script;
  const std::vector<Id> customers = Populate(60, script);
  ApplyLifecycle(script.Batch());
  RunToEnd();
  const std::vector<Score> before = AllScores();
  const int64_t known = static_cast<int64_t>(script.entries().size());
  const Id winner = before.back().customer;
  script.AddOrder({.customer = winner, .units = 1'000'000, .time = kNow});
  ApplyLifecycle(script.Batch(known));
  WorkToEnd();
  EXPECT_EQ(database_.Count("rescore_queue"), 0);
  for (const Score& score : before) {
    const Score now = ScoreOf(score.customer);
    if (score.customer == winner) {
      EXPECT_GT(now.score_micros, score.score_micros);
      EXPECT_EQ(now.factor_micros[Factor::kSalesContribution], kFullScoreMicros);
    } else {
      EXPECT_EQ(now, score);
    }
  }
}

TEST_F(ScoringTest, AWonReferralRaisesWhoHelpedAlsoWhenTheOrderCameFirst) {
  const Id referrer = NewCustomer(), referred = NewCustomer(), opportunity = Id::New(kNow);
  FeedScript script;
  script.AddOrder({.customer = referred, .units = 1000, .time = kNow - kDay, .opportunity = opportunity});
  script.AddReferral(referrer, opportunity, 30, kNow - 2 * kDay);
  ApplyLifecycle(script.Batch());
  RunToEnd();
  const int64_t first = 300 * FadingMicros(1, kReferenceDiscountRate);
  EXPECT_EQ(ScoreOf(referrer).raw_micros[Factor::kDemonstrationEffect], first);

  // A second order of the same opportunity marks the referrer, who has no fact of their own in this batch.
  script.AddOrder({.customer = referred, .units = 500, .time = kNow, .opportunity = opportunity});
  ApplyLifecycle(script.Batch(2));
  WorkToEnd();
  EXPECT_EQ(ScoreOf(referrer).raw_micros[Factor::kDemonstrationEffect], first + 150'000'000);

  // Taken back, it credits nobody any more.
  script.AddReferralCancellation(2, kNow);
  ApplyLifecycle(script.Batch(3));
  WorkToEnd();
  EXPECT_EQ(ScoreOf(referrer).raw_micros[Factor::kDemonstrationEffect], 0);
}

TEST_F(ScoringTest, WhoIsGoneIsLetGoOfUnlessThereAreFigures) {
  const Id bare = NewCustomer(), talked_to = NewCustomer(), buyer = NewCustomer(),
           interaction = NewCustomer();
  FeedScript people, deals, erasures;
  for (const Id customer : {bare, talked_to, buyer}) {
    people.AddCustomer(customer, std::nullopt, std::nullopt, 1);
    deals.AddJourney(customer, 1, kNow - kDay);
  }
  people.AddInteraction(interaction, talked_to, "CALL", true, kNow - kDay);
  deals.AddOrder({.customer = buyer, .units = 100, .time = kNow - kDay});
  ApplyCustomers(people.Batch());
  ApplyLifecycle(deals.Batch());
  RunToEnd();
  WorkToEnd();
  const auto count = [&] { return Read([&](Transaction& tx) { return stores_.customers.Count(tx); }); };
  EXPECT_EQ(count(), 3);
  EXPECT_EQ(AllScores().size(), 3u);
  EXPECT_EQ(database_.Count("run_scores"), 3);

  // The import that made them is reverted: the interaction was not held after all.
  people.AddInteraction(interaction, talked_to, "CALL", false, kNow - kDay);
  for (const Id customer : {bare, talked_to, buyer}) people.AddErasure(customer, /*deleted=*/true);
  ApplyCustomers(people.Batch(4));
  ApplyLifecycle(deals.Batch());  // A late word of their journeys.
  WorkToEnd();
  EXPECT_EQ(count(), 1);
  ASSERT_EQ(AllScores().size(), 1u);
  EXPECT_EQ(AllScores().front().customer, buyer);
  EXPECT_EQ(database_.Count("run_scores"), 1);
  EXPECT_EQ(database_.Count("facts"), 1);
  EXPECT_EQ(database_.Count("rescore_queue"), 0);
}

TEST_F(ScoringTest, WhoWonThemselvesIsCreditedForNothing) {
  const Id a = NewCustomer(), b = NewCustomer(), c = NewCustomer(), merge = Id::New(kNow);
  const Id to_b = Id::New(kNow), to_c = Id::New(kNow);
  FeedScript script, people;
  script.AddReferral(a, to_b, 50, kNow - kDay);
  script.AddReferral(b, to_c, 50, kNow - kDay);
  script.AddOrder({.customer = b, .units = 100, .time = kNow, .opportunity = to_b});
  script.AddOrder({.customer = c, .units = 100, .time = kNow, .opportunity = to_c});
  ApplyLifecycle(script.Batch());
  RunToEnd();
  const auto effect = [&](Id customer) { return ScoreOf(customer).raw_micros[Factor::kDemonstrationEffect]; };
  EXPECT_EQ(effect(a), 50'000'000);
  EXPECT_EQ(effect(b), 50'000'000);
  // A and C turn out to be the same: A helped to win B, who helped to win A.
  people.AddMerge(merge, a, c);
  people.AddSplit(merge, a, c);
  ReadFeedResponse merged = people.Batch();
  merged.mutable_entries()->RemoveLast();
  ApplyCustomers(merged);
  WorkToEnd();
  EXPECT_EQ(effect(a), 0);
  EXPECT_EQ(effect(b), 0);
  ApplyCustomers(people.Batch(1));
  WorkToEnd();
  EXPECT_EQ(effect(a), 50'000'000);
  EXPECT_EQ(effect(b), 50'000'000);
  // A and B are: who helped whom is the same customer.
  FeedScript again;
  again.AddMerge(Id::New(kNow), a, b);
  ApplyCustomers(again.Batch());
  WorkToEnd();
  EXPECT_EQ(effect(a), 50'000'000);  // For C; for itself nothing.
}

TEST_F(ScoringTest, WhoReferredIsMarkedAlsoWhenMergedAtTheSameTime) {
  const Id referrer = NewCustomer(), survivor = NewCustomer(), referred = NewCustomer();
  const Id opportunity = Id::New(kNow);
  FeedScript script, people;
  script.AddReferral(referrer, opportunity, 30, kNow - 2 * kDay);
  ApplyLifecycle(script.Batch());
  script.AddOrder({.customer = referred, .units = 1000, .time = kNow, .opportunity = opportunity});
  people.AddMerge(Id::New(kNow), survivor, referrer);
  const absl::Status applied =
      RunInTransaction(database_.pool(), Soon(), [&](Transaction& tx) -> absl::Status {
        // What this transaction sees is fixed here, before the merge is through.
        if (const auto clock = stores_.facts.ReadClock(tx); !clock.ok()) return clock.status();
        ApplyCustomers(people.Batch());
        database_.Execute("DELETE FROM rescore_queue");
        return ApplyLifecycleFeed(tx, stores_, script.Batch(1));
      });
  ASSERT_TRUE(applied.ok()) << applied;
  const auto marks = Read([&](Transaction& tx) { return stores_.queue.List(tx, 10); });
  std::set<Id> marked;
  for (const RescoreQueue::Mark& mark : marks) marked.insert(mark.customer);
  EXPECT_EQ(marked, (std::set<Id>{survivor, referred}));
}

TEST_F(ScoringTest, AnOldOpportunityThatIsWorkedOnIsAliveAndItsPastStays) {
  const Id customer = NewCustomer(), opportunity = Id::New(kNow);
  const absl::Time opened = kNow - 400 * kDay;
  FeedScript script;
  script.AddOpportunity(opportunity, customer, 100, 1, 10, opened, opened);
  script.AddOpportunity(opportunity, customer, 900, 4, 80, kNow - kDay, opened);
  ApplyLifecycle(script.Batch());
  const auto on = [&](absl::Time day) {
    return Read([&](Transaction& tx) -> absl::StatusOr<Observations> {
      auto seen = ObserveCustomers(tx, stores_, {customer}, /*whole=*/false, day, {});
      if (!seen.ok()) return seen.status();
      return seen->front();
    });
  };
  EXPECT_TRUE(on(kNow).active);
  EXPECT_EQ(on(kNow).expected_pipeline, Units(720));
  ASSERT_EQ(on(kNow).deals.size(), 1u);
  EXPECT_EQ(on(kNow).deals[0].open_age_days, 400);
  // What was not known yet does not count.
  EXPECT_EQ(on(kNow - 100 * kDay).expected_pipeline, Units(10));
}

TEST_F(ScoringTest, ATasksCostAsOfADayIsWhatWasLoggedByThenHoweverLate) {
  const Id customer = NewCustomer(), task = Id::New(kNow);
  FeedScript script;
  script.AddServiceCost(task, customer, 100, kNow - 10 * kDay);
  script.AddServiceCost(task, customer, 150, kNow - 50 * kDay);  // Logged later.
  ApplyLifecycle(script.Batch());
  RunToEnd();
  EXPECT_EQ(ScoreOf(customer).cost_to_serve, Units(150));
  const auto as_of = [&](absl::Time time) {
    return Read([&](Transaction& tx) -> absl::StatusOr<Decimal> {
      const auto yardstick = YardstickAt(tx, stores_, time);
      if (!yardstick.ok()) return yardstick.status();
      const auto scores = ScoresAsOf(tx, stores_, *yardstick, {customer}, time);
      if (!scores.ok()) return scores.status();
      return scores->front().cost_to_serve;
    });
  };
  EXPECT_EQ(as_of(kNow - 30 * kDay), Units(50));
  EXPECT_EQ(as_of(kNow - 60 * kDay), Units(0));
}

TEST_F(ScoringTest, ARunThatNobodyWaitsForIsFinishedInTheBackground) {
  FeedScript script;
  Populate(40, script);
  ApplyLifecycle(script.Batch());
  const int64_t size = Read([&](Transaction& tx) { return stores_.customers.Count(tx); });
  ASSERT_TRUE(Begin().ok());
  {
    ScoringWork work = NewWork();
    while (database_.Count("scores") < 14) Step(work);
  }
  EXPECT_EQ(database_.Count("scores"), 14);
  WorkToEnd();
  EXPECT_EQ(database_.Count("scores"), size);
  EXPECT_EQ(database_.Count("run_scores"), size);
  EXPECT_EQ(database_.Count("feed"), size);
}

TEST_F(ScoringTest, ReplicasShareTheShardsOfARun) {
  FeedScript script;
  Populate(120, script);
  ApplyLifecycle(script.Batch());
  const int64_t size = Read([&](Transaction& tx) { return stores_.customers.Count(tx); });
  ASSERT_TRUE(Begin().ok());
  std::vector<int64_t> pieces(3);
  std::vector<std::thread> replicas;
  for (int64_t& mine : pieces) {
    replicas.emplace_back([this, &mine] {
      ScoringWork work = NewWork();
      for (auto did = Step(work); did != ScoringWork::Did::kNothing; did = Step(work)) {
        if (did == ScoringWork::Did::kPiece) ++mine;
      }
    });
  }
  for (std::thread& replica : replicas) replica.join();
  // Each shard is read once and scored once; besides, the reference is frozen once and the run finished once.
  const int64_t shards = size / 7 + 1;
  EXPECT_EQ(pieces[0] + pieces[1] + pieces[2], 2 * shards + 2);
  EXPECT_EQ(database_.Count("scores"), size);
  EXPECT_EQ(database_.Count("feed"), size);
}

TEST_F(ScoringTest, AShardWhoseWorkerDiedIsDoneByAnother) {
  FeedScript script;
  Populate(20, script);
  ApplyLifecycle(script.Batch());
  ASSERT_TRUE(Begin().ok());
  // Somebody claims a shard, and is gone before the work is committed.
  const absl::Status died = RunInTransaction(database_.pool(), Soon(), [&](Transaction& tx) -> absl::Status {
    const auto run = stores_.runs.Open(tx);
    const auto shard = stores_.runs.Claim(tx, (*run)->id, ShardStage::kToRead);
    EXPECT_TRUE(shard.ok() && shard->has_value());
    // Meanwhile others go on with the rest, and then wait.
    ScoringWork work = NewWork();
    auto did = Step(work);
    while (did == ScoringWork::Did::kPiece) did = Step(work);
    EXPECT_EQ(did, ScoringWork::Did::kWaited);
    return absl::CancelledError("gone");
  });
  EXPECT_TRUE(absl::IsCancelled(died));
  EXPECT_EQ(database_.Count("scores"), 0);
  WorkToEnd();
  EXPECT_EQ(database_.Count("scores"), Read([&](Transaction& tx) { return stores_.customers.Count(tx); }));
}

TEST_F(ScoringTest, OneRunAtATime) {
  ASSERT_TRUE(Begin().ok());
  const absl::Status refused = Begin().status();
  EXPECT_TRUE(absl::IsAborted(refused)) << refused;
  EXPECT_EQ(servicekit::GetReason(refused), "RESCORE_RUNNING");
  WorkToEnd();
  EXPECT_TRUE(Begin().ok());
}

TEST_F(ScoringTest, AFactThatComesWhileARunIsGoingOnIsNotForgotten) {
  FeedScript script;
  Populate(30, script);
  ApplyLifecycle(script.Batch());
  const int64_t known = static_cast<int64_t>(script.entries().size());
  const ScoringRun run = *Begin();
  ScoringWork work = NewWork();
  while (ProgressOf(run).read < ProgressOf(run).customers) Step(work);
  const auto winner = script.entries().front().customer();
  const Id customer = *Id::Parse(winner.substr(winner.find('/') + 1));
  script.AddOrder({.customer = customer, .units = 1'000'000, .time = kNow});
  ApplyLifecycle(script.Batch(known));
  while (Step(work) != ScoringWork::Did::kNothing) {
  }
  EXPECT_LT(ScoreOf(customer).revenue, Units(1'000'000));
  EXPECT_EQ(database_.Count("rescore_queue"), 1);
  WorkToEnd();
  EXPECT_GE(ScoreOf(customer).revenue, Units(1'000'000));
}

TEST_F(ScoringTest, ALateFactChangesWhatEarlierRunsFoundOfItsCustomerAndNobodyElse) {
  FeedScript script;
  Populate(40, script);
  ApplyLifecycle(script.Batch());
  const int64_t known = static_cast<int64_t>(script.entries().size());
  std::vector<ScoringRun> runs;
  for (int days_ago : {200, 100, 0}) {
    runs.push_back(RunToEnd({.purpose = RunPurpose::kRescore, .as_of = kNow - days_ago * kDay}));
  }
  const auto found = [&] {
    return Read([&](Transaction& tx) {
      return tx.QueryAll(
          Sql("SELECT run_id, customer_id, score_micros, CONCAT(revenue) FROM run_scores"),
          [](const Row& row) { return std::make_tuple(row.Id(0), row.Id(1), row.Int64(2), row.Text(3)); });
    });
  };
  std::map<std::pair<Id, Id>, std::string> before;
  for (const auto& [run, customer, score, revenue] : found())
    before[{run, customer}] = std::to_string(score) + revenue;
  const std::string name = script.entries().front().customer();
  const Id customer = *Id::Parse(name.substr(name.find('/') + 1));
  script.AddOrder({.customer = customer, .units = 777, .time = kNow - 150 * kDay});
  ApplyLifecycle(script.Batch(known));
  WorkToEnd();
  std::set<Id> changed;
  for (const auto& [run, whose, score, revenue] : found()) {
    const auto was = before.find({run, whose});
    if (was != before.end() && was->second == std::to_string(score) + revenue) continue;
    EXPECT_EQ(whose, customer);
    changed.insert(run);
  }
  EXPECT_EQ(changed, (std::set<Id>{runs[1].id, runs[2].id}));
}

TEST_F(ScoringTest, ASnapshotOfAnEarlierDayLeavesTheScoresInForce) {
  FeedScript script;
  Populate(40, script);
  ApplyLifecycle(script.Batch());
  const ScoringRun rescored = RunToEnd();
  const std::vector<Score> before = AllScores();
  const ScoringRun snapshot = RunToEnd({.purpose = RunPurpose::kSnapshot, .as_of = kNow - 100 * kDay});
  EXPECT_EQ(snapshot.state, RunState::kFinished);
  EXPECT_EQ(snapshot.model, rescored.model);
  EXPECT_EQ(AllScores(), before);
  // Who had no fact by then was not there.
  EXPECT_GT(ProgressOf(snapshot).scored, 0);
  const auto count = [&](Id run) {
    return Snapshot([&](Transaction& tx) { return stores_.states.Pyramid(tx, administrator_, run, {}); })
        .Whole()
        .count;
  };
  EXPECT_LT(count(snapshot.id), count(rescored.id));
  EXPECT_EQ(count(rescored.id), static_cast<int64_t>(before.size()));
}

TEST_F(ScoringTest, TiersChangeWhenTwoRunsInARowConfirmIt) {
  FeedScript script;
  Populate(60, script);
  ApplyLifecycle(script.Batch());
  RunToEnd();
  const auto tier = [&](Id customer) { return ScoreOf(customer).tier; };
  // Somebody of SMALL buys for a million: that takes two runs.
  std::vector<Id> small;
  for (const Score& score : AllScores()) {
    if (score.tier.tier == Tier::kSmall) small.push_back(score.customer);
  }
  ASSERT_FALSE(small.empty());
  const Id climber = small[small.size() / 2];  // Near no boundary.
  const int64_t known = static_cast<int64_t>(script.entries().size());
  clock_.Advance(2 * kDay);
  RunToEnd();
  script.AddOrder({.customer = climber, .units = 1'000'000, .time = kNow + 2 * kDay + absl::Hours(6)});
  ApplyLifecycle(script.Batch(known));
  clock_.Advance(kDay);
  RunToEnd();
  EXPECT_EQ(tier(climber).tier, Tier::kSmall);
  EXPECT_LT(tier(climber).pending, Tier::kSmall);
  EXPECT_EQ(tier(climber).confirmations, 1);
  // Rescoring confirms nothing.
  script.AddOrder({.customer = climber, .units = 1, .time = kNow + 2 * kDay + absl::Hours(7)});
  ApplyLifecycle(script.Batch(known + 1));
  WorkToEnd();
  EXPECT_EQ(tier(climber).confirmations, 1);
  clock_.Advance(kDay);
  RunToEnd();
  EXPECT_LT(tier(climber).tier, Tier::kSmall);
  EXPECT_EQ(tier(climber).pending, Tier::kNone);
}

TEST_F(ScoringTest, TheDifferenceOfScoresOfAnyTwoDaysSumsExactly) {
  FeedScript script;
  const std::vector<Id> customers = Populate(30, script);
  ApplyLifecycle(script.Batch());
  for (int days_ago : {300, 150, 0}) RunToEnd({.as_of = kNow - days_ago * kDay});
  std::mt19937_64 random(9);
  for (int round = 0; round < 60; ++round) {
    const Id customer = customers[random() % customers.size()];
    absl::Time from = kNow - absl::Hours(random() % 9000), to = kNow - absl::Hours(random() % 9000);
    if (to < from) std::swap(from, to);
    const ComparedScores compared =
        Read([&](Transaction& tx) { return CompareScores(tx, stores_, customer, from, to); });
    EXPECT_EQ(compared.difference.sum(), compared.to.score_micros - compared.from.score_micros);
    for (Factor factor : kFactors) {
      EXPECT_EQ(compared.difference.Of(factor),
                compared.to.contribution_micros[factor] - compared.from.contribution_micros[factor]);
    }
    if (compared.from_model == compared.to_model) {
      EXPECT_EQ(compared.difference.weights_sum, 0);
      EXPECT_EQ(compared.difference.cutoffs_sum, 0);
    }
  }
}

TEST_F(ScoringTest, AnOldHistoryIsScoredAsItStoodAtItsEnd) {
  FeedScript script;
  const absl::Time last = kNow - 10 * 365 * kDay;
  const Id customer = NewCustomer();
  script.AddOrder({.customer = customer, .units = 100, .time = last});
  ApplyLifecycle(script.Batch());
  RunToEnd();
  EXPECT_EQ(ScoreOf(customer).tier.tier, Tier::kTop);
  EXPECT_EQ(ScoreOf(customer).as_of, last);
  // Asked for today, it is inactive.
  RunToEnd({.as_of = kNow});
  EXPECT_EQ(ScoreOf(customer).tier.tier, Tier::kInactive);
  EXPECT_EQ(ScoreOf(customer).as_of, kNow);
}

TEST_F(ScoringTest, WithoutAnyCustomerAModelIsPublishedAllTheSame) {
  EXPECT_EQ(ProgressOf(RunToEnd()).scored, 0);
  FeedScript script;
  const Id customer = NewCustomer();
  script.AddOrder({.customer = customer, .units = 100, .time = kNow});
  ApplyLifecycle(script.Batch());
  WorkToEnd();
  EXPECT_EQ(ScoreOf(customer).score_micros, kMiddleScoreMicros);
  EXPECT_EQ(ScoreOf(customer).tier.tier, Tier::kSmall);
}

TEST(ActivityRates, OverridesThoseNamedAndRefusesTheRest) {
  EXPECT_EQ(ActivityRates().Of(Channel::kVisit), Units(150));
  const auto rates = ActivityRates::Parse("CALL=12.5,NOTE=1");
  ASSERT_TRUE(rates.ok());
  EXPECT_EQ(rates->Of(Channel::kCall), Decimal::FromMicros(12'500'000));
  EXPECT_EQ(rates->Of(Channel::kVisit), Units(150));
  for (const char* wrong : {"FAX=1", "CALL", "CALL=-1", "CALL=x", "=3"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ActivityRates::Parse(wrong).status())) << wrong;
  }
}

}  // namespace
}  // namespace clientele::value
