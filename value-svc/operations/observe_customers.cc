#include "value-svc/operations/observe_customers.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "value-svc/domain/orders.h"

namespace clientele::value {
namespace {

// The largest id that is smaller than `id`.
Id Before(Id id) {
  std::string bytes(id.bytes());
  for (size_t i = bytes.size(); i-- > 0;) {
    const uint8_t byte = static_cast<uint8_t>(bytes[i]);
    bytes[i] = static_cast<char>(byte - 1);
    if (byte != 0) break;
  }
  return *Id::FromBytes(bytes);
}

// Orders by the opportunity that they were won with, as they stand after cancellations and returns.
absl::StatusOr<absl::flat_hash_map<Id, std::vector<Fact>>> ReferredOrders(Transaction& tx, Stores& stores,
                                                                          absl::Span<const Fact> facts,
                                                                          absl::Time as_of) {
  std::vector<Id> opportunities;
  for (const Fact& fact : facts) {
    if (fact.kind == FactKind::kReferralRecorded) opportunities.push_back(*fact.opportunity);
  }
  absl::StatusOr<std::vector<Fact>> orders = stores.facts.OrdersOf(tx, opportunities, as_of);
  if (!orders.ok()) return orders.status();
  absl::flat_hash_map<Id, std::vector<Fact>> by_opportunity;
  const std::vector<const Fact*> counting = CountingFacts(*orders, as_of);
  NetOrders net = NetOfReturns(counting);
  for (Fact& order : net.orders) {
    by_opportunity[*order.opportunity].push_back(std::move(order));
  }
  return by_opportunity;
}

}  // namespace

absl::StatusOr<std::vector<Observations>> ObserveCustomers(Transaction& tx, Stores& stores,
                                                           absl::Span<const Id> customers, bool whole,
                                                           absl::Time as_of, absl::Duration horizon) {
  std::vector<Observations> observations;
  if (customers.empty()) return observations;
  const absl::StatusOr<std::vector<Fact>> facts =
      whole ? stores.facts.OfCustomers(tx, CustomerRange{Before(customers.front()), customers.back()}, as_of)
            : stores.facts.OfCustomers(tx, customers, as_of);
  if (!facts.ok()) return facts.status();
  const auto referred = ReferredOrders(tx, stores, *facts, as_of);
  if (!referred.ok()) return referred.status();

  observations.reserve(customers.size());
  absl::Span<const Fact> rest = *facts;
  for (Id customer : customers) {
    // Rows come by customer; those of one that was not asked for (new since the list was read) are passed
    // over.
    while (!rest.empty() && rest.front().customer < customer) rest.remove_prefix(1);
    size_t count = 0;
    std::vector<ReferredOrder> helped;
    for (; count < rest.size() && rest[count].customer == customer; ++count) {
      const Fact& fact = rest[count];
      if (fact.kind != FactKind::kReferralRecorded) continue;
      const auto found = referred->find(*fact.opportunity);
      if (found == referred->end()) continue;
      for (const Fact& order : found->second) {
        helped.push_back(
            {order.source, order.event_time, fact.event_time, order.amount, fact.influence_percent});
      }
    }
    observations.push_back(Observe(customer, rest.subspan(0, count), helped, as_of, horizon));
    rest.remove_prefix(count);
  }
  return observations;
}

}  // namespace clientele::value
