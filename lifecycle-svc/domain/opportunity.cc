#include "lifecycle-svc/domain/opportunity.h"

#include <algorithm>
#include <utility>

#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {
namespace {

using servicekit::InvalidField;
using servicekit::StrCat;

void Close(Opportunity& opportunity, SalesStep step, absl::Time close_time) {
  const StepDefaults defaults = SalesSteps().At(step);
  opportunity.step = step;
  opportunity.probability_percent = defaults.probability_percent;
  opportunity.forecast_category = defaults.forecast_category;
  opportunity.close_time = close_time;
}

}  // namespace

StepDefaults SalesSteps::At(SalesStep step) const {
  if (step == SalesStep::kWon) return {100, ForecastCategory::kClosed, {}, 0};
  if (step == SalesStep::kLost) return {0, ForecastCategory::kOmitted, {}, 0};
  return open_[Place(step)];
}

absl::Status CheckOpen(const Opportunity& opportunity) {
  if (!IsClosed(opportunity.step)) return absl::OkStatus();
  const std::string why =
      opportunity.step == SalesStep::kWon ? "the opportunity is won" : "the opportunity is lost";
  return servicekit::PreconditionFailed(
      why, {{"OPPORTUNITY_CLOSED", servicekit::NameOf("opportunities", opportunity.id), why}});
}

void TakeDefaults(Opportunity& opportunity, const SalesSteps& steps) {
  const StepDefaults defaults = steps.At(opportunity.step);
  if (opportunity.probability_percent == kUnsaidProbability) {
    opportunity.probability_percent = defaults.probability_percent;
  }
  if (opportunity.forecast_category == ForecastCategory::kUnsaid) {
    opportunity.forecast_category = defaults.forecast_category;
  }
}

absl::Status SumLines(Opportunity& opportunity) {
  if (opportunity.lines.empty()) return absl::OkStatus();
  const std::string currency = opportunity.lines.front().unit_price->currency;
  Decimal sum;
  const OpportunityLine* largest = nullptr;
  bool named = false;
  for (size_t i = 0; i < opportunity.lines.size(); ++i) {
    const OpportunityLine& line = opportunity.lines[i];
    if (line.unit_price->currency != currency) {
      return InvalidField(StrCat("lines[", i, "].unit_price.currency_code"),
                          "must be that of the first line");
    }
    sum += line.amount();
    // Checked for each line, so that the sum stays within 128 bits.
    if (!sum.InRange()) return InvalidField("lines", "sum to more than an amount can hold");
    if (!line.product.has_value()) continue;
    named |= line.product == opportunity.product;
    if (largest == nullptr || line.amount() > largest->amount()) largest = &line;
  }
  const Money total{currency, sum};
  if (opportunity.amount.value_or(total) != total) {
    return InvalidField(
        "amount", StrCat("must be the sum of the lines, ", sum.ToString(), " ", currency, ", or empty"));
  }
  opportunity.amount = total;
  if (!named && largest != nullptr) opportunity.product = largest->product;
  return absl::OkStatus();
}

void Win(Opportunity& opportunity, Id order, const Money& amount, absl::Time close_time) {
  Close(opportunity, SalesStep::kWon, close_time);
  opportunity.order = order;
  opportunity.amount = amount;
}

void Lose(Opportunity& opportunity, const LostDetails& details, absl::Time close_time) {
  Close(opportunity, SalesStep::kLost, close_time);
  opportunity.lost_reason = details.reason;
  opportunity.lost_note = details.note;
  opportunity.lost_to = details.lost_to;
  const auto is_it = [&](const Competitor& known) { return known.display_name == details.lost_to; };
  if (details.lost_to.empty() ||
      std::any_of(opportunity.competitors.begin(), opportunity.competitors.end(), is_it)) {
    return;
  }
  opportunity.competitors.push_back({details.lost_to, ""});
}

}  // namespace clientele::lifecycle
