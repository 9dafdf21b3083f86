#include "value-svc/operations/observe_customers.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "value-svc/domain/orders.h"
#include "value-svc/operations/referrers.h"

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

using OrdersByOpportunity = absl::flat_hash_map<Id, std::vector<Fact>>;

// Calls `visit` with each referral that was not taken back and each order that it helped to win.
template <typename Visit>
void ForEachHelp(absl::Span<const Fact> facts, absl::Time as_of, const OrdersByOpportunity& by_opportunity,
                 Visit visit) {
  absl::flat_hash_set<Id> taken_back;
  for (const Fact& fact : facts) {
    if (fact.kind == FactKind::kReferralCancelled && fact.event_time <= as_of) taken_back.insert(fact.source);
  }
  for (const Fact& fact : facts) {
    if (fact.kind != FactKind::kReferralRecorded || taken_back.contains(fact.source)) continue;
    const auto found = by_opportunity.find(*fact.opportunity);
    if (found == by_opportunity.end()) continue;
    for (const Fact& order : found->second) visit(fact, order);
  }
}

// Who helped to win whom, as far as the referrals of `customers`, which `facts` are of, lead to.
absl::StatusOr<ReferralGraph> GraphFrom(Transaction& tx, Stores& stores, absl::Span<const Id> customers,
                                        absl::Span<const Fact> facts, const OrdersByOpportunity& orders,
                                        absl::Time as_of) {
  ReferralGraph graph;
  std::vector<Id> referred;
  ForEachHelp(facts, as_of, orders, [&](const Fact& referral, const Fact& order) {
    graph.Add(referral.customer, order.customer);
    referred.push_back(order.customer);
  });
  const absl::Status status = AddDownstream(tx, stores, std::move(referred), customers, as_of, graph);
  if (!status.ok()) return status;
  return graph;
}

// The orders that a customer's referrals helped to win, without those of a circle.
std::vector<ReferredOrder> OrdersHelped(absl::Span<const Fact> facts, absl::Time as_of,
                                        const OrdersByOpportunity& by_opportunity,
                                        const ReferralGraph& graph) {
  std::vector<ReferredOrder> helped;
  ForEachHelp(facts, as_of, by_opportunity, [&](const Fact& referral, const Fact& order) {
    if (graph.IsCircle(referral.customer, order.customer)) return;
    helped.push_back(
        {order.source, order.event_time, referral.event_time, order.amount, referral.influence_percent});
  });
  return helped;
}

// Whoever was created by then was there, without facts, too.
absl::Status MarkCreated(Transaction& tx, Stores& stores, absl::Span<const Id> customers, absl::Time as_of,
                         std::vector<Observations>& observations) {
  const auto created = stores.customers.CreateTimes(tx, customers);
  if (!created.ok()) return created.status();
  for (Observations& customer : observations) {
    const auto found = created->find(customer.customer);
    if (found != created->end() && found->second <= as_of) customer.known = true;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Observations>> ObserveCustomers(Transaction& tx, Stores& stores,
                                                           absl::Span<const Id> customers, bool whole,
                                                           absl::Time as_of, const ObservationTerms& terms) {
  std::vector<Observations> observations;
  if (customers.empty()) return observations;
  const absl::StatusOr<std::vector<Fact>> facts =
      whole ? stores.facts.OfCustomers(tx, CustomerRange{Before(customers.front()), customers.back()}, as_of)
            : stores.facts.OfCustomers(tx, customers, as_of);
  if (!facts.ok()) return facts.status();
  const auto referred = ReferredOrders(tx, stores, *facts, as_of);
  if (!referred.ok()) return referred.status();
  const auto graph = GraphFrom(tx, stores, customers, *facts, *referred, as_of);
  if (!graph.ok()) return graph.status();

  observations.reserve(customers.size());
  absl::Span<const Fact> rest = *facts;
  for (Id customer : customers) {
    // Rows come by customer; those of one that was not asked for (new since the list was read) are passed
    // over.
    while (!rest.empty() && rest.front().customer < customer) rest.remove_prefix(1);
    size_t count = 0;
    while (count < rest.size() && rest[count].customer == customer) ++count;
    const absl::Span<const Fact> own = rest.subspan(0, count);
    observations.push_back(Observe(customer, own, OrdersHelped(own, as_of, *referred, *graph), as_of, terms));
    rest.remove_prefix(count);
  }
  if (absl::Status status = MarkCreated(tx, stores, customers, as_of, observations); !status.ok())
    return status;
  return observations;
}

}  // namespace clientele::value
