// Requirement sets between the contract and the domain.
#include "customer-svc/rpc/decode.h"
#include "customer-svc/rpc/encode.h"
#include "servicekit/rpc/convert.h"
#include "servicekit/types/str_cat.h"

namespace clientele::customer {
namespace {

template <typename Enum, typename Numbers>
std::vector<Enum> DecodeEnums(const Numbers& numbers) {
  std::vector<Enum> values;
  for (const int number : numbers) values.push_back(static_cast<Enum>(number));
  return values;
}

Condition DecodeCondition(const v1::Requirement& message) {
  switch (message.condition_case()) {
    case v1::Requirement::kField:
      return FieldKnown{message.field()};
    case v1::Requirement::kContactPoint:
      return ContactPointKnown{DecodeEnums<ContactPointKind>(message.contact_point().kinds())};
    case v1::Requirement::kContact:
      return ContactKnown{DecodeEnums<BuyingRole>(message.contact().buying_roles())};
    case v1::Requirement::kNeed: {
      const auto& need = message.need();
      return NeedKnown{.open = need.open(),
                       .with_budget = need.with_budget(),
                       .with_decision_date = need.with_decision_date(),
                       .with_product_interest = need.with_product_interest(),
                       .with_quantity = need.with_quantity()};
    }
    case v1::Requirement::kInteraction:
      return InteractionHeld{message.interaction().within_days(),
                             DecodeEnums<Channel>(message.interaction().channels())};
    case v1::Requirement::CONDITION_NOT_SET:
      break;
  }
  return std::monostate();
}

struct EncodeCondition {
  v1::Requirement& message;

  void operator()(std::monostate) const {}
  void operator()(const FieldKnown& known) const { message.set_field(known.field); }
  void operator()(const ContactPointKnown& known) const {
    auto* kinds = message.mutable_contact_point();
    for (const ContactPointKind kind : known.kinds) {
      kinds->add_kinds(static_cast<v1::ContactPoint::Kind>(kind));
    }
  }
  void operator()(const ContactKnown& known) const {
    auto* contact = message.mutable_contact();
    for (const BuyingRole role : known.buying_roles) {
      contact->add_buying_roles(static_cast<v1::Contact::BuyingRole>(role));
    }
  }
  void operator()(const NeedKnown& known) const {
    auto* need = message.mutable_need();
    need->set_open(known.open);
    need->set_with_budget(known.with_budget);
    need->set_with_decision_date(known.with_decision_date);
    need->set_with_product_interest(known.with_product_interest);
    need->set_with_quantity(known.with_quantity);
  }
  void operator()(const InteractionHeld& held) const {
    auto* interaction = message.mutable_interaction();
    interaction->set_within_days(held.within_days);
    for (const Channel channel : held.channels) {
      interaction->add_channels(static_cast<v1::Interaction::Channel>(channel));
    }
  }
};

}  // namespace

RequirementSet Decode(const v1::RequirementSet& message) {
  RequirementSet set{.stage = static_cast<Stage>(message.stage())};
  for (const v1::Requirement& requirement : message.requirements()) {
    set.requirements.push_back({.id = requirement.id(),
                                .description = requirement.description(),
                                .supplier = static_cast<Department>(requirement.supplier()),
                                .weight = requirement.weight(),
                                .customer_type = static_cast<CustomerType>(requirement.customer_type()),
                                .condition = DecodeCondition(requirement)});
  }
  return set;
}

v1::RequirementSet Encode(const RequirementSet& set) {
  v1::RequirementSet message;
  message.set_name(servicekit::StrCat("requirementSets/", IdOf(set.stage)));
  message.set_stage(static_cast<type::v1::Stage>(set.stage));
  for (const Requirement& requirement : set.requirements) {
    v1::Requirement* encoded = message.add_requirements();
    encoded->set_id(requirement.id);
    encoded->set_description(requirement.description);
    encoded->set_supplier(static_cast<type::v1::Department>(requirement.supplier));
    encoded->set_weight(requirement.weight);
    encoded->set_customer_type(static_cast<v1::Customer::Type>(requirement.customer_type));
    std::visit(EncodeCondition{*encoded}, requirement.condition);
  }
  *message.mutable_update_time() = servicekit::ToProto(set.update_time);
  message.set_etag(servicekit::EtagOf(set.version));
  return message;
}

v1::Completeness Encode(const Completeness& completeness) {
  v1::Completeness message;
  message.set_share(completeness.share);
  for (const Completeness::Missing& missing : completeness.missing) {
    type::v1::MissingItem* item = message.add_missing_items();
    item->set_requirement(missing.requirement->id);
    item->set_description(missing.requirement->description);
    item->set_supplier(static_cast<type::v1::Department>(missing.requirement->supplier));
    item->set_share(missing.share);
  }
  return message;
}

v1::PreviewRequirementSetResponse Encode(const ShortCounts& counts) {
  v1::PreviewRequirementSetResponse message;
  message.set_customer_count(counts.customers);
  message.set_short_count_before(counts.short_before);
  message.set_short_count_after(counts.short_after);
  message.set_newly_short_count(counts.newly_short);
  message.set_newly_complete_count(counts.newly_complete);
  return message;
}

}  // namespace clientele::customer
