#include "cli/import/kinds.h"

#include <algorithm>
#include <numeric>

#include "clientele/customer/v1/import_service.pb.h"
#include "clientele/lifecycle/v1/import_service.pb.h"
#include "servicekit/types/str_cat.h"

namespace clientele::cli {
namespace {

constexpr bool kRequired = true;

std::vector<Kind> MakeKinds() {
  using enum ImportService;
  return {
      {"team",
       kCustomer,
       "teams.csv",
       {{"external_id", "team.external_id", kRequired},
        {"name", "team.display_name", kRequired},
        {"parent", "parent"}}},
      {"representative",
       kCustomer,
       "representatives.csv",
       {{"external_id", "representative.external_id", kRequired},
        {"name", "representative.display_name", kRequired},
        {"department", "representative.department", kRequired},
        {"team", "team", kRequired},
        {"manager", "representative.manager"}}},
      {"customer",
       kCustomer,
       "customers.csv",
       {{"external_id", "customer.external_ids[0]", kRequired},
        {"name", "customer.display_name", kRequired},
        {"type", "customer.type", kRequired},
        {"registration_number", "customer.registration_number"},
        {"industry", "customer.industry"},
        {"employee_count", "customer.employee_count"},
        {"annual_revenue", "customer.annual_revenue"},
        {"founded_year", "customer.founded_year"},
        {"source", "customer.source"},
        {"email", "customer.contact_points[EMAIL].value"},
        {"phone", "customer.contact_points[PHONE].value"},
        {"web", "customer.contact_points[WEB].value"},
        {"address_label", "customer.addresses[0].label"},
        {"region_code", "customer.addresses[0].region_code"},
        {"postal_code", "customer.addresses[0].postal_code"},
        {"locality", "customer.addresses[0].locality"},
        {"address", "customer.addresses[0].lines"},
        {"tags", "customer.tags"},
        {"parent", "parent"},
        {"owner", "owner"},
        {"team", "team"}}},
      {"contact",
       kCustomer,
       "contacts.csv",
       {{"external_id", "contact.external_id", kRequired},
        {"customer", "customer", kRequired},
        {"name", "contact.display_name", kRequired},
        {"job_title", "contact.job_title"},
        {"buying_role", "contact.buying_role"},
        {"email", "contact.contact_points[EMAIL].value"},
        {"phone", "contact.contact_points[PHONE].value"}}},
      {"need",
       kCustomer,
       "needs.csv",
       {{"external_id", "need.external_id", kRequired},
        {"customer", "customer", kRequired},
        {"description", "need.description", kRequired},
        {"product_interest", "need.product_interest"},
        {"quantity", "need.quantity"},
        {"budget", "need.budget"},
        {"decision_date", "need.decision_date"},
        {"urgency", "need.urgency"},
        {"state", "need.state"}}},
      {"interaction",
       kCustomer,
       "interactions.csv",
       {{"external_id", "interaction.external_id", kRequired},
        {"customer", "customer", kRequired},
        {"channel", "interaction.channel", kRequired},
        {"event_time", "interaction.event_time", kRequired},
        {"direction", "interaction.direction"},
        {"subject", "interaction.subject"},
        {"outcome", "interaction.outcome"},
        {"state", "interaction.state"},
        {"representative", "representative"}}},
      {"product",
       kLifecycle,
       "products.csv",
       {{"external_id", "product.external_id", kRequired},
        {"name", "product.display_name", kRequired},
        {"series", "product.series"},
        {"list_price", "product.list_price"},
        {"unit_cost", "product.unit_cost"},
        {"value_level", "product.value_level"},
        {"standardization_level", "product.standardization_level"},
        {"delivery_model_override", "product.delivery_model_override"},
        {"override_reason", "product.override_reason"}}},
      {"exchange_rate",
       kLifecycle,
       "exchange_rates.csv",
       {{"currency_code", "currency_code", kRequired},
        {"start_date", "start_date", kRequired},
        {"rate", "rate", kRequired}}},
      {"opportunity",
       kLifecycle,
       "opportunities.csv",
       {{"external_id", "opportunity.external_id", kRequired},
        {"customer", "customer", kRequired},
        {"name", "opportunity.display_name"},
        {"owner", "owner"},
        {"product", "product"},
        {"step", "opportunity.step"},
        {"probability_percent", "opportunity.probability_percent"},
        {"amount", "opportunity.amount"},
        {"open_time", "opportunity.open_time"},
        {"expected_close_date", "opportunity.expected_close_date"},
        {"forecast_category", "opportunity.forecast_category"},
        {"close_time", "close_time"},
        {"lost_reason", "lost_reason"},
        {"lost_note", "lost_note"},
        {"due_date", "due_date"},
        {"line_product", "line_products[0]"},
        {"line_description", "opportunity.lines[0].description"},
        {"line_quantity", "opportunity.lines[0].quantity"},
        {"line_unit_price", "opportunity.lines[0].unit_price"},
        {"competitor", "opportunity.competitors[0].display_name"},
        {"competitor_note", "opportunity.competitors[0].note"},
        {"lost_to", "lost_to"}},
       {"opportunity.lines", "opportunity.competitors"},
       "line_products"},
      {"order",
       kLifecycle,
       "orders.csv",
       {{"external_id", "order.external_id", kRequired},
        {"customer", "customer", kRequired},
        {"order_time", "order.order_time"},
        {"due_date", "order.due_date"},
        {"product", "products[0]"},
        {"description", "order.lines[0].description"},
        {"quantity", "order.lines[0].quantity", kRequired},
        {"amount", "order.lines[0].amount", kRequired},
        {"unit_cost", "order.lines[0].unit_cost"}},
       {"order.lines"},
       "products"},
      {"payment",
       kLifecycle,
       "payments.csv",
       {{"external_id", "payment.external_id", kRequired},
        {"order", "order"},
        {"opportunity", "opportunity"},
        {"amount", "payment.amount", kRequired},
        {"pay_time", "payment.pay_time"}}},
      {"order_return",
       kLifecycle,
       "order_returns.csv",
       {{"external_id", "order_return.external_id", kRequired},
        {"order", "order", kRequired},
        {"return_time", "order_return.return_time"},
        {"line", "order_return.lines[0].line", kRequired},
        {"quantity", "order_return.lines[0].quantity", kRequired},
        {"discarded", "order_return.discarded"},
        {"reason", "order_return.reason"}},
       {"order_return.lines"}},
      {"order_cancellation",
       kLifecycle,
       "order_cancellations.csv",
       {{"order", "order", kRequired},
        {"cancel_time", "cancel_time", kRequired},
        {"reason", "reason", kRequired}}},
      {"credit_limit",
       kLifecycle,
       "credit_limits.csv",
       {{"customer", "customer", kRequired},
        {"amount", "credit_limit.amount"},
        {"start_time", "credit_limit.start_time", kRequired}}},
      {"refund",
       kLifecycle,
       "refunds.csv",
       {{"external_id", "refund.external_id", kRequired},
        {"order", "order", kRequired},
        {"amount", "refund.amount", kRequired},
        {"refund_time", "refund.refund_time"},
        {"note", "refund.note"}}},
      {"service_project",
       kLifecycle,
       "service_projects.csv",
       {{"external_id", "external_id", kRequired},
        {"order", "order"},
        {"opportunity", "opportunity"},
        {"customer", "customer"},
        {"delivery_model", "delivery_model", kRequired},
        {"name", "display_name"},
        {"open_time", "open_time"},
        {"state", "state"},
        {"complete_time", "complete_time"},
        {"satisfaction", "satisfaction"},
        {"cancel_reason", "cancel_reason"},
        {"task", "tasks[0].title", kRequired},
        {"task_department", "tasks[0].department"},
        {"assignee", "assignees[0]"},
        {"task_due_date", "tasks[0].due_date"},
        {"task_state", "tasks[0].state"},
        {"planned_minutes", "tasks[0].planned_minutes"},
        {"finish_time", "tasks[0].finish_time"},
        {"logged_minutes", "tasks[0].logged_minutes"},
        {"cost", "tasks[0].cost"},
        {"depends_on", "tasks[0].depends_on"}},
       {"tasks"},
       "assignees"},
      {"referral",
       kLifecycle,
       "referrals.csv",
       {{"external_id", "referral.external_id", kRequired},
        {"referrer", "referrer", kRequired},
        {"opportunity", "opportunity", kRequired},
        {"influence_percent", "referral.influence_percent", kRequired},
        {"event_time", "referral.event_time"}}},
      {"transition",
       kLifecycle,
       "transitions.csv",
       {{"external_id", "external_id", kRequired},
        {"customer", "customer", kRequired},
        {"stage", "stage", kRequired},
        {"event_time", "event_time", kRequired},
        {"reason", "reason"}}},
  };
}

size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

const std::vector<Kind>& Kinds() {
  static const auto& kinds = *new std::vector<Kind>(MakeKinds());
  return kinds;
}

const Kind* FindKind(std::string_view name) {
  for (const Kind& kind : Kinds()) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

const Field* FindField(const Kind& kind, std::string_view column) {
  for (const Field& field : kind.fields) {
    if (field.column == column) return &field;
  }
  return nullptr;
}

const google::protobuf::Descriptor* ImportRecordOf(ImportService service) {
  return service == ImportService::kCustomer ? customer::v1::ImportRecord::descriptor()
                                             : lifecycle::v1::ImportRecord::descriptor();
}

std::string Suggest(std::string_view wanted, std::vector<std::string_view> allowed) {
  std::string text;
  const auto nearest = std::min_element(allowed.begin(), allowed.end(), [&](auto a, auto b) {
    return EditDistance(wanted, a) < EditDistance(wanted, b);
  });
  if (nearest != allowed.end() && EditDistance(wanted, *nearest) <= 2) {
    text = servicekit::StrCat("did you mean `", *nearest, "`? ");
  }
  text += "Allowed: ";
  for (size_t i = 0; i < allowed.size(); ++i) servicekit::StrAppend(&text, i == 0 ? "" : ", ", allowed[i]);
  return text;
}

}  // namespace clientele::cli
