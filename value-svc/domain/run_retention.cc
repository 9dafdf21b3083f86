#include "value-svc/domain/run_retention.h"

#include <algorithm>
#include <map>
#include <optional>

#include "absl/container/flat_hash_set.h"
#include "absl/time/civil_time.h"

namespace clientele::value {
namespace {

// Of a day: what the state as of that day is taken from.
bool StandsForItsDay(const ScoringRun& run) {
  return run.state == RunState::kFinished && run.purpose != RunPurpose::kPreview;
}

bool IsOpen(const ScoringRun& run) {
  return run.state == RunState::kReading || run.state == RunState::kScoring;
}

// By day, then in the order in which they were made.
bool IsEarlier(const ScoringRun& a, const ScoringRun& b) {
  return a.as_of != b.as_of ? a.as_of < b.as_of : a.id < b.id;
}

class Needed {
 public:
  explicit Needed(absl::Span<const ScoringRun> by_day) : by_day_(by_day) {}

  void AddLastOfMonths() {
    std::map<absl::CivilMonth, Id> last;
    for (const ScoringRun& run : by_day_) {
      if (StandsForItsDay(run)) last[absl::ToCivilMonth(run.as_of, absl::UTCTimeZone())] = run.id;
    }
    for (const auto& [month, run] : last) ids_.insert(run);
  }

  void AddLastUpTo(absl::Time day) {
    const ScoringRun* last = nullptr;
    for (const ScoringRun& run : by_day_) {
      if (StandsForItsDay(run) && run.as_of <= day) last = &run;
    }
    if (last != nullptr) ids_.insert(last->id);
  }

  void AddInForceAndOpen() {
    const ScoringRun* in_force = nullptr;
    for (const ScoringRun& run : by_day_) {
      if (IsOpen(run)) AddWithPrevious(run);
      if (run.state != RunState::kFinished || !run.comes_into_force()) continue;
      if (run.purpose == RunPurpose::kPublish) ids_.insert(run.id);
      if (in_force == nullptr || in_force->id < run.id) in_force = &run;
    }
    if (in_force != nullptr) AddWithPrevious(*in_force);
  }

  bool Has(Id run) const { return ids_.contains(run); }

 private:
  void AddWithPrevious(const ScoringRun& run) {
    ids_.insert(run.id);
    if (run.previous.has_value()) ids_.insert(*run.previous);
  }

  absl::Span<const ScoringRun> by_day_;
  absl::flat_hash_set<Id> ids_;
};

}  // namespace

std::vector<ScoringRun> RunsToForget(absl::Span<const ScoringRun> runs,
                                     absl::Span<const absl::Time> needed_days, const RunRetention& retention,
                                     absl::Time now) {
  std::vector<ScoringRun> by_day(runs.begin(), runs.end());
  std::sort(by_day.begin(), by_day.end(), IsEarlier);
  Needed needed(by_day);
  needed.AddLastOfMonths();
  needed.AddInForceAndOpen();
  for (absl::Time day : needed_days) needed.AddLastUpTo(day);
  std::erase_if(by_day, [&](const ScoringRun& run) {
    return needed.Has(run.id) || run.create_time > now - retention.keep_all;
  });
  return by_day;
}

}  // namespace clientele::value
