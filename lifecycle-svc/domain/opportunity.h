#ifndef LIFECYCLE_SVC_DOMAIN_OPPORTUNITY_H_
#define LIFECYCLE_SVC_DOMAIN_OPPORTUNITY_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "lifecycle-svc/domain/external_id.h"
#include "servicekit/types/id.h"
#include "servicekit/types/money.h"

// The numbers of the enums are those of the contract, and are stored.
namespace clientele::lifecycle {

using servicekit::Id;
using servicekit::Money;

enum class SalesStep : uint8_t {
  kProspecting = 1,
  kQualification = 2,
  kProposal = 3,
  kNegotiation = 4,
  kWon = 5,
  kLost = 6,
};
enum class LostReason : uint8_t {
  kNone = 0,
  kPrice = 1,
  kCompetitor = 2,
  kNoBudget = 3,
  kNoDecision = 4,
  kTiming = 5,
  kPoorFit = 6,
  kUnresponsive = 7,
  kOther = 8,
};
enum class ForecastCategory : uint8_t {
  kPipeline = 1,
  kBestCase = 2,
  kCommit = 3,
  kClosed = 4,
  kOmitted = 5
};

int DefaultProbability(SalesStep step);
ForecastCategory DefaultForecast(SalesStep step);
constexpr bool IsClosed(SalesStep step) { return step == SalesStep::kWon || step == SalesStep::kLost; }

// A possible deal.
struct Opportunity {
  Id id;
  Id customer;
  std::string display_name;
  std::optional<Id> owner;
  std::optional<Id> product;
  SalesStep step = SalesStep::kProspecting;
  int probability_percent = 10;
  ForecastCategory forecast_category = ForecastCategory::kPipeline;
  std::optional<Money> amount;
  absl::Time open_time;
  std::optional<absl::CivilDay> expected_close_date;
  std::optional<absl::Time> close_time;
  LostReason lost_reason = LostReason::kNone;
  std::string lost_note;
  std::optional<Id> order;
  std::optional<ExternalId> external_id;
  absl::Time create_time;
  absl::Time update_time;
  int64_t version = 0;

  friend bool operator==(const Opportunity&, const Opportunity&) = default;
};

// FAILED_PRECONDITION when it is closed.
absl::Status CheckOpen(const Opportunity& opportunity);
// Closes an open opportunity as won with `order` for `amount`.
void Win(Opportunity& opportunity, Id order, const Money& amount, absl::Time close_time);
void Lose(Opportunity& opportunity, LostReason reason, std::string note, absl::Time close_time);

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_DOMAIN_OPPORTUNITY_H_
