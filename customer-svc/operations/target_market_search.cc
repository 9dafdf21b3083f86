#include "customer-svc/operations/target_market_search.h"

namespace clientele::customer {
namespace {

using servicekit::Id;
using servicekit::Transaction;

constexpr int64_t kCustomersInAStep = 500;

// The customers of a step are placed, and the others are told.
absl::Status PlaceAndTell(Stores& stores, Transaction& tx, absl::Time now, const std::vector<Id>& differing) {
  // Locked, so that what a write of the same customer makes of it is seen, or waits.
  absl::StatusOr<std::vector<Customer>> customers = stores.customers.LockAll(tx, differing);
  if (!customers.ok() || customers->empty()) return customers.status();
  std::vector<Id> ids;
  for (Customer& customer : *customers) {
    ids.push_back(customer.id);
    // The others take an event for old unless its version is higher.
    ++customer.version;
    customer.update_time = now;
  }
  const absl::StatusOr<Memberships> memberships = stores.target_markets.Place(tx, ids);
  if (!memberships.ok()) return memberships.status();
  const absl::Status status = stores.customers.RaiseVersions(tx, ids);
  return status.ok() ? stores.events.Publish(tx, *customers, *memberships) : status;
}

}  // namespace

absl::StatusOr<bool> SearchTargetMarkets(Stores& stores, servicekit::Pool& pool,
                                         const servicekit::Clock& clock) {
  bool done = false;
  // READ COMMITTED: what is judged after a lock was waited for is as it is now.
  const absl::Status status =
      RunTransaction(pool, clock.Now() + absl::Seconds(30),
                     [&](Transaction& tx) -> absl::Status {
                       done = false;
                       const auto step = stores.target_markets.NextStep(tx, kCustomersInAStep);
                       if (!step.ok() || step->market.is_nil()) return step.status();
                       done = true;
                       absl::Status placed;
                       if (!step->differing.empty())
                         placed = PlaceAndTell(stores, tx, clock.Now(), step->differing);
                       return placed.ok() ? stores.target_markets.FinishStep(tx, *step) : placed;
                     },
                     {.read_committed = true});
  if (!status.ok()) return status;
  return done;
}

}  // namespace clientele::customer
