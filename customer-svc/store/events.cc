#include "customer-svc/store/events.h"

#include <google/protobuf/util/time_util.h>

#include "clientele/customer/v1/customer_feed.pb.h"
#include "customer-svc/domain/names.h"
#include "servicekit/feed/publisher.h"
#include "servicekit/types/resource_name.h"

namespace clientele::customer {
namespace {

using google::protobuf::util::TimeUtil;
using servicekit::FeedEvent;
using servicekit::Id;
using servicekit::NameOf;
using servicekit::Transaction;

std::string NameOrEmpty(std::string_view collection, const std::optional<Id>& id) {
  return id ? NameOf(collection, *id) : "";
}

void Set(const std::optional<ExternalId>& id, type::v1::ExternalId* message) {
  message->set_system(id->system);
  message->set_id(id->id);
}

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  return TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

v1::CustomerChanged Changed(const Customer& customer, const Memberships& memberships) {
  v1::CustomerChanged event;
  event.set_customer(NameOf("customers", customer.id));
  event.set_display_name(customer.display_name);
  event.set_industry(customer.industry);
  event.set_owner(NameOrEmpty("representatives", customer.owner));
  event.set_team(NameOrEmpty("teams", customer.team));
  *event.mutable_create_time() = ToTimestamp(customer.create_time);
  event.set_version(customer.version);
  if (const auto markets = memberships.find(customer.id); markets != memberships.end()) {
    for (const Id market : markets->second) event.add_target_markets(NameOf("targetMarkets", market));
  }
  return event;
}

v1::InteractionLogged Logged(const Interaction& interaction) {
  v1::InteractionLogged event;
  event.set_interaction(NameOf("customers", interaction.customer, "interactions", interaction.id));
  event.set_customer(NameOf("customers", interaction.customer));
  *event.mutable_event_time() = ToTimestamp(*interaction.event_time);
  event.set_channel(std::string(Name(interaction.channel)));
  event.set_held(interaction.state == InteractionState::kHeld);
  event.set_representative(NameOrEmpty("representatives", interaction.representative));
  return event;
}

}  // namespace

v1::Team ToMessage(const Team& team) {
  v1::Team message;
  message.set_name(NameOf("teams", team.id));
  message.set_display_name(team.display_name);
  message.set_parent(NameOrEmpty("teams", team.parent));
  if (team.external_id) Set(team.external_id, message.mutable_external_id());
  *message.mutable_create_time() = ToTimestamp(team.create_time);
  *message.mutable_update_time() = ToTimestamp(team.update_time);
  return message;
}

v1::Representative ToMessage(const Representative& representative) {
  v1::Representative message;
  message.set_name(NameOf("representatives", representative.id));
  message.set_display_name(representative.display_name);
  message.set_department(static_cast<type::v1::Department>(representative.department));
  message.set_team(NameOf("teams", representative.team));
  message.set_manager(representative.manager);
  if (representative.external_id) Set(representative.external_id, message.mutable_external_id());
  *message.mutable_create_time() = ToTimestamp(representative.create_time);
  message.set_state(static_cast<v1::Representative::State>(representative.state));
  *message.mutable_update_time() = ToTimestamp(representative.update_time);
  return message;
}

absl::Status Events::Publish(Transaction& tx, const std::vector<Customer>& customers,
                             const Memberships& memberships) {
  std::vector<FeedEvent> events;
  events.reserve(customers.size());
  for (const Customer& customer : customers) {
    events.emplace_back(customer.id, customer.update_time, Changed(customer, memberships));
  }
  return feed_.Publish(tx, events);
}

absl::Status Events::PublishMerge(Transaction& tx, const CustomerMerge& merge) {
  v1::CustomersMerged event;
  event.set_customer_merge(NameOf("customerMerges", merge.id));
  event.set_survivor(NameOf("customers", merge.survivor));
  event.set_merged_customer(NameOf("customers", merge.merged));
  return feed_.Publish(tx, merge.survivor, merge.merge_time, event);
}

absl::Status Events::PublishErased(Transaction& tx, const std::vector<Id>& customers, bool deleted,
                                   absl::Time now) {
  std::vector<FeedEvent> events;
  for (const Id customer : customers) {
    v1::CustomerErased event;
    event.set_customer(NameOf("customers", customer));
    event.set_deleted(deleted);
    events.emplace_back(customer, now, event);
  }
  return feed_.Publish(tx, events);
}

absl::Status Events::PublishSplit(Transaction& tx, const CustomerMerge& merge, absl::Time now) {
  v1::CustomersSplit event;
  event.set_customer_merge(NameOf("customerMerges", merge.id));
  event.set_survivor(NameOf("customers", merge.survivor));
  event.set_restored_customer(NameOf("customers", merge.merged));
  return feed_.Publish(tx, merge.survivor, now, event);
}

absl::Status Events::Publish(Transaction& tx, const std::vector<Interaction>& interactions) {
  std::vector<FeedEvent> events;
  events.reserve(interactions.size());
  for (const Interaction& interaction : interactions) {
    events.emplace_back(interaction.customer, *interaction.event_time, Logged(interaction));
  }
  return feed_.Publish(tx, events);
}

absl::Status Events::Publish(Transaction& tx, const std::vector<Team>& teams, absl::Time now) {
  std::vector<FeedEvent> events;
  for (const Team& team : teams) {
    v1::TeamChanged event;
    *event.mutable_team() = ToMessage(team);
    events.emplace_back(Id(), now, event);
  }
  return feed_.Publish(tx, events);
}

absl::Status Events::Publish(Transaction& tx, const std::vector<Representative>& representatives,
                             absl::Time now) {
  std::vector<FeedEvent> events;
  for (const Representative& representative : representatives) {
    v1::RepresentativeChanged event;
    *event.mutable_representative() = ToMessage(representative);
    events.emplace_back(Id(), now, event);
  }
  return feed_.Publish(tx, events);
}

}  // namespace clientele::customer
