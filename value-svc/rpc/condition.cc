#include "value-svc/rpc/condition.h"

#include <vector>

#include "clientele/type/v1/stage.pb.h"
#include "clientele/value/v1/policy_service.pb.h"
#include "clientele/value/v1/score_service.pb.h"
#include "servicekit/rpc/filter.h"
#include "servicekit/types/error.h"

namespace clientele::value {
namespace {

using servicekit::FilterField;
using Type = FilterField::Type;

// Whole days until `as_of`, which stands for the `?` in `column`.
FilterField Days(std::string name, servicekit::SqlText column, absl::Time as_of) {
  return {.name = std::move(name), .type = Type::kInteger, .column = column, .values = {as_of}};
}

std::vector<FilterField> Fields(absl::Time as_of) {
  return {
      {"stage", Type::kEnum, "NULLIF(customers.stage, 0)", clientele::type::v1::Stage_descriptor()},
      Days("stage_days", "TIMESTAMPDIFF(DAY, customers.stage_time, ?)", as_of),
      {"tier", Type::kEnum, "scores.tier", v1::Tier_descriptor()},
      // NULL, as what is not set must be, for who was in no tier before.
      {"former_tier", Type::kEnum, "NULLIF(scores.former_tier, 0)", v1::Tier_descriptor()},
      {"migration", Type::kEnum,
       "CASE WHEN scores.former_tier = 0 THEN NULL WHEN scores.tier < scores.former_tier THEN 1 ELSE 2 END",
       v1::Migration_descriptor()},
      Days("tier_days", "TIMESTAMPDIFF(DAY, scores.tier_time, ?)", as_of),
      {"score", Type::kDecimal, "(scores.score_micros / 1000000)"},
      {"sales_contribution", Type::kDecimal, "(scores.sales_contribution_micros / 1000000)"},
      {"sales_expectation", Type::kDecimal, "(scores.sales_expectation_micros / 1000000)"},
      {"credit", Type::kDecimal, "(scores.credit_micros / 1000000)"},
      {"profit_contribution", Type::kDecimal, "(scores.profit_contribution_micros / 1000000)"},
      {"demonstration_effect", Type::kDecimal, "(scores.demonstration_effect_micros / 1000000)"},
      {"probability_alive", Type::kDecimal,
       "IF(scores.sales_basis = 0, NULL, scores.probability_alive_micros / 1000000)"},
      {"expected_purchases", Type::kDecimal, "(scores.expected_purchases_micros / 1000000)"},
      {"revenue", Type::kDecimal, "scores.revenue"},
      {"profit", Type::kDecimal, "scores.profit"},
      Days("days_since_order", "TIMESTAMPDIFF(DAY, scores.last_order_time, ?)", as_of),
      Days("days_since_interaction", "TIMESTAMPDIFF(DAY, scores.last_interaction_time, ?)", as_of),
      {"open_opportunities", Type::kInteger, "scores.open_opportunity_count"},
      {"credit_limit_use", Type::kDecimal, "(scores.open_amount / NULLIF(scores.credit_limit, 0))"},
  };
}

}  // namespace

absl::StatusOr<servicekit::Sql> CompileCondition(std::string_view field, const std::string& condition,
                                                 absl::Time as_of) {
  absl::StatusOr<servicekit::Sql> sql = servicekit::CompileFilter(condition, Fields(as_of));
  if (sql.ok()) return sql;
  // The filter language speaks of the field `filter`, which here is called otherwise.
  const std::vector<servicekit::FieldViolation> violations = servicekit::GetFieldViolations(sql.status());
  if (violations.empty()) return sql.status();
  return servicekit::InvalidField(field, violations.front().description);
}

}  // namespace clientele::value
