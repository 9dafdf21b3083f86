#include <string>
#include <string_view>

#include "absl/strings/str_format.h"
#include "servicekit/types/str_cat.h"
#include "value-svc/domain/score.h"

namespace clientele::value {
namespace {

using servicekit::StrCat;

std::string Count(int64_t count, std::string_view one, std::string_view many) {
  return StrCat(count, " ", count == 1 ? one : many);
}

// To the hundredth: what is expected has no more to say.
std::string InMoney(Decimal amount, const ScoringModel& model) {
  constexpr int64_t kHundredth = 10'000;
  const absl::int128 half = amount < Decimal() ? -kHundredth / 2 : kHundredth / 2;
  const std::string text = Decimal::FromMicros((amount.micros() + half) / kHundredth * kHundredth).ToString();
  return model.base_currency.empty() ? text : StrCat(text, " ", model.base_currency);
}

std::string Contribution(const Score& score, const ScoringModel& model) {
  if (score.order_count == 0) return StrCat("No order within ", model.horizon_days, " days.");
  return StrCat(Count(score.order_count, "order", "orders"), " worth ", InMoney(score.revenue, model),
                " within ", model.horizon_days, " days, by quarter of age counted 1, 0.8, 0.6 and 0.4.");
}

std::string_view BasisOf(SalesBasis basis) {
  switch (basis) {
    case SalesBasis::kBgNbd:
      return "BG/NBD and Gamma-Gamma";
    case SalesBasis::kParetoNbd:
      return "Pareto/NBD and Gamma-Gamma, since there was one purchase only";
    case SalesBasis::kPooled:
    case SalesBasis::kNone:
      break;
  }
  return "pooled: from the rates of all customers, adjusted by this one's own orders";
}

std::string Repeat(const RepeatSales& repeat, const ScoringModel& model) {
  if (repeat.basis == SalesBasis::kNone) return StrCat(" (", BasisOf(repeat.basis), ")");
  return StrCat(": ", absl::StrFormat("%.2f", static_cast<double>(repeat.expected_purchases_micros) / 1e6),
                " purchases of ", InMoney(repeat.expected_spend, model), ", alive with probability ",
                absl::StrFormat("%.2f", static_cast<double>(repeat.probability_alive_micros) / 1e6), " (",
                BasisOf(repeat.basis), ")");
}

std::string PipelineBasis(const Score& score, const ScoringModel& model) {
  if (!score.pipeline_by_age) return " by amount times probability";
  return StrCat(" (give or take ", InMoney(score.pipeline_deviation, model),
                ") by amount and by how many of their age were won before");
}

std::string Expectation(const Score& score, const ScoringModel& model) {
  const Decimal repeat =
      Decimal::FromMicros(score.raw_micros[Factor::kSalesExpectation]) - score.expected_pipeline;
  std::string text =
      score.open_opportunity_count == 0
          ? "No open opportunity"
          : StrCat(Count(score.open_opportunity_count, "open opportunity", "open opportunities"), " worth ",
                   InMoney(score.expected_pipeline, model), PipelineBasis(score, model));
  if (repeat == Decimal()) return StrCat(text, "; no repeat orders are expected.");
  return StrCat(text, ", and ", InMoney(repeat, model), " expected from repeat orders within ",
                model.horizon_days, " days", Repeat(score.repeat, model), ".");
}

std::string Limit(const Score& score, const ScoringModel& model) {
  if (score.credit_limit <= Decimal()) return "";
  const absl::int128 percent = score.open_amount.micros() * 100 / score.credit_limit.micros();
  return StrCat(", ", static_cast<int64_t>(percent), " % of the credit limit of ",
                InMoney(score.credit_limit, model));
}

std::string Open(const Score& score, const ScoringModel& model) {
  const std::string limit = Limit(score, model);
  if (score.open_amount == Decimal()) {
    return score.due_order_count == 0 && limit.empty() ? "" : StrCat("; nothing is open", limit);
  }
  return StrCat("; ", InMoney(score.open_amount, model), " is open, ", InMoney(score.overdue_amount, model),
                " of it overdue", limit);
}

std::string Credit(const Score& score, const ScoringModel& model) {
  const std::string pooled = absl::StrFormat("%.1f", static_cast<double>(model.pooled.credit_micros) / 1e6);
  const std::string open = Open(score, model);
  if (score.due_order_count == 0) {
    return StrCat("No order with a due date that was paid or is overdue: the mean of all customers, ", pooled,
                  " (pooled)", open, ".");
  }
  return StrCat(Count(score.due_order_count, "order", "orders"), " with a due date, ", score.late_order_count,
                " of them paid late or overdue, on average ",
                absl::StrFormat("%.1f", static_cast<double>(score.days_beyond_terms_micros) / 1e6),
                " days beyond terms by amount, drawn to the mean of all customers, ", pooled, ", as by ",
                absl::StrFormat("%.1f", static_cast<double>(model.pooled.credit_strength_micros) / 1e6),
                " orders", open, ".");
}

std::string Profit(const Score& score, const ScoringModel& model) {
  return StrCat("Revenue of ", InMoney(score.revenue, model), " less ",
                InMoney(score.revenue - score.profit - score.cost_to_serve, model), " cost of orders and ",
                InMoney(score.cost_to_serve, model), " cost to serve (",
                Count(score.interaction_count, "interaction", "interactions"), ") within ",
                model.horizon_days, " days.");
}

std::string Demonstration(const Score& score, const ScoringModel& model) {
  if (score.won_referral_count == 0)
    return StrCat("Helped to win no order within ", model.horizon_days, " days.");
  return StrCat("Helped to win ", Count(score.won_referral_count, "order", "orders"), " within ",
                model.horizon_days, " days; ",
                InMoney(Decimal::FromMicros(score.raw_micros[Factor::kDemonstrationEffect]), model),
                " of their amount by share of influence, less 10 % a year.");
}

}  // namespace

std::string Explain(const Score& score, Factor factor, const ScoringModel& model) {
  switch (factor) {
    case Factor::kSalesContribution:
      return Contribution(score, model);
    case Factor::kSalesExpectation:
      return Expectation(score, model);
    case Factor::kCredit:
      return Credit(score, model);
    case Factor::kProfitContribution:
      return Profit(score, model);
    case Factor::kDemonstrationEffect:
      return Demonstration(score, model);
  }
  return "";
}

}  // namespace clientele::value
