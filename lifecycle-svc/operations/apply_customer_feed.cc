#include <map>
#include <vector>

#include "clientele/customer/v1/customer_feed.pb.h"
#include "lifecycle-svc/operations/operations.h"
#include "lifecycle-svc/operations/unit_of_work.h"
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
  if (!violations.empty()) return violations.status();
  return customer;
}

absl::Status PlaceTeam(Transaction& tx, const customer::v1::Team& team) {
  Violations violations;
  const std::optional<Id> id = DecodeName(violations, "team.name", "teams", team.name());
  const std::optional<Id> parent = DecodeName(violations, "team.parent", "teams", team.parent());
  if (!id.has_value()) violations.Add("team.name", "is required");
  if (!violations.empty()) return violations.status();
  return JourneyStore::PlaceTeam(tx, *id, parent);
}

}  // namespace

absl::Status ApplyCustomerFeed(const Environment& environment, Transaction& tx,
                               const type::v1::ReadFeedResponse& batch) {
  std::map<Id, KnownCustomer> newest;
  std::vector<customer::v1::Team> teams;
  for (const type::v1::FeedEntry& entry : batch.entries()) {
    // What else the feed tells (interactions, representatives) changes nothing here.
    if (customer::v1::CustomerChanged event; entry.event().UnpackTo(&event)) {
      absl::StatusOr<KnownCustomer> customer = Decode(event);
      if (!customer.ok()) return customer.status();
      KnownCustomer& known = newest[customer->id];
      if (known.id.is_nil() || known.version < customer->version) known = *std::move(customer);
    } else if (customer::v1::TeamChanged changed; entry.event().UnpackTo(&changed)) {
      teams.push_back(changed.team());
    }
  }
  std::vector<Id> ids;
  std::vector<KnownCustomer> customers;
  for (auto& [id, customer] : newest) {
    ids.push_back(id);
    customers.push_back(std::move(customer));
  }
  CallContext call;
  call.principal.subject = "customer-svc";
  call.principal.role = servicekit::Role::kService;
  call.method = "customer feed";
  UnitOfWork work(environment, call, tx);
  absl::Status status = work.Lock(ids, customers);
  for (const customer::v1::Team& team : teams) {
    if (status.ok()) status = PlaceTeam(tx, team);
  }
  for (const KnownCustomer& customer : customers) {
    if (status.ok()) status = JourneyStore::UpdateCustomer(tx, customer);
  }
  if (status.ok()) status = work.Flush();
  return status;
}

}  // namespace clientele::lifecycle
