#ifndef LIFECYCLE_SVC_DOMAIN_OPPORTUNITY_H_
#define LIFECYCLE_SVC_DOMAIN_OPPORTUNITY_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "lifecycle-svc/domain/external_id.h"
#include "servicekit/types/id.h"
#include "servicekit/types/money.h"

// The numbers of the enums are those of the contract, and are stored.
namespace clientele::lifecycle {

using servicekit::Decimal;
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
  kUnsaid = 0,  // Of a draft: what the step is taken for.
  kPipeline = 1,
  kBestCase = 2,
  kCommit = 3,
  kClosed = 4,
  kOmitted = 5
};

constexpr bool IsClosed(SalesStep step) { return step == SalesStep::kWon || step == SalesStep::kLost; }

// What an opportunity in a step is taken for unless it says otherwise.
struct StepDefaults {
  int probability_percent = 0;
  ForecastCategory forecast_category = ForecastCategory::kOmitted;
  absl::Time update_time;
  int64_t version = 0;

  friend bool operator==(const StepDefaults&, const StepDefaults&) = default;
};
constexpr int kOpenStepCount = 4;

// Of all steps. Those of open ones are data that administrators edit, and begin as the ones that ship; won
// and lost are what they are.
class SalesSteps {
 public:
  StepDefaults At(SalesStep step) const;
  void Set(SalesStep step, const StepDefaults& defaults) { open_[Place(step)] = defaults; }

 private:
  static size_t Place(SalesStep step) { return static_cast<size_t>(step) - 1; }
  std::array<StepDefaults, kOpenStepCount> open_ = {StepDefaults{10, ForecastCategory::kPipeline, {}, 0},
                                                    StepDefaults{20, ForecastCategory::kPipeline, {}, 0},
                                                    StepDefaults{50, ForecastCategory::kBestCase, {}, 0},
                                                    StepDefaults{80, ForecastCategory::kCommit, {}, 0}};
};

// One thing that is offered. Only of a draft the price may be open.
struct OpportunityLine {
  std::optional<Id> product;
  std::string description;
  int64_t quantity = 1;
  std::optional<Money> unit_price;

  Decimal amount() const {
    return unit_price.has_value() ? Decimal::FromMicros(unit_price->amount.micros() * quantity) : Decimal();
  }
  friend bool operator==(const OpportunityLine&, const OpportunityLine&) = default;
};

// Who else offers.
struct Competitor {
  std::string display_name;
  std::string note;
  friend bool operator==(const Competitor&, const Competitor&) = default;
};
constexpr int kMaxCompetitors = 20;

// That a draft leaves the probability to its step.
constexpr int kUnsaidProbability = -1;

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
  std::vector<OpportunityLine> lines;  // In the currency of `amount`, which is their sum.
  std::vector<Competitor> competitors;
  std::string lost_to;  // One of them.
  absl::Time create_time;
  absl::Time update_time;
  int64_t version = 0;

  friend bool operator==(const Opportunity&, const Opportunity&) = default;
};

// FAILED_PRECONDITION when it is closed.
absl::Status CheckOpen(const Opportunity& opportunity);
// What a draft leaves open follows from its step.
void TakeDefaults(Opportunity& opportunity, const SalesSteps& steps);
// Of one with lines, all priced: the amount is their sum, and the product that of the line that is worth
// most, unless it is one of theirs. INVALID_ARGUMENT at `lines` when they are of several currencies or sum to
// more than an amount can hold, and at `amount` when that says something else. Nothing without lines.
absl::Status SumLines(Opportunity& opportunity);
// Closes an open opportunity as won with `order` for `amount`.
void Win(Opportunity& opportunity, Id order, const Money& amount, absl::Time close_time);

struct LostDetails {
  LostReason reason = LostReason::kNone;
  std::string note;
  std::string lost_to;  // A competitor.
};
void Lose(Opportunity& opportunity, const LostDetails& details, absl::Time close_time);

}  // namespace clientele::lifecycle

#endif  // LIFECYCLE_SVC_DOMAIN_OPPORTUNITY_H_
