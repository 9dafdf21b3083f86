#ifndef VALUE_SVC_OPERATIONS_SCORING_FIXTURE_H_
#define VALUE_SVC_OPERATIONS_SCORING_FIXTURE_H_

#include <map>
#include <random>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "servicekit/feed/publisher.h"
#include "servicekit/testing/fake_clock.h"
#include "servicekit/testing/scratch_database.h"
#include "value-svc/operations/apply_feeds.h"
#include "value-svc/operations/begin_run.h"
#include "value-svc/operations/rescore_worker.h"
#include "value-svc/operations/scoring_work.h"
#include "value-svc/testing/events.h"

// What the tests of facts and scores share: an empty schema, feeds to apply to it, and runs over it.
namespace clientele::value {

using clientele::type::v1::ReadFeedResponse;
using servicekit::Principal;
using servicekit::Role;
using servicekit::Row;
using servicekit::RunInTransaction;
using servicekit::Sql;

inline const absl::Time kNow = absl::FromCivil(absl::CivilDay(2026, 6, 1), absl::UTCTimeZone());
inline const absl::Duration kDay = absl::Hours(24);

inline Decimal Units(int64_t units) { return Decimal::FromMicros(absl::int128{units} * 1'000'000); }

class ScoringTest : public testing::Test {
 protected:
  ScoringTest() : database_({"value-svc/migrations"}), feed_(database_.pool()), clock_(kNow) {}

  static absl::Time Soon() { return absl::Now() + absl::Seconds(30); }
  Id NewCustomer() { return Id::New(kNow); }

  void ApplyLifecycle(const ReadFeedResponse& batch) {
    const absl::Status status = RunInTransaction(
        database_.pool(), Soon(), [&](Transaction& tx) { return ApplyLifecycleFeed(tx, stores_, batch); });
    ASSERT_TRUE(status.ok()) << status;
  }
  void ApplyCustomers(const ReadFeedResponse& batch) {
    const absl::Status status = RunInTransaction(database_.pool(), Soon(), [&](Transaction& tx) {
      return ApplyCustomerFeed(tx, stores_, ActivityRates(), batch);
    });
    ASSERT_TRUE(status.ok()) << status;
  }
  template <typename Body>
  auto Read(Body body) {
    auto result = servicekit::RunReading(database_.pool(), Soon(), body);
    EXPECT_TRUE(result.ok()) << result.status();
    return *std::move(result);
  }
  // What several statements see of one moment.
  template <typename Body>
  auto Snapshot(Body body) {
    auto result = RunInTransaction(database_.pool(), Soon(), body, {.read_only = true});
    EXPECT_TRUE(result.ok()) << result.status();
    return *std::move(result);
  }
  std::map<FactKind, FactStore::Sum> Sums() {
    std::map<FactKind, FactStore::Sum> sums;
    for (const auto& sum :
         Read([&](Transaction& tx) { return stores_.facts.Summarize(tx, administrator_, std::nullopt); })) {
      sums.emplace(sum.kind, sum);
    }
    return sums;
  }
  Score ScoreOf(Id customer) {
    return Read([&](Transaction& tx) { return stores_.scores.Get(tx, administrator_, customer); });
  }
  std::vector<Score> AllScores() {
    return Read([&](Transaction& tx) {
      return stores_.scores.List(tx, administrator_, {}, Sql(), std::nullopt, 100'000);
    });
  }

  // Shards of 7 customers, so that there are several.
  absl::StatusOr<ScoringRun> Begin(RunRequest request = {}) {
    request.shard_size = 7;
    return RunInTransaction(database_.pool(), Soon(), [&](Transaction& tx) -> absl::StatusOr<ScoringRun> {
      return BeginRun(tx, stores_, request, clock_.Now());
    });
  }
  ScoringWork NewWork() { return ScoringWork(database_.pool(), stores_, feed_, clock_); }
  ScoringWork::Did Step(ScoringWork& work) {
    const auto did = work.Step(Soon());
    EXPECT_TRUE(did.ok()) << did.status();
    return did.ok() ? *did : ScoringWork::Did::kNothing;
  }
  // Begins a run and does it.
  ScoringRun RunToEnd(const RunRequest& request = {}) {
    const absl::StatusOr<ScoringRun> run = Begin(request);
    EXPECT_TRUE(run.ok()) << run.status();
    if (!run.ok()) return ScoringRun();
    ScoringWork work = NewWork();
    while (Step(work) != ScoringWork::Did::kNothing) {
    }
    return Read([&](Transaction& tx) { return stores_.runs.Get(tx, run->id); });
  }
  RunProgress ProgressOf(const ScoringRun& run) {
    return Read([&](Transaction& tx) { return stores_.runs.Progress(tx, run.id); });
  }
  void WorkToEnd() {
    RescoreWorker worker(database_.pool(), stores_, feed_, clock_);
    while (true) {
      const absl::StatusOr<bool> worked = worker.RunOnce(Soon());
      ASSERT_TRUE(worked.ok()) << worked.status();
      if (!*worked) return;
    }
  }

  // Customers with orders of all sizes, some of them late payers, some referrers.
  std::vector<Id> Populate(int count, FeedScript& script) {
    std::mt19937_64 random(7);
    std::vector<Id> customers;
    for (int i = 0; i < count; ++i) customers.push_back(NewCustomer());
    for (Id customer : customers) {
      for (uint64_t i = 0; i < random() % 4; ++i) {
        FeedScript::Order order;
        order.customer = customer;
        order.units = static_cast<int64_t>(random() % 5000);
        order.cost_units = order.units / 2;
        order.time = kNow - absl::Hours(24 * static_cast<int64_t>(1 + random() % 500));
        order.due = absl::ToCivilDay(order.time, absl::UTCTimeZone()) + 30;
        const Id id = script.AddOrder(order);
        if (random() % 2) script.AddPayment(order, id, order.units, order.time + 40 * kDay);
      }
      if (random() % 5 == 0) script.AddOpportunity(Id::New(kNow), customer, 900, 3, 50, kNow - 9 * kDay);
    }
    return customers;
  }

  servicekit::ScratchDatabase database_;
  Stores stores_;
  servicekit::FeedPublisher feed_;
  servicekit::FakeClock clock_;
  const Principal administrator_ = {.subject = "test", .role = Role::kAdministrator};
};

}  // namespace clientele::value

#endif  // VALUE_SVC_OPERATIONS_SCORING_FIXTURE_H_
