#include "customer-svc/rpc/decode.h"

#include "servicekit/rpc/convert.h"
#include "servicekit/types/resource_name.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::ParseName;
using servicekit::StrCat;
using servicekit::Violations;

std::optional<Id> DecodeName(const std::string& name, std::string_view field, std::string_view collection,
                             Violations& violations) {
  if (name.empty()) return std::nullopt;
  const absl::StatusOr<Id> id = ParseName(field, collection, name);
  if (id.ok()) return *id;
  violations.Add(field, id.status());
  return std::nullopt;
}

// The value that `decoded` holds, or a violation.
template <typename Value>
std::optional<Value> ValueOf(const absl::StatusOr<Value>& decoded, std::string_view field,
                             Violations& violations) {
  if (decoded.ok()) return *decoded;
  violations.Add(field, decoded.status());
  return std::nullopt;
}

ExternalId Decode(const type::v1::ExternalId& message) { return {message.system(), message.id()}; }

template <typename Message>
std::optional<ExternalId> DecodeExternalId(const Message& message) {
  return message.has_external_id() ? std::optional(Decode(message.external_id())) : std::nullopt;
}

std::vector<ContactPoint> Decode(const google::protobuf::RepeatedPtrField<v1::ContactPoint>& messages) {
  std::vector<ContactPoint> points;
  for (const v1::ContactPoint& message : messages) {
    points.push_back({static_cast<ContactPointKind>(message.kind()), message.value(), message.label()});
  }
  return points;
}

// The record without its references.
template <typename Child, typename Message>
ChildRecord<Child> DecodeChild(const type::v1::Reference& owner, const Message& child,
                               std::string_view prefix, Violations& violations) {
  ChildRecord<Child> record;
  record.child = customer::Decode(child, prefix, violations);
  record.customer = customer::Decode(owner, "customer", "customers", violations);
  if (std::holds_alternative<std::monostate>(record.customer) && violations.empty()) {
    violations.Add("customer", "is required");
  }
  return record;
}

}  // namespace

Customer Decode(const v1::Customer& message, std::string_view prefix, Violations& violations) {
  const auto at = [&](const char* field) { return StrCat(prefix, field); };
  Customer customer;
  customer.display_name = message.display_name();
  customer.type = static_cast<CustomerType>(message.type());
  customer.registration_number = message.registration_number();
  customer.industry = message.industry();
  customer.employee_count = message.employee_count();
  if (message.has_annual_revenue()) {
    customer.annual_revenue = ValueOf(servicekit::FromProto(at("annual_revenue"), message.annual_revenue()),
                                      at("annual_revenue"), violations);
  }
  customer.founded_year = message.founded_year();
  customer.source = message.source();
  for (const v1::Address& address : message.addresses()) {
    customer.addresses.push_back(
        {address.label(), address.region_code(), address.postal_code(), address.locality(), address.lines()});
  }
  customer.contact_points = Decode(message.contact_points());
  customer.parent = DecodeName(message.parent(), at("parent"), "customers", violations);
  customer.tags.assign(message.tags().begin(), message.tags().end());
  for (const type::v1::ExternalId& id : message.external_ids()) customer.external_ids.push_back(Decode(id));
  customer.owner = DecodeName(message.owner(), at("owner"), "representatives", violations);
  customer.team = DecodeName(message.team(), at("team"), "teams", violations);
  customer.attributes = customer::Decode(message.attributes(), at("attributes"), violations);
  return customer;
}

Contact Decode(const v1::Contact& message, std::string_view /*prefix*/, Violations& /*violations*/) {
  Contact contact;
  contact.display_name = message.display_name();
  contact.job_title = message.job_title();
  contact.buying_role = static_cast<BuyingRole>(message.buying_role());
  contact.contact_points = Decode(message.contact_points());
  contact.external_id = DecodeExternalId(message);
  return contact;
}

Need Decode(const v1::Need& message, std::string_view prefix, Violations& violations) {
  const auto at = [&](const char* field) { return StrCat(prefix, field); };
  Need need;
  need.description = message.description();
  need.product_interest = message.product_interest();
  need.quantity = message.quantity();
  if (message.has_budget()) {
    need.budget = ValueOf(servicekit::FromProto(at("budget"), message.budget()), at("budget"), violations);
  }
  if (message.has_decision_date()) {
    need.decision_date = ValueOf(servicekit::FromProto(at("decision_date"), message.decision_date()),
                                 at("decision_date"), violations);
  }
  need.urgency = static_cast<Urgency>(message.urgency());
  need.state = static_cast<NeedState>(message.state());
  need.external_id = DecodeExternalId(message);
  return need;
}

Interaction Decode(const v1::Interaction& message, std::string_view prefix, Violations& violations) {
  const auto at = [&](const char* field) { return StrCat(prefix, field); };
  Interaction interaction;
  interaction.channel = static_cast<Channel>(message.channel());
  interaction.direction = static_cast<Direction>(message.direction());
  if (message.has_event_time()) {
    interaction.event_time =
        ValueOf(servicekit::FromProto(at("event_time"), message.event_time()), at("event_time"), violations);
  }
  interaction.subject = message.subject();
  interaction.outcome = message.outcome();
  interaction.state = static_cast<InteractionState>(message.state());
  interaction.representative =
      DecodeName(message.representative(), at("representative"), "representatives", violations);
  interaction.external_id = DecodeExternalId(message);
  return interaction;
}

Team Decode(const v1::Team& message, std::string_view prefix, Violations& violations) {
  Team team;
  team.display_name = message.display_name();
  team.parent = DecodeName(message.parent(), StrCat(prefix, "parent"), "teams", violations);
  team.external_id = DecodeExternalId(message);
  return team;
}

Representative Decode(const v1::Representative& message, std::string_view prefix, Violations& violations) {
  Representative representative;
  representative.display_name = message.display_name();
  representative.department = static_cast<Department>(message.department());
  representative.team =
      DecodeName(message.team(), StrCat(prefix, "team"), "teams", violations).value_or(Id());
  representative.manager = message.manager();
  representative.state = static_cast<RepresentativeState>(message.state());
  representative.external_id = DecodeExternalId(message);
  return representative;
}

Reference Decode(const type::v1::Reference& message, std::string_view field, std::string_view collection,
                 Violations& violations) {
  if (message.has_external_id()) {
    const ExternalId id = Decode(message.external_id());
    Check(violations, field, id);
    return id;
  }
  if (!message.has_name()) return std::monostate();
  const absl::StatusOr<Id> id = ParseName(field, collection, message.name());
  if (id.ok()) return *id;
  violations.Add(field, id.status());
  return std::monostate();
}

ImportRecord Decode(const v1::ImportRecord& message) {
  ImportRecord record{.row = message.row()};
  Violations violations;
  switch (message.record_case()) {
    case v1::ImportRecord::kTeam: {
      record.record = TeamRecord{Decode(message.team().team(), "team.", violations),
                                 Decode(message.team().parent(), "parent", "teams", violations)};
      break;
    }
    case v1::ImportRecord::kRepresentative: {
      const v1::RepresentativeRecord& source = message.representative();
      record.record = RepresentativeRecord{Decode(source.representative(), "representative.", violations),
                                           Decode(source.team(), "team", "teams", violations)};
      break;
    }
    case v1::ImportRecord::kCustomer: {
      const v1::CustomerRecord& source = message.customer();
      record.record = CustomerRecord{Decode(source.customer(), "customer.", violations),
                                     Decode(source.parent(), "parent", "customers", violations),
                                     Decode(source.owner(), "owner", "representatives", violations),
                                     Decode(source.team(), "team", "teams", violations)};
      break;
    }
    case v1::ImportRecord::kContact:
      record.record = DecodeChild<Contact>(message.contact().customer(), message.contact().contact(),
                                           "contact.", violations);
      break;
    case v1::ImportRecord::kNeed:
      record.record =
          DecodeChild<Need>(message.need().customer(), message.need().need(), "need.", violations);
      break;
    case v1::ImportRecord::kInteraction: {
      const v1::InteractionRecord& source = message.interaction();
      auto interaction =
          DecodeChild<Interaction>(source.customer(), source.interaction(), "interaction.", violations);
      interaction.representative =
          Decode(source.representative(), "representative", "representatives", violations);
      record.record = std::move(interaction);
      break;
    }
    case v1::ImportRecord::RECORD_NOT_SET:
      violations.Add("record", "is required: a team, representative, customer, contact, need or interaction");
      break;
  }
  record.malformed = violations.status();
  return record;
}

absl::StatusOr<std::vector<Id>> DecodeCustomerNames(
    std::string_view field, const google::protobuf::RepeatedPtrField<std::string>& names) {
  if (names.size() > 1000) return servicekit::InvalidField(field, "must be at most 1000");
  Violations violations;
  std::vector<Id> ids;
  for (int i = 0; i < names.size(); ++i) {
    const std::string at = StrCat(field, "[", i, "]");
    const absl::StatusOr<Id> id = ParseName(at, "customers", names[i]);
    violations.Add(at, id.status());
    if (id.ok()) ids.push_back(*id);
  }
  if (!violations.empty()) return violations.status();
  return ids;
}

}  // namespace clientele::customer
