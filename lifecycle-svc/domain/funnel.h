#ifndef LIFECYCLE_SVC_DOMAIN_FUNNEL_H_
#define LIFECYCLE_SVC_DOMAIN_FUNNEL_H_

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "lifecycle-svc/domain/stage.h"
#include "servicekit/types/id.h"
#include "servicekit/types/money.h"

// What reports are made of: counts come from the store in cells, and are put together here.
namespace clientele::lifecycle {

using servicekit::Decimal;
using servicekit::Id;

// Customers who are alike in all that the funnel counts by.
struct FunnelCell {
  int64_t month;  // That they entered in, year × 12 + month - 1; 0 when months are not told apart.
  Stage stage;
  Stage furthest_stage;
  Stage lost_from_stage;
  bool recycled;
  int64_t customers;
};

// TARGET to REPURCHASE.
constexpr int kWayLength = 5;

struct FunnelCounts {
  struct Row {
    int64_t reached = 0;   // Furthest stage is this one or a later one.
    int64_t current = 0;   // In it.
    int64_t lost = 0;      // LOST, and lost from it.
    int64_t recycled = 0;  // In it, and moved back or came back before.
  };
  std::array<Row, kWayLength> stages;
  int64_t customers = 0;
  int64_t lost = 0;
  int64_t dormant = 0;
  int64_t recycled = 0;

  void Add(const FunnelCell& cell);
  // reached ÷ reached of the stage before; 1 for the first; 0 when that is 0.
  double Conversion(int stage_index) const;
};

// The numbers are those of the contract.
enum class CohortPeriod : uint8_t { kNone = 0, kMonth = 1, kQuarter = 2, kYear = 3 };
int64_t MonthsOf(CohortPeriod period);
absl::Time StartOfMonth(int64_t month);

// By the first month of the period; one cohort, 0, for kNone.
std::map<int64_t, FunnelCounts> CountByCohort(absl::Span<const FunnelCell> cells, CohortPeriod period);

// Visits of a stage that took equally long, in whole hours.
struct VisitCell {
  Stage stage;
  bool open;  // Not ended yet: `hours` says nothing.
  int64_t hours;
  int64_t visits;
};

// How often each value occurs.
class Histogram {
 public:
  void Add(int64_t value, int64_t times) {
    counts_[value] += times;
    total_ += times;
  }
  int64_t total() const { return total_; }
  // The nearest-rank percentile: the smallest value that at least `percent` of them do not exceed. nullopt
  // when empty.
  std::optional<int64_t> Percentile(int percent) const;

 private:
  std::map<int64_t, int64_t> counts_;
  int64_t total_ = 0;
};

// Deals of one group.
struct VelocityRow {
  std::optional<Id> group;
  std::string industry;  // When grouped by it.
  int64_t open = 0;
  int64_t won = 0;
  int64_t lost = 0;
  Decimal won_amount;
  int64_t cycle_seconds = 0;  // Of the won ones together.

  double WinRate() const;    // 0 when none was closed.
  double CycleDays() const;  // 0 when none was won.
  // Rounded to a millionth; nullopt when none was won.
  std::optional<Decimal> AverageWon() const;
  // open × average × win rate ÷ cycle days, rounded to a hundredth; nullopt when none was won, or all on the
  // moment they were opened.
  std::optional<Decimal> PerDay() const;
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_DOMAIN_FUNNEL_H_
