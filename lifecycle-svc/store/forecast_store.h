#ifndef LIFECYCLE_SVC_STORE_FORECAST_STORE_H_
#define LIFECYCLE_SVC_STORE_FORECAST_STORE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "lifecycle-svc/domain/forecast.h"
#include "servicekit/mysql/transaction.h"

namespace clientele::lifecycle {

using servicekit::Sql;
using servicekit::Transaction;

// What forecasts are made of, counted by age in days. Everything is as of the end of a day: deals opened by
// then, as their steps tell that they stood by then. `rule` and `condition` are over opportunities o and
// journeys j; `condition` starts with ` AND ` or is empty.
class ForecastStore {
 public:
  struct OpenCell {
    std::string currency;  // Empty for those without an amount.
    OpenDeals deals;
  };
  struct WonCell {
    std::string currency;
    int64_t count = 0;
    double amount = 0;
  };

  static absl::StatusOr<std::vector<AgeCount>> CountClosed(Transaction& tx, absl::CivilDay as_of,
                                                           const Sql& rule, const Sql& condition);
  static absl::StatusOr<std::vector<OpenCell>> FindOpen(Transaction& tx, absl::CivilDay as_of,
                                                        const Sql& rule, const Sql& condition);
  // Those that were open then and were won within so many days.
  static absl::StatusOr<std::vector<WonCell>> FindWon(Transaction& tx, absl::CivilDay as_of, int horizon_days,
                                                      const Sql& rule, const Sql& condition);
};

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_STORE_FORECAST_STORE_H_
