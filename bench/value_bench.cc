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
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "servicekit/feed/publisher.h"
#include "servicekit/testing/scratch_database.h"
#include "value-svc/operations/begin_run.h"
#include "value-svc/operations/scoring_work.h"

ABSL_FLAG(int64_t, customers, 1'000'000, "How many customers are scored.");

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
    const double writing = WriteSameRows();
    absl::PrintF("  scored and stored for the first time %5.1f s\n", first);
    absl::PrintF("  scored and stored again %18.1f s\n", scoring);
    absl::PrintF("  the same rows by multi-row INSERT %8.1f s   ratio %.2f (aim 1.50)\n", writing,
                 scoring / writing);
    absl::PrintF("  memory at its peak %20d MiB, %d of it by scoring\n", after, after - before);
    absl::PrintF("  a second run, of an earlier day %10.1f s\n",
                 Seconds([&] { Score(RunPurpose::kSnapshot, now_ - absl::Hours(24 * 60)); }));
    Report("pyramid", [&](Transaction& tx) {
      Check(stores_.states.Pyramid(tx, kEverybody, std::nullopt, {}).status());
    });
    Report("pyramid of a past day", [&](Transaction& tx) {
      Check(stores_.states.Pyramid(tx, kEverybody, runs_.back(), {}).status());
    });
    Report("concentration", [&](Transaction& tx) {
      Check(stores_.states.ValuesOf(tx, kEverybody, std::nullopt, {}).status());
    });
    Report("migration", [&](Transaction& tx) {
      Check(stores_.states.Moves(tx, kEverybody, runs_.back(), runs_[1], {}).status());
    });
  }

 private:
  // One to five orders in two years, as unequal as customers are.
  void Load() {
    std::mt19937_64 random(1);
    std::lognormal_distribution<double> amounts(5, 1.5);
    int64_t position = 0;
    for (int64_t done = 0; done < customers_; done += kBatch) {
      std::vector<Id> ids;
      std::vector<Fact> facts;
      for (int64_t i = 0; i < std::min(kBatch, customers_ - done); ++i) {
        const Id customer = Id::New(now_);
        ids.push_back(customer);
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
        return status;
      }));
    }
  }

  void Score(RunPurpose purpose, std::optional<absl::Time> as_of) {
    runs_.push_back(
        Checked(RunInTransaction(database_.pool(), Later(), [&](Transaction& tx) -> absl::StatusOr<Id> {
          const auto run = BeginRun(tx, stores_, {.purpose = purpose, .as_of = as_of}, absl::Now());
          if (!run.ok()) return run.status();
          return run->id;
        })));
    ScoringWork work(database_.pool(), stores_, feed_, clock_);
    while (Checked(work.Step(Later())) != ScoringWork::Did::kNothing) {
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

  void Report(const char* name, const std::function<void(Transaction&)>& read) {
    std::vector<double> times;
    for (int round = 0; round < kRounds; ++round) {
      times.push_back(Seconds([&] {
        Check(RunReading(database_.pool(), Later(), [&](Transaction& tx) -> absl::Status {
          read(tx);
          return absl::OkStatus();
        }));
      }));
    }
    absl::PrintF("  %-30s %12.2f s (aim 1.00)\n", name, Median(times));
  }

  const int64_t customers_;
  servicekit::ScratchDatabase database_;
  Stores stores_;
  servicekit::FeedPublisher feed_;
  const servicekit::Clock clock_;
  const absl::Time now_;
  std::vector<Id> runs_;
};

}  // namespace
}  // namespace clientele::value

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  clientele::value::ValueBench(absl::GetFlag(FLAGS_customers)).Run();
}
