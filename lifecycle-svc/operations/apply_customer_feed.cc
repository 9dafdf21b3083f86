#include <algorithm>
#include <map>
#include <vector>

#include "clientele/customer/v1/customer_feed.pb.h"
#include "lifecycle-svc/operations/customer_events.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/operations/unit_of_work.h"
#include "lifecycle-svc/store/alias_store.h"
#include "lifecycle-svc/store/stall_store.h"
#include "servicekit/types/resource_name.h"

namespace clientele::lifecycle {
namespace {

absl::StatusOr<KnownCustomer> Decode(const customer::v1::CustomerChanged& event) {
  Violations violations;
  KnownCustomer customer;
  customer.id = DecodeName(violations, "customer", "customers", event.customer()).value_or(Id());
  if (customer.id.is_nil()) violations.Add("customer", "is required");
  customer.version = event.version();
  customer.display_name = event.display_name();
  customer.industry = event.industry();
  customer.owner = DecodeName(violations, "owner", "representatives", event.owner());
  customer.team = DecodeName(violations, "team", "teams", event.team());
  customer.create_time = DecodeTime(violations, "create_time", event.create_time());
  customer.target_markets.emplace();
  for (const std::string& name : event.target_markets()) {
    if (const auto market = DecodeName(violations, "target_markets", "targetMarkets", name)) {
      customer.target_markets->push_back(*market);
    }
  }
  if (!violations.empty()) return violations.status();
  return customer;
}

absl::StatusOr<KnownRepresentative> Decode(const customer::v1::Representative& message) {
  Violations violations;
  KnownRepresentative representative;
  const auto id = DecodeName(violations, "representative.name", "representatives", message.name());
  if (!id.has_value()) violations.Add("representative.name", "is required");
  representative.team = DecodeName(violations, "representative.team", "teams", message.team());
  representative.department = static_cast<Department>(message.department());
  representative.manager = message.manager();
  if (!violations.empty()) return violations.status();
  representative.id = *id;
  return representative;
}

absl::Status PlaceTeam(Transaction& tx, const customer::v1::Team& team) {
  Violations violations;
  const std::optional<Id> id = DecodeName(violations, "team.name", "teams", team.name());
  const std::optional<Id> parent = DecodeName(violations, "team.parent", "teams", team.parent());
  if (!id.has_value()) violations.Add("team.name", "is required");
  if (!violations.empty()) return violations.status();
  return JourneyStore::PlaceTeam(tx, *id, parent);
}

// One batch of the feed. What is told of customers, teams and representatives is gathered and written
// together; what makes two customers one, or one two, comes in its place between.
class CustomerFeedBatch {
 public:
  CustomerFeedBatch(const Environment& environment, Transaction& tx) : environment_(environment), tx_(tx) {
    call_.principal.subject = "customer-svc";
    call_.principal.role = servicekit::Role::kService;
    call_.method = "customer feed";
  }

  absl::Status Apply(const type::v1::ReadFeedResponse& batch) {
    absl::Status status = LockAll(batch);
    for (const type::v1::FeedEntry& entry : batch.entries()) {
      if (status.ok()) status = Apply(entry);
    }
    return status.ok() ? Write() : status;
  }

 private:
  // Before any plain read of the transaction, so that what is read later is what the locks protect.
  absl::Status LockAll(const type::v1::ReadFeedResponse& batch) {
    std::vector<Id> named;
    const auto name = [&](const std::string& customer) {
      if (const auto id = servicekit::ParseName("", "customers", customer); id.ok()) named.push_back(*id);
    };
    for (const type::v1::FeedEntry& entry : batch.entries()) {
      if (customer::v1::CustomersMerged merged; entry.event().UnpackTo(&merged)) {
        name(merged.survivor());
        name(merged.merged_customer());
      } else if (customer::v1::CustomersSplit split; entry.event().UnpackTo(&split)) {
        name(split.survivor());
        name(split.restored_customer());
      } else if (customer::v1::CustomerErased erased; entry.event().UnpackTo(&erased)) {
        name(erased.customer());
      } else {
        name(entry.customer());
      }
    }
    const auto survivors = AliasStore::LockSurvivors(tx_, named);
    if (!survivors.ok()) return survivors.status();
    for (const auto& [alias, survivor] : *survivors) named.push_back(survivor);
    return JourneyStore::Lock(tx_, named).status();
  }

  absl::Status Apply(const type::v1::FeedEntry& entry) {
    // What else the feed tells changes nothing here.
    if (customer::v1::CustomerChanged changed; entry.event().UnpackTo(&changed)) {
      absl::StatusOr<KnownCustomer> customer = Decode(changed);
      if (!customer.ok()) return customer.status();
      KnownCustomer& known = customers_[customer->id];
      // Of two with the same version the later one counts: being a member of a target market is no change of
      // it.
      if (known.id.is_nil() || known.version <= customer->version) known = *std::move(customer);
    } else if (customer::v1::InteractionLogged interaction; entry.event().UnpackTo(&interaction)) {
      return RememberContact(interaction);
    } else if (customer::v1::TeamChanged team; entry.event().UnpackTo(&team)) {
      teams_.push_back(team.team());
    } else if (customer::v1::RepresentativeChanged moved; entry.event().UnpackTo(&moved)) {
      const absl::StatusOr<KnownRepresentative> representative = Decode(moved.representative());
      if (!representative.ok()) return representative.status();
      representatives_[representative->id] = *representative;
    } else if (customer::v1::CustomersMerged merged; entry.event().UnpackTo(&merged)) {
      const absl::Status status = Write();
      return status.ok() ? MergeCustomers(environment_, call_, tx_, merged) : status;
    } else if (customer::v1::CustomersSplit split; entry.event().UnpackTo(&split)) {
      const absl::Status status = Write();
      return status.ok() ? SplitCustomers(environment_, call_, tx_, split) : status;
    } else if (customer::v1::CustomerErased erased; entry.event().UnpackTo(&erased)) {
      const absl::Status status = Write();
      return status.ok() ? EraseCustomer(tx_, erased) : status;
    }
    return absl::OkStatus();
  }

  // Only what was held is contact.
  absl::Status RememberContact(const customer::v1::InteractionLogged& interaction) {
    if (!interaction.held()) return absl::OkStatus();
    Violations violations;
    const auto customer = DecodeName(violations, "customer", "customers", interaction.customer());
    const absl::Time time = DecodeTime(violations, "event_time", interaction.event_time());
    if (!customer.has_value()) violations.Add("customer", "is required");
    if (!violations.empty()) return violations.status();
    absl::Time& newest = contacts_.try_emplace(*customer, time).first->second;
    newest = std::max(newest, time);
    return absl::OkStatus();
  }

  // After the customers, so that they are there.
  absl::Status WriteContacts() {
    std::vector<Id> customers;
    for (const auto& [customer, time] : contacts_) customers.push_back(customer);
    const auto survivors = AliasStore::LockSurvivors(tx_, customers);
    if (!survivors.ok()) return survivors.status();
    for (const auto& [customer, time] : contacts_) {
      const auto found = survivors->find(customer);
      const absl::Status status =
          StallStore::TouchContact(tx_, found == survivors->end() ? customer : found->second, time);
      if (!status.ok()) return status;
    }
    contacts_.clear();
    return absl::OkStatus();
  }

  // Writes what was gathered.
  absl::Status Write() {
    std::vector<Id> ids;
    std::vector<KnownCustomer> customers;
    for (auto& [id, customer] : customers_) {
      ids.push_back(id);
      customers.push_back(std::move(customer));
    }
    customers_.clear();
    UnitOfWork work(environment_, call_, tx_);
    absl::Status status = work.Lock(ids, customers);
    // Target markets are those of the newest version, also when that was known without them.
    std::vector<KnownCustomer> fresh;
    for (const KnownCustomer& customer : customers) {
      const Journey* journey = work.FindJourney(customer.id);
      const bool alias = work.Resolve(customer.id) != customer.id;
      if (alias || (journey != nullptr && journey->customer_version <= customer.version)) {
        fresh.push_back(customer);
      }
    }
    for (const customer::v1::Team& team : teams_) {
      if (status.ok()) status = PlaceTeam(tx_, team);
    }
    teams_.clear();
    for (const KnownCustomer& customer : customers) {
      if (!status.ok()) return status;
      const bool alias = work.Resolve(customer.id) != customer.id;
      status =
          alias ? AliasStore::UpdateCustomer(tx_, customer) : JourneyStore::UpdateCustomer(tx_, customer);
      // Somebody took the customer on: their time begins.
      const Journey* journey = work.FindJourney(customer.id);
      if (status.ok() && !alias && journey != nullptr && journey->customer_version < customer.version &&
          customer.owner.has_value() && journey->owner != customer.owner) {
        status = StallStore::TouchProgress(tx_, customer.id, environment_.clock.Now());
      }
    }
    if (status.ok()) status = JourneyStore::ReplaceTargetMarkets(tx_, fresh);
    std::vector<KnownRepresentative> representatives;
    for (const auto& [id, representative] : representatives_) representatives.push_back(representative);
    representatives_.clear();
    if (status.ok()) status = JourneyStore::PutRepresentatives(tx_, representatives);
    if (status.ok()) status = work.Flush();
    return status.ok() ? WriteContacts() : status;
  }

  const Environment& environment_;
  Transaction& tx_;
  CallContext call_;
  std::map<Id, KnownCustomer> customers_;
  std::map<Id, absl::Time> contacts_;  // The newest of each.
  std::vector<customer::v1::Team> teams_;
  std::map<Id, KnownRepresentative> representatives_;
};

}  // namespace

absl::Status ApplyCustomerFeed(const Environment& environment, Transaction& tx,
                               const type::v1::ReadFeedResponse& batch) {
  return CustomerFeedBatch(environment, tx).Apply(batch);
}

}  // namespace clientele::lifecycle
