#include "lifecycle-svc/domain/funnel.h"

#include <cmath>

#include "absl/time/civil_time.h"

namespace clientele::lifecycle {
namespace {

Stage StageAt(int index) { return static_cast<Stage>(static_cast<int>(Stage::kTarget) + index); }

constexpr int64_t kSecondsOfDay = 86'400;

}  // namespace

void FunnelCounts::Add(const FunnelCell& cell) {
  customers += cell.customers;
  if (cell.stage == Stage::kLost) lost += cell.customers;
  if (cell.stage == Stage::kDormant) dormant += cell.customers;
  if (cell.recycled) recycled += cell.customers;
  for (int i = 0; i < kWayLength; ++i) {
    Row& row = stages[static_cast<size_t>(i)];
    if (StageAt(i) <= cell.furthest_stage) row.reached += cell.customers;
    if (StageAt(i) == cell.lost_from_stage) row.lost += cell.customers;
    if (StageAt(i) != cell.stage) continue;
    row.current += cell.customers;
    if (cell.recycled) row.recycled += cell.customers;
  }
}

double FunnelCounts::Conversion(int stage_index) const {
  if (stage_index == 0) return 1;
  const int64_t before = stages[static_cast<size_t>(stage_index - 1)].reached;
  const int64_t reached = stages[static_cast<size_t>(stage_index)].reached;
  return before == 0 ? 0 : static_cast<double>(reached) / static_cast<double>(before);
}

int64_t MonthsOf(CohortPeriod period) {
  switch (period) {
    case CohortPeriod::kMonth:
      return 1;
    case CohortPeriod::kQuarter:
      return 3;
    case CohortPeriod::kYear:
      return 12;
    case CohortPeriod::kNone:
      break;
  }
  return 0;
}

absl::Time StartOfMonth(int64_t month) {
  return absl::FromCivil(absl::CivilMonth(month / 12, month % 12 + 1), absl::UTCTimeZone());
}

std::map<int64_t, FunnelCounts> CountByCohort(absl::Span<const FunnelCell> cells, CohortPeriod period) {
  std::map<int64_t, FunnelCounts> cohorts;
  const int64_t months = MonthsOf(period);
  for (const FunnelCell& cell : cells) {
    cohorts[months == 0 ? 0 : cell.month - cell.month % months].Add(cell);
  }
  return cohorts;
}

std::optional<int64_t> Histogram::Percentile(int percent) const {
  if (total_ == 0) return std::nullopt;
  const int64_t rank = (total_ * percent + 99) / 100;  // Rounded up.
  int64_t seen = 0;
  for (const auto& [value, times] : counts_) {
    seen += times;
    if (seen >= rank) return value;
  }
  return counts_.rbegin()->first;
}

double VelocityRow::WinRate() const {
  return won + lost == 0 ? 0 : static_cast<double>(won) / static_cast<double>(won + lost);
}

double VelocityRow::CycleDays() const {
  return won == 0 ? 0
                  : static_cast<double>(cycle_seconds) / static_cast<double>(won) /
                        static_cast<double>(kSecondsOfDay);
}

std::optional<Decimal> VelocityRow::AverageWon() const {
  if (won == 0) return std::nullopt;
  // Amounts of orders are 0 or more.
  return Decimal::FromMicros((won_amount.micros() * 2 + won) / (won * 2));
}

std::optional<Decimal> VelocityRow::PerDay() const {
  if (won == 0 || cycle_seconds == 0) return std::nullopt;
  const double a_day =
      static_cast<double>(open) * won_amount.ToDouble() / static_cast<double>(won) * WinRate() / CycleDays();
  return Decimal::FromMicros(static_cast<absl::int128>(std::round(a_day * 100)) * 10'000);
}

}  // namespace clientele::lifecycle
