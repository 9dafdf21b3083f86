#include "lifecycle-svc/domain/requirement.h"

#include "servicekit/types/error.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::lifecycle {
namespace {

struct Named {
  ConditionKind kind;
  std::string_view requirement;
  std::string_view description;
};

constexpr Named kConditions[] = {
    {ConditionKind::kOpenOpportunity, "open_opportunity", "There is no open opportunity."},
    {ConditionKind::kOpportunityAmount, "opportunity_amount", "The open opportunity has no amount."},
    {ConditionKind::kOpportunityCloseDate, "opportunity_close_date",
     "The open opportunity has no expected close date."},
    {ConditionKind::kPlacedOrder, "placed_order", "There is no order."},
    {ConditionKind::kSecondOrder, "second_order", "There is no second order."},
};

const Named& Find(ConditionKind kind) {
  for (const Named& named : kConditions) {
    if (named.kind == kind) return named;
  }
  return kConditions[0];
}

bool IsMet(ConditionKind kind, const DealFacts& facts) {
  switch (kind) {
    case ConditionKind::kOpenOpportunity:
      return facts.open_opportunity;
    case ConditionKind::kOpportunityAmount:
      return facts.has_amount;
    case ConditionKind::kOpportunityCloseDate:
      return facts.has_close_date;
    case ConditionKind::kPlacedOrder:
      return facts.orders >= 1;
    case ConditionKind::kSecondOrder:
      return facts.orders >= 2;
  }
  return false;
}

}  // namespace

std::string_view RequirementOf(ConditionKind kind) { return Find(kind).requirement; }

std::string_view DescriptionOf(ConditionKind kind) { return Find(kind).description; }

std::optional<ConditionKind> FindCondition(std::string_view requirement) {
  for (const Named& named : kConditions) {
    if (named.requirement == requirement) return named.kind;
  }
  return std::nullopt;
}

void DealFacts::AddOpportunity(bool with_amount, bool with_close_date) {
  const int told = (has_amount ? 1 : 0) + (has_close_date ? 1 : 0);
  if (!open_opportunity || (with_amount ? 1 : 0) + (with_close_date ? 1 : 0) > told) {
    has_amount = with_amount;
    has_close_date = with_close_date;
  }
  open_opportunity = true;
}

std::vector<MissingItem> UnmetConditions(absl::Span<const StageCondition> conditions, Stage stage,
                                         const DealFacts& facts) {
  std::vector<MissingItem> missing;
  for (const StageCondition& condition : conditions) {
    if (condition.stage != stage || !condition.enforced || IsMet(condition.kind, facts)) continue;
    const Named& named = Find(condition.kind);
    missing.push_back(
        {std::string(named.requirement), std::string(named.description), condition.supplier, 0});
  }
  return missing;
}

absl::Status CheckNothingMissing(Id customer, Stage stage, absl::Span<const MissingItem> missing) {
  if (missing.empty()) return absl::OkStatus();
  const std::string subject = servicekit::NameOf("customers", customer);
  std::vector<servicekit::PreconditionViolation> violations;
  for (const MissingItem& item : missing) {
    violations.push_back({"REQUIREMENT_MISSING",
                          servicekit::StrCat(subject, "/requirements/", item.requirement),
                          servicekit::StrCat(item.description, " ", NameOf(item.supplier), " supplies it.")});
  }
  return servicekit::PreconditionFailed(
      servicekit::StrCat("the customer cannot enter ", NameOf(stage), ": ", missing.size(),
                         missing.size() == 1 ? " requirement is" : " requirements are", " not met"),
      violations);
}

}  // namespace clientele::lifecycle
