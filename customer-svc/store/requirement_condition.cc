#include "customer-svc/store/requirement_condition.h"

#include <vector>

#include "customer-svc/domain/names.h"
#include "customer-svc/store/lookup.h"

namespace clientele::customer {
namespace {

using servicekit::Parameter;
using servicekit::Sql;
using servicekit::SqlText;

struct KnownField {
  std::string_view name;
  SqlText condition;
};
// What is empty is NULL; what is never empty is always known.
constexpr KnownField kKnownFields[] = {
    {"display_name", "(1 = 1)"},
    {"type", "(1 = 1)"},
    {"registration_number", "(customers.registration_number IS NOT NULL)"},
    {"industry", "(customers.industry IS NOT NULL)"},
    {"employee_count", "(customers.employee_count IS NOT NULL)"},
    {"annual_revenue", "(customers.annual_revenue IS NOT NULL)"},
    {"founded_year", "(customers.founded_year IS NOT NULL)"},
    {"source", "(customers.source IS NOT NULL)"},
    {"addresses", "(customers.addresses IS NOT NULL)"},
    {"contact_points", "(customers.contact_points IS NOT NULL)"},
    {"parent", "(customers.parent_id IS NOT NULL)"},
    {"tags", "(customers.tags IS NOT NULL)"},
    {"external_ids", "(customers.external_ids IS NOT NULL)"},
    {"owner", "(customers.owner_id IS NOT NULL)"},
    {"team", "(customers.team_id IS NOT NULL)"},
    {"attributes", "(customers.attributes IS NOT NULL)"},
};

template <typename Enum>
Sql InEnums(const std::vector<Enum>& values) {
  std::vector<Parameter> numbers;
  for (const Enum value : values) numbers.emplace_back(static_cast<int64_t>(value));
  return Sql::List(std::move(numbers));
}

struct ConditionOf {
  absl::Time now;

  // Never stored: a set is checked before it is.
  Sql operator()(std::monostate) const { return Sql("(1 = 0)"); }

  Sql operator()(const FieldKnown& known) const {
    if (known.field.starts_with(kAttributePrefix)) {
      return Sql(
          "(EXISTS (SELECT 1 FROM customer_attributes WHERE customer_attributes.customer_id = customers.id"
          " AND customer_attributes.attribute = ?))",
          {servicekit::Bytes{known.field.substr(kAttributePrefix.size())}});
    }
    for (const KnownField& field : kKnownFields) {
      if (field.name == known.field) return Sql(field.condition);
    }
    return Sql("(1 = 0)");
  }

  Sql operator()(const ContactPointKnown& known) const {
    std::vector<Sql> own, of_contact;
    for (const ContactPointKind kind : known.kinds) {
      const Parameter name{Name(kind)};
      own.push_back(
          Sql("JSON_SEARCH(customers.contact_points, 'one', ?, NULL, '$[*].kind') IS NOT NULL", {name}));
      of_contact.push_back(
          Sql("JSON_SEARCH(contacts.contact_points, 'one', ?, NULL, '$[*].kind') IS NOT NULL", {name}));
    }
    return Sql("(") + Sql::Join(own, " OR ") +
           Sql(" OR EXISTS (SELECT 1 FROM contacts WHERE contacts.customer_id = customers.id AND (") +
           Sql::Join(of_contact, " OR ") + Sql(")))");
  }

  Sql operator()(const ContactKnown& known) const {
    Sql sql("(EXISTS (SELECT 1 FROM contacts WHERE contacts.customer_id = customers.id");
    if (!known.buying_roles.empty())
      sql += Sql(" AND contacts.buying_role IN ") + InEnums(known.buying_roles);
    return sql + Sql("))");
  }

  Sql operator()(const NeedKnown& known) const {
    Sql sql("(EXISTS (SELECT 1 FROM needs WHERE needs.customer_id = customers.id");
    sql += known.open ? Sql(" AND needs.state = ?", {static_cast<int64_t>(NeedState::kOpen)})
                      : Sql(" AND needs.state <> ?", {static_cast<int64_t>(NeedState::kWithdrawn)});
    if (known.with_budget) sql += Sql(" AND needs.budget IS NOT NULL");
    if (known.with_decision_date) sql += Sql(" AND needs.decision_date IS NOT NULL");
    if (known.with_product_interest) sql += Sql(" AND needs.product_interest <> ''");
    if (known.with_quantity) sql += Sql(" AND needs.quantity > 0");
    return sql + Sql("))");
  }

  // By the index `held`: state, channel, time.
  Sql operator()(const InteractionHeld& held) const {
    std::vector<Channel> channels = held.channels;
    if (channels.empty()) {
      channels = {Channel::kCall,  Channel::kMeeting, Channel::kEmail, Channel::kVisit,
                  Channel::kEvent, Channel::kMessage, Channel::kNote};
    }
    Sql sql = Sql("(EXISTS (SELECT 1 FROM interactions WHERE interactions.customer_id = customers.id"
                  " AND interactions.state = ? AND interactions.event_time <= ?",
                  {static_cast<int64_t>(InteractionState::kHeld), now}) +
              Sql(" AND interactions.channel IN ") + InEnums(channels);
    if (held.within_days > 0) {
      sql += Sql(" AND interactions.event_time >= ?", {now - held.within_days * absl::Hours(24)});
    }
    return sql + Sql("))");
  }
};

}  // namespace

Sql KnownCondition(const Condition& condition, absl::Time now) {
  return std::visit(ConditionOf{now}, condition);
}

}  // namespace clientele::customer
