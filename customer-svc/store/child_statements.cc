#include "customer-svc/store/child_statements.h"

#include "customer-svc/store/json.h"

namespace clientele::customer {
namespace {

using servicekit::Parameter;
using servicekit::Row;

template <typename Value>
Parameter OrNull(bool given, Value value) {
  return given ? Parameter(std::move(value)) : Parameter(std::nullopt);
}

}  // namespace

std::vector<Parameter> ChildStatements<Contact>::Values(const Contact& contact) {
  return {contact.display_name, contact.job_title, static_cast<int64_t>(contact.buying_role),
          OrNull(!contact.contact_points.empty(), ToJson(contact.contact_points))};
}

void ChildStatements<Contact>::Read(const Row& row, size_t column, Contact& contact) {
  contact.display_name = row.Text(column);
  contact.job_title = row.Text(column + 1);
  contact.buying_role = static_cast<BuyingRole>(row.Int64(column + 2));
  if (!row.IsNull(column + 3)) contact.contact_points = ContactPointsFromJson(row.Text(column + 3));
}

std::vector<Parameter> ChildStatements<Need>::Values(const Need& need) {
  const servicekit::Money budget = need.budget.value_or(servicekit::Money());
  return {need.description,
          need.product_interest,
          need.quantity,
          OrNull(need.budget.has_value(), budget.amount),
          OrNull(need.budget.has_value(), budget.currency),
          OrNull(need.decision_date.has_value(),
                 absl::FormatCivilTime(need.decision_date.value_or(absl::CivilDay()))),
          static_cast<int64_t>(need.urgency),
          static_cast<int64_t>(need.state)};
}

void ChildStatements<Need>::Read(const Row& row, size_t column, Need& need) {
  need.description = row.Text(column);
  need.product_interest = row.Text(column + 1);
  need.quantity = row.Int64(column + 2);
  if (!row.IsNull(column + 3)) need.budget = servicekit::Money{row.Text(column + 4), row.Decimal(column + 3)};
  if (!row.IsNull(column + 5)) {
    absl::CivilDay day;
    if (absl::ParseCivilTime(row.Text(column + 5), &day)) need.decision_date = day;
  }
  need.urgency = static_cast<Urgency>(row.Int64(column + 6));
  need.state = static_cast<NeedState>(row.Int64(column + 7));
}

std::vector<Parameter> ChildStatements<Interaction>::Values(const Interaction& interaction) {
  return {static_cast<int64_t>(interaction.channel),
          static_cast<int64_t>(interaction.direction),
          interaction.event_time,
          interaction.subject,
          interaction.outcome,
          static_cast<int64_t>(interaction.state),
          interaction.representative};
}

void ChildStatements<Interaction>::Read(const Row& row, size_t column, Interaction& interaction) {
  interaction.channel = static_cast<Channel>(row.Int64(column));
  interaction.direction = static_cast<Direction>(row.Int64(column + 1));
  interaction.event_time = row.Time(column + 2);
  interaction.subject = row.Text(column + 3);
  interaction.outcome = row.Text(column + 4);
  interaction.state = static_cast<InteractionState>(row.Int64(column + 5));
  interaction.representative = row.OptionalId(column + 6);
}

}  // namespace clientele::customer
