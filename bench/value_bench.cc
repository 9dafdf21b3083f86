// What scoring everybody costs beside writing the same rows, and what the reports over all of them cost.
// Works on a schema of its own; --customers says how many, a million unless told otherwise.
#include <algorithm>
#include <cstdint>
#include <fstream>
#include <functional>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "servicekit/feed/publisher.h"
#include "servicekit/testing/scratch_database.h"
#include "value-svc/domain/portfolio/concentration.h"
#include "value-svc/operations/begin_run.h"
#include "value-svc/operations/scoring_work.h"

ABSL_FLAG(int64_t, customers, 1'000'000, "How many customers are scored.");
ABSL_FLAG(int, threads, 2, "How many threads share the run, as value-svc's --scoring_threads.");

namespace clientele::value {
namespace {

using servicekit::RunInTransaction;
using servicekit::RunReading;
using servicekit::Sql;

constexpr int64_t kBatch = 2000;
constexpr int kRounds = 5;
const servicekit::Principal kEverybody = {.subject = "bench", .role = servicekit::Role::kAdministrator};

absl::Time Later() { return absl::Now() + absl::Hours(1); }

void Check(const absl::Status& status) {
  if (status.ok()) return;
  std::cerr << status.ToString() << std::endl;
  std::exit(1);
}
template <typename T>
T Checked(absl::StatusOr<T> value) {
  Check(value.status());
  return *std::move(value);
}

double Seconds(const std::function<void()>& work) {
  const absl::Time start = absl::Now();
  work();
  return absl::ToDoubleSeconds(absl::Now() - start);
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// The most that this process has had in memory, in MiB.
int64_t PeakMebibytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stoll(line.substr(6)) / 1024;
  }
  return 0;
}

class ValueBench {
 public:
  explicit ValueBench(int64_t customers)
      : customers_(customers),
        database_({"value-svc/migrations"}),
        feed_(database_.pool()),
        now_(absl::Now()) {}

  void Run() {
    absl::PrintF("%d customers; loading: %.1f s\n", customers_, Seconds([&] { Load(); }));
    const int64_t before = PeakMebibytes();
    // The first run also tells the feed of everybody's first tier; the second is what a run costs as a rule.
    const double first = Seconds([&] { Score(RunPurpose::kRescore, std::nullopt); });
    const double scoring = Seconds([&] { Score(RunPurpose::kRescore, std::nullopt); });
    const int64_t after = PeakMebibytes();
    absl::PrintF("  scored and stored for the first time %5.1f s\n", first);
    absl::PrintF("  scored and stored again %18.1f s, %d threads\n", scoring, absl::GetFlag(FLAGS_threads));
    absl::PrintF("  memory at its peak %20d MiB, %d of it by scoring\n", after, after - before);
    absl::PrintF("  a run of an earlier day %18.1f s\n",
                 Seconds([&] { Score(RunPurpose::kSnapshot, now_ - absl::Hours(24 * 60)); }));
    Reports("while nothing is packed", 1);
    absl::PrintF("  packed for the reports, %d states %8.1f s\n", runs_.size() + 1, Seconds([&] { Pack(); }));
    Reports("packed", kRounds);
    // Last, since it empties the tables.
    const double writing = WriteSameRows();
    absl::PrintF("  the same rows by multi-row INSERT %8.1f s   scoring's ratio to it %.2f (aim 1.50)\n",
                 writing, scoring / writing);
  }

 private:
  // One to five orders in two years, as unequal as customers are.
  void Load() {
    std::mt19937_64 random(1);
    std::lognormal_distribution<double> amounts(5, 1.5);
    int64_t position = 0;
    Check(RunInTransaction(database_.pool(), Later(), [&](Transaction& tx) {
      return stores_.customers.AddTeam(tx, team_, std::nullopt);
    }));
    for (int64_t done = 0; done < customers_; done += kBatch) {
      std::vector<Id> ids;
      std::vector<Fact> facts;
      std::vector<CustomerRow> people;
      for (int64_t i = 0; i < std::min(kBatch, customers_ - done); ++i) {
        const Id customer = Id::New(now_);
        ids.push_back(customer);
        CustomerRow& row = people.emplace_back();
        row.id = customer;
        row.version = 1;
        row.team = team_;
        row.owner = people.size() % 1000 == 0 ? owner_ : Id::New(now_);
        row.create_time = now_ - absl::Hours(24 * 800);
        for (uint64_t order = 0; order <= random() % 5; ++order) {
          Fact& fact = facts.emplace_back();
          fact.customer = fact.origin = customer;
          fact.kind = FactKind::kOrderPlaced;
          fact.event_time = now_ - absl::Minutes(static_cast<int64_t>(random() % (730 * 24 * 60)));
          fact.amount = Decimal::FromMicros(static_cast<int64_t>(amounts(random) * 1e6));
          fact.cost = Decimal::FromMicros(static_cast<int64_t>(amounts(random) * 5e5));
          fact.position = ++position;
          fact.source = fact.id = FactId(fact.event_time, fact.feed, fact.position);
          if (random() % 2) fact.due_time = fact.event_time + absl::Hours(24 * 30);
        }
      }
      Check(RunInTransaction(database_.pool(), Later(), [&](Transaction& tx) -> absl::Status {
        absl::Status status = stores_.customers.Lock(tx, ids);
        if (status.ok()) status = stores_.facts.Add(tx, facts);
        if (status.ok()) status = stores_.facts.AdvanceClock(tx, Feed::kLifecycle, now_, "USD");
        if (status.ok()) status = stores_.customers.Keep(tx, people);
        return status;
      }));
    }
  }

  // Beside what plain SQL over the same rows takes, without access, drivers or concentration.
  void Reports(const char* when, int rounds) {
    absl::PrintF("  reports, %s:\n", when);
    const State before = runs_.back(), after = runs_[1];
    const Sql pyramid_rows(
        "SELECT tier, COUNT(*), SUM(revenue), SUM(profit), SUM(value_at_risk) FROM run_scores WHERE run_id = "
        "? "
        "GROUP BY tier",
        {*after});
    const Sql move_rows(R"sql(
        SELECT f.tier, s.tier, COUNT(*), SUM(f.revenue), SUM(s.revenue), SUM(f.profit), SUM(s.profit)
          FROM run_scores s LEFT JOIN run_scores f ON f.run_id = ? AND f.customer_id = s.customer_id
         WHERE s.run_id = ? GROUP BY f.tier, s.tier)sql",
                        {*before, *after});
    const double pyramid_by_sql = Timed(1, pyramid_rows), migration_by_sql = Timed(1, move_rows);
    const auto pyramid = [&](const State& state) {
      return [this, state](Transaction& tx) {
        const PyramidSums sums = Checked(stores_.states.Pyramid(tx, kEverybody, state, {}));
        Gini(sums.revenue_micros());
        Gini(sums.profit_micros());
      };
    };
    Report("pyramid in force", rounds, pyramid_by_sql, pyramid(State()));
    Report("pyramid of a past day", rounds, pyramid_by_sql, pyramid(after));
    Report("migration between two days", rounds, migration_by_sql,
           [&](Transaction& tx) { Check(stores_.states.Moves(tx, kEverybody, before, after, {}).status()); });
    Report("migration until now", rounds, migration_by_sql, [&](Transaction& tx) {
      Check(stores_.states.Moves(tx, kEverybody, before, State(), {}).status());
    });
    // Everybody is in the team, which has to be found out customer by customer.
    Report("migration, as a manager", rounds, migration_by_sql,
           [&](Transaction& tx) { Check(stores_.states.Moves(tx, manager_, before, after, {}).status()); });
    Report("migration, a representative", rounds, migration_by_sql, [&](Transaction& tx) {
      Check(stores_.states.Moves(tx, representative_, before, after, {}).status());
    });
  }

  void Score(RunPurpose purpose, std::optional<absl::Time> as_of) {
    runs_.push_back(
        Checked(RunInTransaction(database_.pool(), Later(), [&](Transaction& tx) -> absl::StatusOr<Id> {
          const auto run = BeginRun(tx, stores_, {.purpose = purpose, .as_of = as_of}, absl::Now());
          if (!run.ok()) return run.status();
          return run->id;
        })));
    std::vector<std::thread> threads;
    for (int i = 0; i < absl::GetFlag(FLAGS_threads); ++i) {
      threads.emplace_back([this] {
        ScoringWork work(database_.pool(), stores_, feed_, clock_);
        for (auto did = ScoringWork::Did::kPiece; did != ScoringWork::Did::kNothing;) {
          did = Checked(work.Step(Later()));
          if (did == ScoringWork::Did::kWaited) absl::SleepFor(absl::Milliseconds(5));
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

  void Pack() {
    while (Checked(RunInTransaction(database_.pool(), Later(),
                                    [](Transaction& tx) { return StateChunks::PackOne(tx); },
                                    {.read_committed = true}))) {
    }
  }

  // What the last run stored, into empty tables, a shard's worth in each transaction. Only the writing
  // counts: the rows are read before. Returns the seconds.
  double WriteSameRows() {
    std::vector<clientele::value::Score> scores;
    for (std::optional<Rank> after;;) {
      const auto page = Checked(RunReading(database_.pool(), Later(), [&](Transaction& tx) {
        return stores_.scores.List(tx, kEverybody, {}, Sql(), after, kBatch);
      }));
      if (page.empty()) break;
      scores.insert(scores.end(), page.begin(), page.end());
      after = Rank{page.back().score_micros, page.back().customer};
    }
    std::sort(scores.begin(), scores.end(),
              [](const auto& a, const auto& b) { return a.customer < b.customer; });
    database_.Execute("TRUNCATE TABLE scores");
    database_.Execute("DELETE FROM run_scores");
    return Seconds([&] {
      absl::Span<const clientele::value::Score> rest = scores;
      while (!rest.empty()) {
        const auto some = rest.subspan(0, kBatch);
        rest.remove_prefix(some.size());
        Check(RunInTransaction(database_.pool(), Later(), [&](Transaction& tx) -> absl::Status {
          const absl::Status status = stores_.scores.Put(tx, some);
          return status.ok() ? stores_.run_scores.Put(tx, runs_.back(), some) : status;
        }));
      }
    });
  }

  double Timed(int rounds, const std::function<void(Transaction&)>& read) {
    std::vector<double> times;
    for (int round = 0; round < rounds; ++round) {
      times.push_back(Seconds([&] {
        Check(RunInTransaction(database_.pool(), Later(),
                               [&](Transaction& tx) -> absl::Status {
                                 read(tx);
                                 return absl::OkStatus();
                               },
                               {.read_only = true}));
      }));
    }
    return Median(times);
  }
  double Timed(int rounds, const Sql& sql) {
    return Timed(rounds, [&](Transaction& tx) {
      Check(tx.Query(sql, [](const servicekit::Row&) { return absl::OkStatus(); }));
    });
  }

  void Report(const char* name, int rounds, double by_sql, const std::function<void(Transaction&)>& read) {
    const double time = Timed(rounds, read);
    absl::PrintF("    %-28s %12.2f s (aim 1.00)   plain SQL %6.2f s, ratio %.2f\n", name, time, by_sql,
                 time / by_sql);
  }

  const int64_t customers_;
  servicekit::ScratchDatabase database_;
  Stores stores_;
  servicekit::FeedPublisher feed_;
  const servicekit::Clock clock_;
  const absl::Time now_;
  const Id team_ = Id::New(now_), owner_ = Id::New(now_);
  const servicekit::Principal manager_ = {
      .subject = "manager", .role = servicekit::Role::kManager, .teams = {team_}};
  const servicekit::Principal representative_ = {
      .subject = "owner", .role = servicekit::Role::kRepresentative, .representative = owner_};
  std::vector<Id> runs_;
};

}  // namespace
}  // namespace clientele::value

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  clientele::value::ValueBench(absl::GetFlag(FLAGS_customers)).Run();
}
