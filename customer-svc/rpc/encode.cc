#include "customer-svc/rpc/encode.h"

#include "customer-svc/operations/stores.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/rpc/status.h"
#include "servicekit/types/resource_name.h"

namespace clientele::customer {
namespace {

using servicekit::EtagOf;
using servicekit::NameOf;
using servicekit::ToProto;

void Encode(const ExternalId& id, type::v1::ExternalId* message) {
  message->set_system(id.system);
  message->set_id(id.id);
}

template <typename Message>
void EncodeContactPoints(const std::vector<ContactPoint>& points, Message* message) {
  for (const ContactPoint& point : points) {
    v1::ContactPoint* encoded = message->add_contact_points();
    encoded->set_kind(static_cast<v1::ContactPoint::Kind>(point.kind));
    encoded->set_value(point.value);
    encoded->set_label(point.label);
  }
}

// What contacts, needs and interactions share.
template <typename Message, typename Child>
Message EncodeChild(const Child& child) {
  Message message;
  message.set_name(NameOf("customers", child.customer, kCollection<Child>, child.id));
  if (child.external_id) Encode(*child.external_id, message.mutable_external_id());
  *message.mutable_create_time() = ToProto(child.create_time);
  *message.mutable_update_time() = ToProto(child.update_time);
  message.set_etag(EtagOf(child.version));
  return message;
}

}  // namespace

v1::Customer Encode(const Customer& customer) {
  v1::Customer message;
  message.set_name(NameOf("customers", customer.id));
  message.set_display_name(customer.display_name);
  message.set_type(static_cast<v1::Customer::Type>(customer.type));
  message.set_registration_number(customer.registration_number);
  message.set_industry(customer.industry);
  message.set_employee_count(customer.employee_count);
  if (customer.annual_revenue) *message.mutable_annual_revenue() = ToProto(*customer.annual_revenue);
  message.set_founded_year(customer.founded_year);
  message.set_source(customer.source);
  for (const Address& address : customer.addresses) {
    v1::Address* encoded = message.add_addresses();
    encoded->set_label(address.label);
    encoded->set_region_code(address.region_code);
    encoded->set_postal_code(address.postal_code);
    encoded->set_locality(address.locality);
    encoded->set_lines(address.lines);
  }
  EncodeContactPoints(customer.contact_points, &message);
  if (customer.parent) message.set_parent(NameOf("customers", *customer.parent));
  for (const std::string& tag : customer.tags) message.add_tags(tag);
  for (const ExternalId& id : customer.external_ids) Encode(id, message.add_external_ids());
  if (customer.owner) message.set_owner(NameOf("representatives", *customer.owner));
  if (customer.team) message.set_team(NameOf("teams", *customer.team));
  customer::Encode(customer.attributes, message.mutable_attributes());
  *message.mutable_create_time() = ToProto(customer.create_time);
  *message.mutable_update_time() = ToProto(customer.update_time);
  message.set_etag(EtagOf(customer.version));
  return message;
}

v1::Contact Encode(const Contact& contact) {
  v1::Contact message = EncodeChild<v1::Contact>(contact);
  message.set_display_name(contact.display_name);
  message.set_job_title(contact.job_title);
  message.set_buying_role(static_cast<v1::Contact::BuyingRole>(contact.buying_role));
  EncodeContactPoints(contact.contact_points, &message);
  return message;
}

v1::Need Encode(const Need& need) {
  v1::Need message = EncodeChild<v1::Need>(need);
  message.set_description(need.description);
  message.set_product_interest(need.product_interest);
  message.set_quantity(need.quantity);
  if (need.budget) *message.mutable_budget() = ToProto(*need.budget);
  if (need.decision_date) *message.mutable_decision_date() = ToProto(*need.decision_date);
  message.set_urgency(static_cast<v1::Need::Urgency>(need.urgency));
  message.set_state(static_cast<v1::Need::State>(need.state));
  return message;
}

v1::Interaction Encode(const Interaction& interaction) {
  v1::Interaction message = EncodeChild<v1::Interaction>(interaction);
  message.set_channel(static_cast<v1::Interaction::Channel>(interaction.channel));
  message.set_direction(static_cast<v1::Interaction::Direction>(interaction.direction));
  *message.mutable_event_time() = ToProto(*interaction.event_time);
  message.set_subject(interaction.subject);
  message.set_outcome(interaction.outcome);
  message.set_state(static_cast<v1::Interaction::State>(interaction.state));
  if (interaction.representative) {
    message.set_representative(NameOf("representatives", *interaction.representative));
  }
  return message;
}

v1::Team Encode(const Team& team) {
  v1::Team message = ToMessage(team);
  message.set_etag(EtagOf(team.version));
  return message;
}
v1::Representative Encode(const Representative& representative) {
  v1::Representative message = ToMessage(representative);
  message.set_etag(EtagOf(representative.version));
  return message;
}

v1::ImportRecordsResponse Encode(const std::vector<ImportResult>& results) {
  v1::ImportRecordsResponse message;
  message.mutable_results()->Reserve(static_cast<int>(results.size()));
  for (const ImportResult& result : results) {
    type::v1::ImportResult* encoded = message.add_results();
    encoded->set_row(result.row);
    encoded->set_outcome(static_cast<type::v1::ImportResult::Outcome>(result.outcome));
    encoded->set_name(result.name);
    if (!result.error.ok()) {
      encoded->mutable_error()->ParseFromString(servicekit::ToGrpcStatus(result.error).error_details());
    }
  }
  return message;
}

}  // namespace clientele::customer
