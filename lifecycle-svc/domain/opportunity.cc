#include "lifecycle-svc/domain/opportunity.h"

#include <utility>

#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"

namespace clientele::lifecycle {
namespace {

struct StepDefaults {
  int probability_percent;
  ForecastCategory forecast_category;
};
constexpr StepDefaults kDefaults[] = {
    /* PROSPECTING */ {10, ForecastCategory::kPipeline},
    /* QUALIFICATION */ {20, ForecastCategory::kPipeline},
    /* PROPOSAL */ {50, ForecastCategory::kBestCase},
    /* NEGOTIATION */ {80, ForecastCategory::kCommit},
    /* WON */ {100, ForecastCategory::kClosed},
    /* LOST */ {0, ForecastCategory::kOmitted},
};
const StepDefaults& DefaultsOf(SalesStep step) { return kDefaults[static_cast<int>(step) - 1]; }

void Close(Opportunity& opportunity, SalesStep step, absl::Time close_time) {
  opportunity.step = step;
  opportunity.probability_percent = DefaultProbability(step);
  opportunity.forecast_category = DefaultForecast(step);
  opportunity.close_time = close_time;
}

}  // namespace

int DefaultProbability(SalesStep step) { return DefaultsOf(step).probability_percent; }
ForecastCategory DefaultForecast(SalesStep step) { return DefaultsOf(step).forecast_category; }

absl::Status CheckOpen(const Opportunity& opportunity) {
  if (!IsClosed(opportunity.step)) return absl::OkStatus();
  const std::string why =
      opportunity.step == SalesStep::kWon ? "the opportunity is won" : "the opportunity is lost";
  return servicekit::PreconditionFailed(
      why, {{"OPPORTUNITY_CLOSED", servicekit::NameOf("opportunities", opportunity.id), why}});
}

void Win(Opportunity& opportunity, Id order, const Money& amount, absl::Time close_time) {
  Close(opportunity, SalesStep::kWon, close_time);
  opportunity.order = order;
  opportunity.amount = amount;
}

void Lose(Opportunity& opportunity, LostReason reason, std::string note, absl::Time close_time) {
  Close(opportunity, SalesStep::kLost, close_time);
  opportunity.lost_reason = reason;
  opportunity.lost_note = std::move(note);
}

}  // namespace clientele::lifecycle
